//! Letters as they are shown: to staff, and to anybody who holds one; and attempts to sign them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::kind::LetterKind;
use super::status::LetterStatus;
use crate::gateways::signing::Outcome;
use crate::ids::{ApplicationId, LetterId, OfficeId, UserId};

/// A signed letter of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LetterView {
    /// Its id.
    pub id: LetterId,
    /// What it is.
    pub kind: LetterKind,
    /// The application it belongs to.
    pub application_id: ApplicationId,
    /// Nomor surat, from a register without gaps.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// Perihal, as the public page says it.
    #[schema(example = "Pemberitahuan audit")]
    pub subject: String,
    /// In which capacity it was signed.
    #[schema(example = "Kepala Balai")]
    pub signer_title: String,
    /// The day it is of.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub date: NaiveDate,
    /// When it was signed.
    pub signed_at: DateTime<Utc>,
    /// SHA-256 of its PDF, hexadecimal. The bytes never change.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Bytes of its PDF.
    #[schema(example = 61440)]
    pub size: i32,
    /// Who signed it: `local`, the office's own test authority, or `bsre`, the national service.
    #[schema(example = "local")]
    pub provider: String,
    /// Whether it holds.
    pub status: LetterStatus,
    /// Why it was withdrawn, if it was.
    pub void_reason: Option<String>,
}

/// A letter as anybody may know it who holds it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PublicLetter {
    /// Nomor surat.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// The day it is of.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub date: NaiveDate,
    /// Perihal; null where the letter itself should say no more.
    #[schema(example = "Pemberitahuan audit")]
    pub subject: Option<String>,
    /// The title of whoever signed it.
    #[schema(example = "Kepala Balai")]
    pub signer_title: String,
    /// SHA-256 of the signed PDF, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// Whether it holds.
    pub status: LetterStatus,
}

/// An attempt to be recorded.
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

/// An attempt to have a letter signed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignatureAttempt {
    /// Its id.
    pub id: Uuid,
    /// What was to be signed.
    pub kind: LetterKind,
    /// The application whose letter it was; null for an answer to a complaint.
    pub application_id: Option<ApplicationId>,
    /// Who tried.
    pub attempted_by: UserId,
    /// `local` or `bsre`.
    #[schema(example = "bsre")]
    pub provider: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The provider's own number for a refusal, or the HTTP status it answered with; null when it signed or did not answer.
    #[schema(example = 2031)]
    pub number: Option<i32>,
    /// When.
    pub at: DateTime<Utc>,
}
