//! Typesets letters and other documents as PDF/A, in the form of official Indonesian letters (tata
//! naskah dinas), and draws charts and posters as SVG. Each feature supplies the content of its
//! documents.
//!
//! The templates are the Typst files in `templates/`, all based on `surat.typ`. User input reaches
//! a template as data and is never parsed as markup. This module opens no file and no connection
//! and reads no clock, so the same document always compiles to the same bytes.

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
mod svg;
mod template;
mod terbilang;
#[cfg(test)]
mod tests;
mod typesetter;
mod world;

pub use compiler::{CompileError, Compiler};
pub(crate) use dates::{day_in_words, moment_in_words, month_in_words, weekday_in_words};
pub(crate) use document::Document;
pub use fonts::REGULAR_FONT;
pub(crate) use letter_ending::{LetterEnding, SignatureBlock, Signer, VerificationLink};
pub(crate) use qr::svg as qr_svg;
pub(crate) use rupiah::rupiah;
pub(crate) use template::Template;
pub(crate) use terbilang::{rupiah_in_words, terbilang};
pub use typesetter::Typesetter;
