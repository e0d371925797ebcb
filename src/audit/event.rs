//! An event as the caller describes it, before it has a number in the chain.

use chrono::{DateTime, NaiveDate, Utc};

use super::chain::Link;
use super::key::AuditKey;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{OfficeId, UserId};
use crate::sop::gate::Principal;

/// One event.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The office.
    pub office: OfficeId,
    /// The time, for acts of staff and the service. For a reporter's act it is dropped, even if
    /// given.
    pub at: Option<DateTime<Utc>>,
    /// The day (WIB).
    pub on: NaiveDate,
    /// The cause.
    pub actor: Principal<StaffMember<'a>>,
    /// Code of the action.
    pub action: &'a str,
    /// HMAC of the object.
    pub object: [u8; 32],
    /// The numbered step of the SOP, if the action is one.
    pub step: Option<i16>,
    /// Stage before and after the step.
    pub stages: Option<(&'static str, &'static str)>,
    /// Number of the round and of the letter's draft.
    pub round_and_draft: (i16, i16),
    /// A reason, stored sealed. It outlives the case, so it must hold no content of a complaint and
    /// no identity.
    pub detail: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// An event at a time, outside the SOP.
    pub fn new(
        office: OfficeId,
        actor: Principal<StaffMember<'a>>,
        action: &'a str,
        object: [u8; 32],
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            office,
            at: Some(at),
            on: today(at),
            actor,
            action,
            object,
            step: None,
            stages: None,
            round_and_draft: (0, 0),
            detail: None,
        }
    }

    /// The event with its detail sealed, without its place in the chain.
    pub fn unchained(&self, key: &AuditKey) -> UnchainedEvent {
        let (actor_kind, actor_id, actor_roles, acting) = match &self.actor {
            Principal::User(StaffMember {
                user,
                roles,
                acting,
            }) => (
                "staff",
                Some(user.0),
                roles.clone(),
                acting.map(str::to_owned),
            ),
            Principal::Reporter => ("reporter", None, Vec::new(), None),
            Principal::System => ("service", None, Vec::new(), None),
        };
        let at = self
            .at
            .filter(|_| !matches!(self.actor, Principal::Reporter));
        let (from, to) = self.stages.unzip();
        UnchainedEvent(Link {
            office_id: self.office.0,
            // PostgreSQL stores microseconds: the hashed value must equal the value read back.
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
            round: self.round_and_draft.0,
            draft: self.round_and_draft.1,
            detail: self
                .detail
                .map(|detail| key.seal(&self.object, self.action, detail)),
            seq: 0,
            prev_hash: [0; 32],
            hash: [0; 32],
            mac: [0; 32],
        })
    }
}

/// An event that has no number, previous hash, hash and MAC yet. It must be appended before the commit.
#[derive(Debug)]
#[must_use]
pub struct UnchainedEvent(pub(super) Link);

/// A member of staff as the trail names them.
#[derive(Debug, Clone)]
pub struct StaffMember<'a> {
    /// The account.
    pub user: UserId,
    /// The codes of the roles held at the time.
    pub roles: Vec<String>,
    /// `plh` or `plt` when they acted for the office holder.
    pub acting: Option<&'a str>,
}

impl StaffMember<'static> {
    /// The user of this request.
    pub fn of(user: &SignedIn) -> Self {
        Self {
            user: user.user,
            roles: user.roles.codes(),
            acting: user.acting.map(|acting| acting.kind.code()),
        }
    }
}
