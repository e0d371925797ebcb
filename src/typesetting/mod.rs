//! Letters and papers as PDF/A, in the form of official Indonesian letters (tata naskah dinas). A slice says what a paper holds; here it is set.
//!
//! The forms are the text files in `templates/`, all on the shared `surat.typ`. What people wrote reaches them as data and is never read as markup. Nothing
//! here opens a file, a connection or a clock: the same paper always gives the same bytes.

mod assets;
mod compiler;
mod dates;
mod document;
mod fonts;
mod letter_ending;
mod letterhead;
mod printable;
mod qr;
mod rupiah;
mod template;
mod terbilang;
#[cfg(test)]
mod tests;
mod typesetter;
mod world;

pub use compiler::{Compiler, Unset};
pub use dates::{day_in_words, moment_in_words, weekday_in_words};
pub use document::Document;
pub use letter_ending::{Final, LetterEnding, Signer, Verification};
pub use letterhead::{BSPJI_PALEMBANG, Letterhead};
pub use qr::svg as qr_svg;
pub use rupiah::rupiah;
pub use template::Template;
pub use terbilang::{rupiah_in_words, terbilang};
pub use typesetter::Typesetter;
