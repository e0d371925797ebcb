//! Clean copies of a reporter's attachments for staff. A copy is rebuilt from an allowlist of what
//! is needed to display the file, so that metadata of the reporter and active content are left out.
//! Pure and CPU-bound; the original is stored sealed elsewhere.

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

use crate::casework::documents::content::{self, ContentError};
use crate::casework::file_kind::FileKind;

/// A clean copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// Kind, detected by content.
    pub kind: FileKind,
    /// Bytes of the copy.
    pub bytes: Vec<u8>,
    /// Number of visible objects left out, such as pictures of kinds that cannot be cleaned.
    /// Readers of the copy should be told.
    pub left_out: usize,
}

/// Makes a clean copy of the file `bytes`.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Unclean> {
    let kind = detect_kind(bytes)?;
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

fn detect_kind(bytes: &[u8]) -> Result<FileKind, Unclean> {
    content::examine(bytes).map_err(|flaw| match flaw {
        ContentError::Other(media_type) => Unclean::NotAccepted(media_type),
        ContentError::Macros => Unclean::Macros,
        ContentError::Incomplete(kind) => Unclean::Damaged(kind),
        ContentError::Locked(kind) => Unclean::Locked(kind),
    })
}
