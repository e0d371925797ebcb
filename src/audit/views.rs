//! JSON views for the auditor: no identity, no content, and only the day of a reporter's act.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::anchor::Anchor;
use super::chain::{Breach, Link};
use super::key::AuditKey;
use super::verify::Verification;
use crate::identity::signed_in::ActingKind;
use crate::sop::codes::StageCode;
use crate::sop::role::Role;

/// The cause of an event.
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
    /// Number of the event, from 1 without gaps.
    #[schema(example = 1042)]
    pub seq: i64,
    /// The time, for acts of staff and the service; null for a reporter's act, of which only the
    /// day is stored.
    pub at: Option<DateTime<Utc>>,
    /// The day (WIB).
    #[schema(example = "2026-07-06")]
    pub on_date: NaiveDate,
    /// The cause of the event.
    pub actor_kind: ActorKind,
    /// The member of staff.
    pub actor_id: Option<Uuid>,
    /// Codes of the roles they held at the time.
    #[schema(value_type = Vec<Role>)]
    pub actor_roles: Vec<String>,
    /// The kind of appointment when they acted for the office holder.
    #[schema(value_type = Option<ActingKind>)]
    pub acting: Option<String>,
    /// Code of the action.
    #[schema(example = "read_audit_trail")]
    pub action: String,
    /// Reference of the object: the same for all events of one case. It does not reveal the case.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub object_ref: String,
    /// The numbered step of the SOP.
    #[schema(example = 2)]
    pub step: Option<i16>,
    /// Stage before the step.
    #[schema(value_type = Option<StageCode>)]
    pub from_stage: Option<String>,
    /// Stage after the step.
    #[schema(value_type = Option<StageCode>)]
    pub to_stage: Option<String>,
    /// Number of the round.
    #[schema(example = 0)]
    pub round: i16,
    /// Number of the draft of the answer.
    #[schema(example = 0)]
    pub draft: i16,
    /// A recorded reason; null when there is none, or when it cannot be opened.
    #[schema(example = "Permintaan penyidik, surat No. 12/2026")]
    pub detail: Option<String>,
    /// Hash over the event and the previous hash.
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

/// Result of verifying the trail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditVerification {
    /// True if the whole chain and all anchors are intact.
    pub intact: bool,
    /// Number of intact events, counted from the first.
    #[schema(example = 1042)]
    pub events: i64,
    /// Number of the first event that is missing or damaged.
    #[schema(example = json!(null))]
    pub first_broken_seq: Option<i64>,
    /// The damage found.
    #[schema(example = json!(null))]
    pub reason: Option<Breach>,
    /// Hash of the last intact event.
    #[schema(example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    pub head_hash: Option<String>,
    /// Number of anchors outside the database that were compared.
    #[schema(example = 31)]
    pub anchors: usize,
    /// Day of the newest anchor. Later events have no witness outside the database yet.
    #[schema(example = "2026-07-05")]
    pub anchored_until: Option<NaiveDate>,
}

impl AuditVerification {
    pub(super) fn of(verdict: &Verification, anchors: &[Anchor]) -> Self {
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
