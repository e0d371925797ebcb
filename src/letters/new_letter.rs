//! A letter to be issued, and an issued letter.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::kind::LetterKind;
use crate::casework::register::Number;
use crate::ids::{ApplicationId, LetterId};

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
