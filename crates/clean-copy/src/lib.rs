//! Makes the copy of an attachment that handlers see: pixels and plain text only, in a new PDF. The
//! copy is made by a program of its own, which the service starts for each file ([`Starter`]): its
//! own binary with [`ARGUMENT`], which enters [`run_if_asked`] before anything else is set up. That
//! program reads the file from its standard input, writes the copy to its standard output, and has
//! neither files nor network; the kernel limits its memory and its processor time.

mod budget;
mod docx;
mod drawing;
mod jail;
mod package;
mod pdf;
mod pdf_text;
mod picture;
mod program;
mod sheets;
mod starter;
#[cfg(test)]
mod tests;
mod xlsx;

pub use program::run_if_asked;
pub use starter::{CleanCopy, Starter};

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The first argument that makes the service's binary this program.
pub const ARGUMENT: &str = "make-clean-copy";

/// Largest file in bytes; a larger one is cut off and so damaged.
const MAX_FILE: u64 = 64 << 20;
/// Largest copy in bytes. Pages beyond it are left out.
const MAX_COPY: usize = 12 << 20;
/// Most bytes of text that a copy shows and reports. Lines and pages beyond it are left out: the
/// caller could not screen them.
const MAX_TEXT: usize = 256 << 10;

/// The kind of a file, detected by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// PDF: its pages are drawn.
    Pdf,
    /// JPEG or PNG: decoded and encoded again.
    Picture,
    /// Word-processing file (DOCX): its visible text and pictures are listed.
    Document,
    /// Spreadsheet (XLSX): its visible cells and pictures are listed.
    Spreadsheet,
}

impl SourceKind {
    const ALL: [Self; 4] = [Self::Pdf, Self::Picture, Self::Document, Self::Spreadsheet];
}

/// The reason why there is no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The file cannot be read.
    Damaged,
    /// The file opens only with a password.
    Locked,
    /// The file needs more memory or processor time than a copy may take.
    TooComplex,
}

/// How much processor time the program gets. A file that needs more than the first effort is tried
/// once more, behind all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// A time in proportion to the size of the file, counted by the starter: a small file that
    /// needs long delays others little. The kernel would allow a whole second.
    First,
    /// Two seconds, below all other work of the machine. Of a long file the pages that fit are
    /// copied.
    Last,
}

impl Effort {
    /// The second argument of the program.
    const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }

    /// The processor time for a file of `size` bytes.
    fn time(self, size: usize) -> Duration {
        match self {
            Self::First => {
                let of_size = Duration::from_millis((size / MILLISECOND) as u64);
                (LEAST_TIME + of_size).min(MOST_TIME)
            }
            Self::Last => Duration::from_secs(2),
        }
    }
}

/// The first effort for the smallest file, and for the largest.
const LEAST_TIME: Duration = Duration::from_millis(80);
const MOST_TIME: Duration = Duration::from_millis(800);
/// Bytes for which the first effort has a millisecond.
const MILLISECOND: usize = 5 << 10;
