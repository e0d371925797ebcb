//! What is told to the trail: an event as whoever causes it knows it, before it has a place in the chain.

use chrono::{DateTime, NaiveDate, Utc};

use super::actor::Actor;
use super::chain::Link;
use super::key::AuditKey;
use crate::ids::OfficeId;

/// One event.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The office it happened in.
    pub office: OfficeId,
    /// When, for acts of staff and the service; not kept for a reporter's, whatever is given.
    pub at: Option<DateTime<Utc>>,
    /// The day (WIB).
    pub on: NaiveDate,
    /// Who did it.
    pub actor: Actor<'a>,
    /// Code of what was done.
    pub action: &'a str,
    /// The HMAC of what it is about.
    pub object: [u8; 32],
    /// The numbered step, if it is one.
    pub step: Option<i16>,
    /// From which stage to which.
    pub moved: Option<(&'static str, &'static str)>,
    /// The round and the letter's draft.
    pub counted: (i16, i16),
    /// A reason, kept sealed. It outlives the case: no content of a complaint, no identity.
    pub detail: Option<&'a str>,
}

impl Event<'_> {
    /// The event as a link that hangs on nothing yet.
    pub(super) fn unlinked(&self, key: &AuditKey) -> Link {
        let (actor_kind, actor_id, actor_roles, acting) = match &self.actor {
            Actor::Staff {
                user,
                roles,
                acting,
            } => (
                "staff",
                Some(user.0),
                roles.clone(),
                acting.map(str::to_owned),
            ),
            Actor::Reporter => ("reporter", None, Vec::new(), None),
            Actor::Service => ("service", None, Vec::new(), None),
        };
        let at = self.at.filter(|_| !matches!(self.actor, Actor::Reporter));
        let (from, to) = self.moved.unzip();
        Link {
            office_id: self.office.0,
            // As PostgreSQL keeps it: what is hashed must be what is read back.
            at: at.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros())),
            on_date: self.on,
            actor_id,
            actor_kind: actor_kind.to_owned(),
            actor_roles,
            acting,
            action: self.action.to_owned(),
            object_ref: self.object.to_vec(),
            step: self.step,
            from_stage: from.map(str::to_owned),
            to_stage: to.map(str::to_owned),
            round: self.counted.0,
            draft: self.counted.1,
            detail: self
                .detail
                .map(|detail| key.seal(&self.object, self.action, detail)),
            seq: 0,
            prev_hash: [0; 32],
            hash: [0; 32],
            mac: [0; 32],
        }
    }
}
