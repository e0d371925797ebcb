//! A link of the hash chain: an event with its number, a hash over its canonical form, and a MAC
//! over that hash.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::key::AuditKey;
use crate::secrecy::sha256;

/// Number and hash before the first event.
pub(super) const GENESIS: (i64, [u8; 32]) = (0, [0; 32]);
/// Name and version of the canonical form; every change of the form needs a new name.
const FORM_NAME: &[u8] = b"audit.event/v1";

/// An event with its place in the chain, as a row of the table.
#[derive(Debug, Clone)]
pub struct Link {
    /// Number in the chain.
    pub seq: i64,
    /// The office.
    pub office_id: Uuid,
    /// The time; none for a reporter's act.
    pub at: Option<DateTime<Utc>>,
    /// The day (WIB).
    pub on_date: NaiveDate,
    /// The member of staff.
    pub actor_id: Option<Uuid>,
    /// `staff`, `reporter` or `service`.
    pub actor_kind: String,
    /// Codes of the member's roles.
    pub actor_roles: Vec<String>,
    /// `plh` or `plt`.
    pub acting: Option<String>,
    /// Code of the action.
    pub action: String,
    /// HMAC of the object. A `Vec`, because a tampered row may hold any length.
    pub object_ref: Vec<u8>,
    /// The numbered step.
    pub step: Option<i16>,
    /// Stage before the step.
    pub from_stage: Option<String>,
    /// Stage after the step.
    pub to_stage: Option<String>,
    /// Number of the round.
    pub round: i16,
    /// Number of the draft.
    pub draft: i16,
    /// The sealed detail.
    pub detail: Option<Vec<u8>>,
    /// Hash of the previous event.
    pub prev_hash: [u8; 32],
    /// Hash of this event.
    pub hash: [u8; 32],
    /// The MAC over the hash.
    pub mac: [u8; 32],
}

impl Link {
    /// Places the link after the event with number `seq` and hash `hash`.
    pub(super) fn append_to(&mut self, key: &AuditKey, seq: i64, hash: &[u8; 32]) {
        (self.seq, self.prev_hash) = (seq + 1, *hash);
        self.hash = self.expected_hash();
        self.mac = key.event_mac(&self.hash);
    }

    /// Checks the link as successor of the event with number `seq` and hash `hash`. Returns the
    /// damage found; `None` when it is intact.
    pub(super) fn check(&self, key: &AuditKey, seq: i64, hash: &[u8; 32]) -> Option<Breach> {
        if self.seq != seq + 1 {
            return Some(Breach::Missing);
        }
        if self.hash != self.expected_hash() {
            return Some(Breach::Changed);
        }
        if self.prev_hash != *hash {
            return Some(Breach::Unlinked);
        }
        (!bool::from(self.mac.ct_eq(&key.event_mac(&self.hash)))).then_some(Breach::Forged)
    }

    fn expected_hash(&self) -> [u8; 32] {
        sha256(&self.canonical())
    }

    /// Every field but hash and MAC, in the order of the table. Each field is prefixed with its
    /// length, so that no byte can move from one field to the next.
    fn canonical(&self) -> Vec<u8> {
        let mut form = CanonicalForm(Vec::with_capacity(512));
        form.put(FORM_NAME);
        form.put(&self.seq.to_be_bytes());
        form.put(self.office_id.as_bytes());
        form.put_optional(self.at.map(|at| at.timestamp_micros().to_be_bytes()));
        form.put(&self.on_date.num_days_from_ce().to_be_bytes());
        form.put_optional(self.actor_id.as_ref().map(Uuid::as_bytes));
        form.put(self.actor_kind.as_bytes());
        form.put(&length(self.actor_roles.len()));
        self.actor_roles
            .iter()
            .for_each(|role| form.put(role.as_bytes()));
        form.put_optional(self.acting.as_deref());
        form.put(self.action.as_bytes());
        form.put(&self.object_ref);
        form.put_optional(self.step.map(i16::to_be_bytes));
        form.put_optional(self.from_stage.as_deref());
        form.put_optional(self.to_stage.as_deref());
        form.put(&self.round.to_be_bytes());
        form.put(&self.draft.to_be_bytes());
        form.put_optional(self.detail.as_deref());
        form.put(&self.prev_hash);
        form.0
    }
}

/// Buffer of the canonical form.
struct CanonicalForm(Vec<u8>);

impl CanonicalForm {
    fn put(&mut self, field: &[u8]) {
        self.0.extend_from_slice(&length(field.len()));
        self.0.extend_from_slice(field);
    }

    /// Appends an optional field: a flag, then the value. A missing field and an empty one differ.
    fn put_optional(&mut self, field: Option<impl AsRef<[u8]>>) {
        self.0.push(u8::from(field.is_some()));
        if let Some(field) = field {
            self.put(field.as_ref());
        }
    }
}

fn length(of: usize) -> [u8; 8] {
    (of as u64).to_be_bytes()
}

/// The kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrailDamage)]
pub enum Breach {
    /// An event is missing.
    Missing,
    /// An event does not match its hash.
    Changed,
    /// The previous hash of an event is not the hash of the event before it.
    Unlinked,
    /// The MAC of an event is invalid: it was written without the key.
    Forged,
    /// The chain ends before an event that an anchor names.
    Cut,
    /// An event differs from the one that an anchor names: the chain was rewritten with the key.
    Rewritten,
    /// The MAC of an anchor is invalid.
    AnchorForged,
}

impl Breach {
    /// English description for the log and the terminal.
    pub fn description(self) -> &'static str {
        match self {
            Self::Missing => "an event is missing",
            Self::Changed => "an event was changed",
            Self::Unlinked => "an event does not continue the one before it",
            Self::Forged => "an event was written without the key",
            Self::Cut => "the end was cut off: an anchor names an event that is not there",
            Self::Rewritten => "an event is not the one that an anchor names",
            Self::AnchorForged => "an anchor has an invalid MAC",
        }
    }
}

#[cfg(test)]
mod tests;
