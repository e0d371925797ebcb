//! Audit events outside the SOP: a complaint was read, a warning was answered, a disclosure was
//! decided.

use sqlx::PgConnection;

use super::papers::breach_file::as_case;
use super::services::ComplaintServices;
use super::store::openings;
use crate::audit::{self, Event, StaffMember};
use crate::casework::desk::Desk;
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{BreachId, ComplaintId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Records that a staff member read the reporter's content under `role`: once a day, in the access
/// log and the audit trail. Must be the last statement of its transaction, because the append locks
/// the end of the hash chain until the commit.
pub async fn record_reading(
    connection: &mut PgConnection,
    (who, role): (&SignedIn, Role),
    at: &RequestTime,
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<()> {
    if openings::record(
        connection,
        case,
        &services.keys.person_tag(who.user),
        role,
        today(at.now),
    )
    .await?
    {
        append(
            connection,
            who,
            at,
            services,
            services.keys.case_ref(case),
            "read_complaint",
            None,
        )
        .await?;
    }
    Ok(())
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
    openings::record(
        connection,
        case,
        &services.keys.person_tag(user),
        Role::ConflictOfficer,
        on,
    )
    .await?;
    if openings::has_audit_event(connection, &services.keys.case_ref(case), action, user, on)
        .await?
    {
        return Ok(());
    }
    record(connection, desk, services, case, action).await
}

/// Records `action` of the caller on a complaint.
pub async fn record(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
) -> Result<()> {
    record_with_detail(connection, desk, services, case, action, None).await
}

/// Records `action` of the caller on a complaint, with a detail that is sealed.
pub async fn record_with_detail(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    append(
        connection,
        desk.signed_in(),
        desk.request_time(),
        services,
        services.keys.case_ref(case),
        action,
        detail,
    )
    .await
}

/// Records a refused attempt of the caller, in a transaction of its own.
pub async fn record_refusal(
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
    detail: &str,
) -> Result<()> {
    let mut work = IdempotentWrite::for_job(desk.database(), desk.request_time().now).await?;
    record_with_detail(&mut work, desk, services, case, action, Some(detail)).await?;
    work.commit().await
}

/// Records that the caller read the alarms; the object is the trail itself.
pub async fn record_alarms_reading(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
) -> Result<()> {
    append(
        connection,
        desk.signed_in(),
        desk.request_time(),
        services,
        services.audit.trail_object(),
        "read_alarms",
        None,
    )
    .await
}

/// Records `action` of the caller on a breach.
pub async fn record_on_breach(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    breach: BreachId,
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    append(
        connection,
        desk.signed_in(),
        desk.request_time(),
        services,
        services.keys.case_ref(as_case(breach)),
        action,
        detail,
    )
    .await
}

/// Records that the caller read the register of breaches.
pub async fn record_breaches_reading(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
) -> Result<()> {
    append(
        connection,
        desk.signed_in(),
        desk.request_time(),
        services,
        services.audit.trail_object(),
        "read_breaches",
        None,
    )
    .await
}

async fn append(
    connection: &mut PgConnection,
    who: &SignedIn,
    at: &RequestTime,
    services: &ComplaintServices,
    object: [u8; 32],
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    let event = Event {
        office: who.office,
        at: Some(at.now),
        on: today(at.now),
        actor: Principal::User(StaffMember::of(who)),
        action,
        object,
        step: None,
        stages: None,
        round_and_draft: (0, 0),
        detail,
    };
    audit::append(connection, &services.audit, &[event]).await
}
