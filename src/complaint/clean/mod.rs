//! A working copy of a reporter's attachment that staff may see: rebuilt from what is known to be needed, so that neither the reporter's traces nor
//! anything active comes along. Pure and heavy on the processor; the original stays sealed elsewhere.

mod inflate;
mod jpeg;
mod jpeg2000;
mod office;
mod pdf;
mod png;
mod unclean;

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod tests;

pub use unclean::Unclean;

use crate::casework::documents::content::{self, Flaw};
use crate::casework::file_kind::FileKind;

/// A copy that staff may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// What it is, judged by its content.
    pub kind: FileKind,
    /// The copy.
    pub bytes: Vec<u8>,
    /// How many visible things had to be left out, such as pictures of kinds that cannot be cleaned: whoever reads the copy should be told.
    pub left_out: usize,
}

/// A clean copy of the file in `bytes`.
///
/// # Errors
/// Why there can be none.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Unclean> {
    let kind = judge(bytes)?;
    let (bytes, left_out) = match kind {
        FileKind::Jpeg => (jpeg::clean(bytes).ok_or(Unclean::Damaged(kind))?, 0),
        FileKind::Png => (png::clean(bytes)?, 0),
        FileKind::Pdf => pdf::clean(bytes)?,
        FileKind::Docx | FileKind::Xlsx => office::clean(bytes, kind)?,
    };
    Ok(Cleaned {
        kind,
        bytes,
        left_out,
    })
}

fn judge(bytes: &[u8]) -> Result<FileKind, Unclean> {
    content::judge(bytes).map_err(|flaw| match flaw {
        Flaw::Other(media_type) => Unclean::NotAccepted(media_type),
        Flaw::Macros => Unclean::Macros,
        Flaw::Incomplete(kind) => Unclean::Damaged(kind),
        Flaw::Locked(kind) => Unclean::Locked(kind),
    })
}
