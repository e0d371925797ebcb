//! What the auditor is shown: no identity, no content, and of a reporter's act the day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::anchor::Anchor;
use super::breach::Breach;
use super::chain::Link;
use super::key::AuditKey;
use super::verify::Verdict;

/// Who did it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A member of staff.
    Staff,
    /// The reporter (pelapor).
    Reporter,
    /// The service itself.
    Service,
}

/// An event of the audit trail (jejak audit).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditEventView {
    /// Its number, without a gap from 1 on.
    #[schema(example = 1042)]
    pub seq: i64,
    /// When, for acts of staff and the service; null for a reporter's, of which only the day is kept.
    pub at: Option<DateTime<Utc>>,
    /// The day (WIB).
    #[schema(example = "2026-07-06")]
    pub on_date: NaiveDate,
    /// Who did it.
    pub actor_kind: ActorKind,
    /// Which member of staff.
    pub actor_id: Option<Uuid>,
    /// The roles they held then.
    #[schema(example = json!(["head"]))]
    pub actor_roles: Vec<String>,
    /// `plh` or `plt` when they acted for the office holder.
    #[schema(example = "plh")]
    pub acting: Option<String>,
    /// Code of what was done.
    #[schema(example = "read_audit_trail")]
    pub action: String,
    /// Reference of what it is about; the same for all events of one case, and nothing that opens it.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub object_ref: String,
    /// The numbered step of the SOP.
    #[schema(example = 2)]
    pub step: Option<i16>,
    /// From which stage.
    #[schema(example = "screened")]
    pub from_stage: Option<String>,
    /// To which stage.
    #[schema(example = "disposed")]
    pub to_stage: Option<String>,
    /// The round.
    #[schema(example = 0)]
    pub round: i16,
    /// The draft of the answer.
    #[schema(example = 0)]
    pub draft: i16,
    /// What was said of it; null when there is nothing, or when it cannot be opened.
    #[schema(example = "Permintaan penyidik, surat No. 12/2026")]
    pub detail: Option<String>,
    /// The hash over the event and the hash before it.
    #[schema(example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    pub hash: String,
}

impl AuditEventView {
    pub(super) fn of(link: Link, key: &AuditKey) -> Self {
        let detail = link
            .detail
            .as_deref()
            .and_then(|sealed| key.open(&link.object_ref, &link.action, sealed));
        Self {
            seq: link.seq,
            at: link.at,
            on_date: link.on_date,
            actor_kind: match link.actor_kind.as_str() {
                "staff" => ActorKind::Staff,
                "reporter" => ActorKind::Reporter,
                _ => ActorKind::Service,
            },
            actor_id: link.actor_id,
            actor_roles: link.actor_roles,
            acting: link.acting,
            action: link.action,
            object_ref: hex::encode(link.object_ref),
            step: link.step,
            from_stage: link.from_stage,
            to_stage: link.to_stage,
            round: link.round,
            draft: link.draft,
            detail,
            hash: hex::encode(link.hash),
        }
    }
}

/// What verifying the trail found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditVerification {
    /// Whether all is as it was written.
    pub intact: bool,
    /// How many events are whole, from the first on.
    #[schema(example = 1042)]
    pub events: i64,
    /// The first event that is missing or not as it was written.
    #[schema(example = json!(null))]
    pub first_broken_seq: Option<i64>,
    /// What is wrong there.
    #[schema(inline, example = json!(null))]
    pub reason: Option<Breach>,
    /// Hash of the last whole event.
    #[schema(example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    pub head_hash: Option<String>,
    /// How many anchors outside the database it was held against.
    #[schema(example = 31)]
    pub anchors: usize,
    /// The day of the newest of them: what came later has no witness outside yet.
    #[schema(example = "2026-07-05")]
    pub anchored_until: Option<NaiveDate>,
}

impl AuditVerification {
    pub(super) fn of(verdict: &Verdict, anchors: &[Anchor]) -> Self {
        Self {
            intact: verdict.intact,
            events: verdict.events,
            first_broken_seq: verdict.first_broken_seq,
            reason: verdict.reason,
            head_hash: verdict.head.map(|(_, hash)| hex::encode(hash)),
            anchors: anchors.len(),
            anchored_until: anchors.iter().map(|anchor| anchor.day).max(),
        }
    }
}
