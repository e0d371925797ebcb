//! A letter to be issued, and one that was.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::kind::LetterKind;
use crate::casework::register::Number;
use crate::ids::{ApplicationId, LetterId};

/// What a letter belongs to.
pub enum Belongs {
    /// To an application: with its place in the register and what the public page calls it.
    Application {
        /// The file.
        id: ApplicationId,
        /// Which draft of its notice.
        draft: i16,
        /// From the register.
        number: Number,
        /// Perihal.
        subject: String,
    },
    /// To a complaint: nothing but the number, which is random.
    Complaint {
        /// Nomor surat.
        number: String,
    },
}

/// A letter to be issued.
pub struct NewLetter {
    /// Its file.
    pub of: Belongs,
    /// The name of whoever signs.
    pub signer: String,
    /// In which capacity.
    pub capacity: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A letter that was issued.
pub struct Issued {
    /// Its id.
    pub id: LetterId,
    /// The signed PDF.
    pub pdf: Vec<u8>,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

impl NewLetter {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> LetterKind {
        match self.of {
            Belongs::Application { .. } => LetterKind::AuditNotice,
            Belongs::Complaint { .. } => LetterKind::ComplaintAnswer,
        }
    }

    /// Nomor surat.
    #[must_use]
    pub fn number(&self) -> &str {
        match &self.of {
            Belongs::Application { number, .. } => &number.written,
            Belongs::Complaint { number } => number,
        }
    }

    /// An id that tells when it was made only where the moment is no secret.
    #[must_use]
    pub fn id(&self) -> LetterId {
        match self.of {
            Belongs::Application { .. } => LetterId::at(self.at),
            Belongs::Complaint { .. } => LetterId(Uuid::new_v4()),
        }
    }
}
