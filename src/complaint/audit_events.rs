//! Audit events outside the SOP: a complaint was read, a warning was answered, a disclosure was
//! decided.

use sqlx::PgConnection;

use super::papers::breach_file::as_case;
use super::services::ComplaintServices;
use super::store::openings;
use crate::audit::{self, Event, StaffMember, UnchainedEvent};
use crate::casework::desk::Desk;
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{BreachId, ComplaintId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// An event of a member of staff: an action on an object, and its effects on complaints.
#[derive(Debug)]
pub struct StaffEvent<'a> {
    /// Complaint or breach; none for the audit trail itself.
    object: Option<ComplaintId>,
    action: &'a str,
    /// Stored sealed.
    detail: Option<&'a str>,
    effects: Vec<(ComplaintId, &'static str)>,
}

impl<'a> StaffEvent<'a> {
    /// An action on a complaint.
    pub fn on_case(case: ComplaintId, action: &'a str) -> Self {
        Self {
            object: Some(case),
            ..Self::on_trail(action)
        }
    }

    /// An action on a breach.
    pub fn on_breach(breach: BreachId, action: &'a str) -> Self {
        Self::on_case(as_case(breach), action)
    }

    /// An action on the audit trail, or on what is read from it.
    pub fn on_trail(action: &'a str) -> Self {
        Self {
            object: None,
            action,
            detail: None,
            effects: Vec::new(),
        }
    }

    /// Adds a detail.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<Option<&'a str>>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// Adds an event for each of `cases`.
    #[must_use]
    pub fn with_effect(self, cases: Vec<ComplaintId>, action: &'static str) -> Self {
        let effects = cases.into_iter().map(|case| (case, action)).collect();
        Self { effects, ..self }
    }

    fn unchained(
        &self,
        caller: &SignedIn,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Vec<UnchainedEvent> {
        let event = |action, object| {
            let actor = Principal::User(StaffMember::of(caller));
            Event::new(caller.office, actor, action, object, at.now)
        };
        let object = self.object.map_or_else(
            || services.audit.trail_object(),
            |case| services.keys.case_ref(case),
        );
        let mut events = vec![Event {
            detail: self.detail,
            ..event(self.action, object)
        }];
        let effects = self.effects.iter();
        events.extend(effects.map(|(case, action)| event(action, services.keys.case_ref(*case))));
        events
            .iter()
            .map(|event| event.unchained(&services.audit))
            .collect()
    }
}

/// Records in the access log that a staff member read the reporter's content under `role`. Returns
/// the event for the audit trail for the first reading of a day.
pub(super) async fn record_reading(
    connection: &mut PgConnection,
    (caller, role): (&SignedIn, Role),
    at: &RequestTime,
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<Vec<UnchainedEvent>> {
    let (person, on) = (services.keys.person_tag(caller.user), today(at.now));
    if openings::record(connection, case, &person, role, on).await? {
        Ok(StaffEvent::on_case(case, "read_complaint").unchained(caller, at, services))
    } else {
        Ok(Vec::new())
    }
}

/// Records that a conflict officer read part of the reporter's content: once a day and `action` in
/// the audit trail, once a day in the access log.
pub async fn record_officer_reading(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
) -> Result<()> {
    let (user, on) = (desk.signed_in().user, today(desk.request_time().now));
    let (person, case_ref) = (services.keys.person_tag(user), services.keys.case_ref(case));
    openings::record(connection, case, &person, Role::ConflictOfficer, on).await?;
    if openings::has_audit_event(connection, &case_ref, action, user, on).await? {
        return Ok(());
    }
    record(
        connection,
        desk,
        services,
        StaffEvent::on_case(case, action),
    )
    .await
}

/// Records an event of the caller. Must be the last statement of its transaction.
pub async fn record(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    event: StaffEvent<'_>,
) -> Result<()> {
    let events = event.unchained(desk.signed_in(), desk.request_time(), services);
    audit::append_unchained(connection, &services.audit, events).await
}

/// Records an event of a refused attempt of the caller, in a transaction of its own.
pub async fn record_refusal(
    desk: &Desk,
    services: &ComplaintServices,
    event: StaffEvent<'_>,
) -> Result<()> {
    let now = desk.request_time().now;
    let mut work = IdempotentWrite::without_idempotency(desk.database(), now)
        .await?
        .ending_locks_early();
    record(&mut work, desk, services, event).await?;
    work.commit().await
}
