//! The ending of a letter: draft (KONSEP across each page), issued without a signature, or
//! numbered, dated and signed.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::dates::day_in_words;

/// The ending of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterEnding {
    /// Not signed yet: KONSEP across each page; number and date are open.
    Draft,
    /// Issued by the system with a number and date of its own, without a signature.
    Issued,
    /// Numbered, dated and signed.
    Signed(Box<SignatureBlock>),
}

/// The data that a signature adds to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureBlock {
    /// Nomor surat.
    pub number: String,
    /// The day of signature (WIB).
    pub date: NaiveDate,
    /// The signer.
    pub signer: Signer,
    /// Link to the verification page. With a link the letter bears a QR code and states that it was
    /// signed electronically; without one, space is left for a signature in ink.
    pub verification: Option<VerificationLink>,
}

/// The signer of a letter and the capacity in which they sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The title over the signature, line by line: `Kepala Balai`, `Plh. Kepala Balai`, or `a.n.
    /// Kepala Balai` and the signer's own title below it.
    pub capacity: Vec<String>,
    /// The name below the signature.
    pub name: String,
    /// Nomor induk pegawai (civil servant number), if known.
    pub nip: Option<String>,
}

impl Signer {
    /// A signer in the office itself or as its acting holder (`Plh. …`, `Plt. …`).
    pub fn new(capacity: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            capacity: vec![capacity.into()],
            name: name.into(),
            nip: None,
        }
    }

    /// A signer on behalf of (atas nama) `office`, with the signer's own title below.
    pub fn on_behalf_of(office: &str, own: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            capacity: vec![format!("a.n. {office}"), own.into()],
            name: name.into(),
            nip: None,
        }
    }
}

/// Link to the verification page of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationLink {
    /// Address of the verification page; encoded in the QR code and printed in the footer.
    pub url: String,
    /// The QR code as SVG (see [`super::qr_svg`]).
    pub qr: Vec<u8>,
}

impl LetterEnding {
    /// The ending as template data.
    pub(super) fn data(&self) -> Value {
        match self {
            Self::Draft | Self::Issued => {
                json!({"draft": *self == Self::Draft, "number": null, "date": null, "signer": null, "verification": null})
            }
            Self::Signed(end) => json!({
                "draft": false,
                "number": end.number,
                "date": day_in_words(end.date),
                "signer": end.signer,
                "verification": end.verification.as_ref().map(|verification| &verification.url),
            }),
        }
    }

    /// The QR code, if the letter has one.
    pub(super) fn qr(&self) -> Option<&[u8]> {
        match self {
            Self::Draft | Self::Issued => None,
            Self::Signed(end) => end
                .verification
                .as_ref()
                .map(|verification| verification.qr.as_slice()),
        }
    }
}
