//! A signed letter: its kind, its validity, and its state before and after it is issued.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::casework::register::Number;
use crate::error::{Text, text};
use crate::ids::{ApplicationId, LetterId};

/// A kind of signed letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// Surat pemberitahuan audit.
    AuditNotice,
    /// Surat jawaban pengaduan.
    ComplaintAnswer,
}

impl LetterKind {
    const CODES: [(Self, &'static str); 2] = [
        (Self::AuditNotice, "audit_notice"),
        (Self::ComplaintAnswer, "complaint_answer"),
    ];

    /// The code stored in the database.
    pub fn code(self) -> &'static str {
        Self::CODES[self as usize].1
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(kind, _)| *kind)
    }

    /// The `Reason` entry of the PDF signature. For complaints it does not reveal the kind of
    /// letter.
    pub fn reason(self) -> &'static str {
        match self {
            Self::AuditNotice => "Surat pemberitahuan audit",
            Self::ComplaintAnswer => "Surat",
        }
    }
}

/// The validity of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterStatus {
    /// Valid (berlaku).
    Valid,
    /// Withdrawn, its number void (dibatalkan).
    Void,
    /// Replaced by a later letter (digantikan).
    Superseded,
}

impl LetterStatus {
    /// The status of a letter. `Superseded` takes precedence over `Void`, because the later letter
    /// is the more useful information.
    pub fn of(voided: bool, superseded: bool) -> Self {
        match (superseded, voided) {
            (true, _) => Self::Superseded,
            (false, true) => Self::Void,
            (false, false) => Self::Valid,
        }
    }

    /// The status as a sentence.
    pub fn in_words(self) -> Text {
        match self {
            Self::Valid => text("Surat ini berlaku.", "This letter is valid."),
            Self::Void => text(
                "Surat ini dibatalkan dan tidak berlaku.",
                "This letter was withdrawn and is void.",
            ),
            Self::Superseded => text(
                "Surat ini digantikan oleh surat yang lebih baru.",
                "This letter was superseded by a later one.",
            ),
        }
    }
}

/// The file a letter belongs to.
pub enum LetterOwner {
    /// A letter of an application, with its number in the register and its public subject.
    Application {
        /// The application.
        id: ApplicationId,
        /// The draft of the audit notice.
        draft: i16,
        /// The number from the register.
        number: Number,
        /// The subject (perihal) on the public page.
        subject: String,
    },
    /// A letter of a complaint. Only its random number is stored.
    Complaint {
        /// Nomor surat.
        number: String,
    },
}

/// A letter to be issued.
pub struct NewLetter {
    /// The file it belongs to.
    pub owner: LetterOwner,
    /// Name of the signer.
    pub signer: String,
    /// Capacity of the signer.
    pub capacity: String,
    /// Time of signature.
    pub at: DateTime<Utc>,
}

/// An issued letter.
pub struct IssuedLetter {
    /// Id of the letter.
    pub id: LetterId,
    /// The signed PDF.
    pub pdf: Vec<u8>,
    /// SHA-256 of the signed PDF.
    pub sha256: [u8; 32],
}

impl NewLetter {
    /// The kind of letter.
    pub fn kind(&self) -> LetterKind {
        match self.owner {
            LetterOwner::Application { .. } => LetterKind::AuditNotice,
            LetterOwner::Complaint { .. } => LetterKind::ComplaintAnswer,
        }
    }

    /// Nomor surat.
    pub fn number(&self) -> &str {
        match &self.owner {
            LetterOwner::Application { number, .. } => &number.written,
            LetterOwner::Complaint { number } => number,
        }
    }

    /// A time-ordered id for an application's letter. A complaint's letter gets a random id, which
    /// does not reveal the time of signature.
    pub fn id(&self) -> LetterId {
        match self.owner {
            LetterOwner::Application { .. } => LetterId::at(self.at),
            LetterOwner::Complaint { .. } => LetterId(Uuid::new_v4()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LetterKind;

    #[test]
    fn every_kind_has_its_code() {
        for (kind, code) in LetterKind::CODES {
            assert_eq!(
                (kind.code(), LetterKind::from_code(code)),
                (code, Some(kind))
            );
            assert_eq!(serde_json::to_value(kind).unwrap(), code);
        }
    }
}
