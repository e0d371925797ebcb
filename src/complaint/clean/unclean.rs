//! Reasons why no clean copy can be made, and their messages for the reporter.

use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, Text, fault, text};

/// Reason why no clean copy can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclean {
    /// The file is of no accepted kind. Contains its media type, if known.
    NotAccepted(&'static str),
    /// An Office file with macros.
    Macros,
    /// The file is incomplete, or other content follows it.
    Damaged(FileKind),
    /// The file is encrypted with a password.
    Locked(FileKind),
    /// The file unpacks to too much, or its structure is too complex to verify the copy.
    TooComplex(FileKind),
}

impl Unclean {
    /// Stable code of the field error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAccepted(_) => "file_kind",
            Self::Macros => "macros",
            Self::Damaged(_) => "incomplete",
            Self::Locked(_) => "locked",
            Self::TooComplex(_) => "too_complex",
        }
    }

    /// Message with a remedy, in both languages.
    pub fn text(self) -> Text {
        match self {
            Self::NotAccepted(found) => text(
                format!(
                    "Berkas bukan PDF, JPEG, PNG, DOCX, atau XLSX, melainkan {found}. Simpan sebagai PDF."
                ),
                format!(
                    "The file is not a PDF, JPEG, PNG, DOCX or XLSX but {found}. Save it as PDF."
                ),
            ),
            Self::Macros => text(
                "Berkas Office memuat makro. Simpan tanpa makro atau sebagai PDF.",
                "The Office file contains macros. Save it without macros or as PDF.",
            ),
            Self::Damaged(kind) => {
                let kind = kind.as_str().to_uppercase();
                text(
                    format!(
                        "Berkas {kind} tidak utuh: rusak, terpotong, atau diikuti isi lain. Simpan ulang, lalu kirim lagi."
                    ),
                    format!(
                        "The {kind} file is incomplete: damaged, cut off or followed by other content. Save it again, then send it again."
                    ),
                )
            }
            Self::Locked(kind) => {
                let kind = kind.as_str().to_uppercase();
                text(
                    format!(
                        "Berkas {kind} terkunci kata sandi. Simpan tanpa kata sandi, lalu kirim lagi."
                    ),
                    format!(
                        "The {kind} file is locked with a password. Save it without a password, then send it again."
                    ),
                )
            }
            Self::TooComplex(kind) => {
                let kind = kind.as_str().to_uppercase();
                text(
                    format!(
                        "Berkas {kind} terlalu besar atau rumit untuk dibersihkan dari jejak Anda. Cetak ke PDF atau kirim fotonya."
                    ),
                    format!(
                        "The {kind} file is too large or too complex to remove your traces from it. Print it to PDF or send a photograph of it."
                    ),
                )
            }
        }
    }

    /// The error for the file at `pointer`: 415 for a kind that is not accepted, 422 for wrong
    /// content.
    pub fn refusal(self, pointer: &str) -> Error {
        let Text { id, en } = self.text();
        match self {
            Self::NotAccepted(_) | Self::Macros => {
                Error::new(Code::UnsupportedMediaType).detail(id, en)
            }
            Self::Damaged(_) | Self::Locked(_) | Self::TooComplex(_) => {
                Error::invalid(vec![fault(pointer, self.code(), id, en)])
            }
        }
    }
}
