//! How a letter ends: as a draft with KONSEP across each page, issued without a signature, or numbered, dated and signed.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::dates::day_in_words;

/// How a letter ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterEnding {
    /// Nobody has signed it: KONSEP across each page, number and date still open.
    Draft,
    /// Issued by the system with a number and date of its own: nobody signs it.
    Issued,
    /// Numbered, dated and signed.
    Final(Box<Final>),
}

/// What a signature adds to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Final {
    /// Nomor surat.
    pub number: String,
    /// The day of signature (WIB).
    pub date: NaiveDate,
    /// Who signs.
    pub signer: Signer,
    /// Where the signature can be verified: then the letter bears a QR code and says that it was signed electronically. Without it room is left for ink.
    pub verification: Option<Verification>,
}

/// Who signs a letter, and in which capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The title over the signature, line by line: `Kepala Balai`, `Plh. Kepala Balai`, or `a.n. Kepala Balai` and the signer's own title below it.
    pub capacity: Vec<String>,
    /// The name under it.
    pub name: String,
    /// Nomor induk pegawai, where it is known.
    pub nip: Option<String>,
}

impl Signer {
    /// Who signs in their own office, or as its acting holder (`Plh. …`, `Plt. …`).
    #[must_use]
    pub fn of(capacity: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            capacity: vec![capacity.into()],
            name: name.into(),
            nip: None,
        }
    }

    /// Who signs on behalf (atas nama) of `office`, with their own title below it.
    #[must_use]
    pub fn on_behalf_of(office: &str, own: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            capacity: vec![format!("a.n. {office}"), own.into()],
            name: name.into(),
            nip: None,
        }
    }
}

/// Where a signature can be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The page the QR code leads to, in words below the letter.
    pub url: String,
    /// The QR code as SVG (see [`super::qr_svg`]).
    pub qr: Vec<u8>,
}

impl LetterEnding {
    /// What the templates know of it.
    pub(super) fn data(&self) -> Value {
        match self {
            Self::Draft | Self::Issued => {
                json!({"draft": *self == Self::Draft, "number": null, "date": null, "signer": null, "verification": null})
            }
            Self::Final(end) => json!({
                "draft": false,
                "number": end.number,
                "date": day_in_words(end.date),
                "signer": end.signer,
                "verification": end.verification.as_ref().map(|verification| &verification.url),
            }),
        }
    }

    /// The QR code, if it bears one.
    pub(super) fn qr(&self) -> Option<&[u8]> {
        match self {
            Self::Draft | Self::Issued => None,
            Self::Final(end) => end
                .verification
                .as_ref()
                .map(|verification| verification.qr.as_slice()),
        }
    }
}
