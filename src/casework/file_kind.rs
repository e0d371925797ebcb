//! The kinds of file that may be uploaded, and their names in JSON. The content is compared with
//! the kind where the file arrives (`documents::content`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of file that a requirement may accept. Kinds that can carry macros are not on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Portable document, the usual form of a signed paper.
    Pdf,
    /// Photograph or scan.
    Jpeg,
    /// Photograph, scan or drawing.
    Png,
    /// Word-processor document without macros.
    Docx,
    /// Spreadsheet without macros.
    Xlsx,
}

impl FileKind {
    /// Every kind, in the order of the declaration.
    pub(crate) const ALL: [Self; 5] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Docx, Self::Xlsx];

    /// The name used in JSON and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type registered with IANA, without parameters.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The file name extension of downloads, without the dot.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a known file kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFileKind;

impl fmt::Display for UnknownFileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown kind of file; known are pdf, jpeg, png, docx, xlsx")
    }
}

impl std::error::Error for UnknownFileKind {}

impl FromStr for FileKind {
    type Err = UnknownFileKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownFileKind)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_kind_has_one_name_in_text_and_in_json() {
        for kind in FileKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }

    #[test]
    fn no_two_kinds_share_a_media_type_or_an_extension() {
        let types: HashSet<_> = FileKind::ALL.map(FileKind::media_type).into();
        let extensions: HashSet<_> = FileKind::ALL.map(FileKind::extension).into();
        assert_eq!((types.len(), extensions.len()), (5, 5));
    }

    #[test]
    fn a_file_that_can_carry_macros_is_unknown_and_the_message_lists_what_is_known() {
        assert_eq!("docm".parse::<FileKind>(), Err(UnknownFileKind));
        assert_eq!("PDF".parse::<FileKind>(), Err(UnknownFileKind));
        for kind in FileKind::ALL {
            assert!(UnknownFileKind.to_string().contains(kind.as_str()));
        }
    }
}
