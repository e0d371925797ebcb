//! Letters and papers as PDF/A, in the form of official Indonesian letters (tata naskah dinas), and drawings as SVG. A slice says what a paper holds; here
//! it is set.
//!
//! The forms are the text files in `templates/`, all on the shared `surat.typ`. What people wrote reaches them as data and is never read as markup. Nothing
//! here opens a file, a connection or a clock: the same paper always gives the same bytes.

mod dates;
mod finish;
mod fonts;
mod letterhead;
mod paper;
mod press;
mod printable;
mod qr;
mod rupiah;
mod stock;
mod svg;
mod template;
mod terbilang;
#[cfg(test)]
mod tests;
mod typesetter;
mod world;

pub use dates::{day_in_words, moment_in_words, weekday_in_words};
pub use finish::{Final, Finish, Signer, Verification};
pub use letterhead::{BSPJI_PALEMBANG, Letterhead};
pub use paper::Paper;
pub use press::{Press, Unset};
pub use qr::svg as qr_svg;
pub use rupiah::rupiah;
pub use template::Template;
pub use terbilang::{rupiah_in_words, terbilang};
pub use typesetter::Typesetter;
