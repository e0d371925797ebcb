//! Views of letters, for staff and for the public, and of signature attempts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::letter::{LetterKind, LetterStatus};
use crate::gateways::signing::Outcome;
use crate::ids::{ApplicationId, LetterId, OfficeId, UserId};
use crate::sop::code_schema;

code_schema!(
    SigningProvider,
    "The signing provider: `local`, the office's own test authority, or `bsre`, the national service.",
    ["local", "bsre"]
);

/// A signed letter of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LetterView {
    /// Id of the letter.
    pub id: LetterId,
    /// The kind of letter.
    pub kind: LetterKind,
    /// The application it belongs to.
    pub application_id: ApplicationId,
    /// Nomor surat, from a register without gaps.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// Subject (perihal), as on the public page.
    #[schema(example = "Pemberitahuan audit")]
    pub subject: String,
    /// Capacity of the signer.
    #[schema(example = "Kepala Balai")]
    pub signer_title: String,
    /// Date of the letter.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub date: NaiveDate,
    /// Time of signature.
    pub signed_at: DateTime<Utc>,
    /// SHA-256 of the PDF, hexadecimal. The PDF never changes.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Size of the PDF in bytes.
    #[schema(example = 61440)]
    pub size: i32,
    /// The signing provider.
    #[schema(value_type = SigningProvider)]
    pub provider: String,
    /// Whether the letter is valid.
    pub status: LetterStatus,
    /// Why the letter was withdrawn; null if it was not.
    pub void_reason: Option<String>,
}

/// The public data of a letter.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PublicLetter {
    /// Nomor surat.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// Date of the letter.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub date: NaiveDate,
    /// Subject (perihal); null for answers to complaints.
    #[schema(example = "Pemberitahuan audit")]
    pub subject: Option<String>,
    /// Title of the signer.
    #[schema(example = "Kepala Balai")]
    pub signer_title: String,
    /// SHA-256 of the signed PDF, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Whether the letter is valid.
    pub status: LetterStatus,
}

/// A signature attempt to be stored.
pub(super) struct NewAttempt {
    pub id: Uuid,
    pub office: OfficeId,
    pub kind: LetterKind,
    pub application: Option<ApplicationId>,
    pub by: UserId,
    pub provider: &'static str,
    pub outcome: Outcome,
    pub number: Option<u16>,
    pub at: DateTime<Utc>,
}

/// An attempt to sign a letter.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignatureAttempt {
    /// Id of the attempt.
    pub id: Uuid,
    /// The kind of letter.
    pub kind: LetterKind,
    /// The application the letter belongs to; null for an answer to a complaint.
    pub application_id: Option<ApplicationId>,
    /// The user that tried to sign.
    pub attempted_by: UserId,
    /// The signing provider.
    #[schema(value_type = SigningProvider)]
    pub provider: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The provider's error number, or its HTTP status; null if the provider signed or did not
    /// answer.
    #[schema(example = 2031)]
    pub number: Option<i32>,
    /// Time of the attempt.
    pub at: DateTime<Utc>,
}
