//! A link of the chain: an event with its place, the hash over all of it in one canonical form, and the MAC over that hash.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::breach::Breach;
use super::key::AuditKey;
use crate::secrecy::sha256;

/// What the first event hangs on.
pub(super) const BEGINNING: (i64, [u8; 32]) = (0, [0; 32]);
/// Names the form below; a change of it is a new name.
const FORM: &[u8] = b"audit.event/v1";

/// An event in its place, as the table keeps it.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its number.
    pub seq: i64,
    /// The office.
    pub office_id: Uuid,
    /// When; none for a reporter.
    pub at: Option<DateTime<Utc>>,
    /// The day.
    pub on_date: NaiveDate,
    /// Which member of staff.
    pub actor_id: Option<Uuid>,
    /// `staff`, `reporter` or `service`.
    pub actor_kind: String,
    /// Codes of their roles.
    pub actor_roles: Vec<String>,
    /// `plh` or `plt`.
    pub acting: Option<String>,
    /// Code of what was done.
    pub action: String,
    /// The HMAC of what it is about. Not an array, because what stands in a tampered table may have any length.
    pub object_ref: Vec<u8>,
    /// The numbered step.
    pub step: Option<i16>,
    /// From which stage.
    pub from_stage: Option<String>,
    /// To which stage.
    pub to_stage: Option<String>,
    /// The round.
    pub round: i16,
    /// The draft.
    pub draft: i16,
    /// The sealed detail.
    pub detail: Option<Vec<u8>>,
    /// The hash of the event before.
    pub prev_hash: [u8; 32],
    /// The hash of this one.
    pub hash: [u8; 32],
    /// The MAC over the hash.
    pub mac: [u8; 32],
}

impl Link {
    /// Hangs it on the event with number `seq` and this hash.
    pub(super) fn join(&mut self, key: &AuditKey, seq: i64, hash: &[u8; 32]) {
        (self.seq, self.prev_hash) = (seq + 1, *hash);
        self.hash = self.expected_hash();
        self.mac = key.of_event(&self.hash);
    }

    /// What is wrong with it as the one after the event with number `seq` and this hash; nothing when it is whole.
    pub(super) fn breach(&self, key: &AuditKey, seq: i64, hash: &[u8; 32]) -> Option<Breach> {
        if self.seq != seq + 1 {
            return Some(Breach::Missing);
        }
        if self.hash != self.expected_hash() {
            return Some(Breach::Changed);
        }
        if self.prev_hash != *hash {
            return Some(Breach::Unlinked);
        }
        (!bool::from(self.mac.ct_eq(&key.of_event(&self.hash)))).then_some(Breach::Forged)
    }

    fn expected_hash(&self) -> [u8; 32] {
        sha256(&self.canonical())
    }

    /// Every field but hash and MAC, in the order of the table, each with its length before it, so that nothing can move from one into the next.
    fn canonical(&self) -> Vec<u8> {
        let mut form = Form(Vec::with_capacity(512));
        form.put(FORM);
        form.put(&self.seq.to_be_bytes());
        form.put(self.office_id.as_bytes());
        form.maybe(self.at.map(|at| at.timestamp_micros().to_be_bytes()));
        form.put(&self.on_date.num_days_from_ce().to_be_bytes());
        form.maybe(self.actor_id.as_ref().map(Uuid::as_bytes));
        form.put(self.actor_kind.as_bytes());
        form.put(&length(self.actor_roles.len()));
        self.actor_roles
            .iter()
            .for_each(|role| form.put(role.as_bytes()));
        form.maybe(self.acting.as_deref());
        form.put(self.action.as_bytes());
        form.put(&self.object_ref);
        form.maybe(self.step.map(i16::to_be_bytes));
        form.maybe(self.from_stage.as_deref());
        form.maybe(self.to_stage.as_deref());
        form.put(&self.round.to_be_bytes());
        form.put(&self.draft.to_be_bytes());
        form.maybe(self.detail.as_deref());
        form.put(&self.prev_hash);
        form.0
    }
}

/// Bytes being put together.
struct Form(Vec<u8>);

impl Form {
    fn put(&mut self, field: &[u8]) {
        self.0.extend_from_slice(&length(field.len()));
        self.0.extend_from_slice(field);
    }

    /// A field that may be missing: an empty one is something else.
    fn maybe(&mut self, field: Option<impl AsRef<[u8]>>) {
        self.0.push(u8::from(field.is_some()));
        if let Some(field) = field {
            self.put(field.as_ref());
        }
    }
}

fn length(of: usize) -> [u8; 8] {
    (of as u64).to_be_bytes()
}

#[cfg(test)]
mod tests;
