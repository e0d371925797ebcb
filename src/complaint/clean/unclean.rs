//! Why no clean copy can be made, and what the reporter is told about it.

use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, Text, fault, text};

/// Why no clean copy can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclean {
    /// It is none of the kinds we take; its media type, as far as we know one.
    NotAccepted(&'static str),
    /// An Office file that carries macros.
    Macros,
    /// It cannot be read to its end, or something else hides behind it.
    Damaged(FileKind),
    /// It is locked with a password, so nobody can look into it.
    Locked(FileKind),
    /// It unpacks to more than we handle, or is built so that nobody could vouch for the copy.
    TooComplex(FileKind),
}

impl Unclean {
    /// Stable code of the fault.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAccepted(_) => "file_kind",
            Self::Macros => "macros",
            Self::Damaged(_) => "incomplete",
            Self::Locked(_) => "locked",
            Self::TooComplex(_) => "too_complex",
        }
    }

    /// What is wrong and what the reporter can do, in both languages.
    #[must_use]
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
                "The Office file carries macros. Save it without them or as PDF.",
            ),
            Self::Damaged(kind) => {
                let kind = kind.as_str().to_uppercase();
                text(
                    format!(
                        "Berkas {kind} tidak utuh: rusak, terpotong, atau diikuti isi lain. Simpan ulang, lalu kirim lagi."
                    ),
                    format!(
                        "The {kind} is not whole: damaged, cut off or followed by something else. Save it anew and send it again."
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
                        "The {kind} is locked with a password. Save it without one and send it again."
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
                        "The {kind} is too large or intricate to be cleaned of your traces. Print it to PDF or send a photograph of it."
                    ),
                )
            }
        }
    }

    /// The refusal of the file at `pointer`: 415 for a kind we do not take, 422 for content that is wrong.
    #[must_use]
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
