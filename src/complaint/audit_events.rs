//! Acts beside the SOP in the audit trail: that a complaint was opened, a warning answered, a disclosure decided.

use sqlx::PgConnection;

use super::papers::breach_file::as_case;
use super::services::ComplaintServices;
use super::store::openings;
use crate::audit::{self, Actor, Event};
use crate::casework::desk::Desk;
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{BreachId, ComplaintId};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Writes down that somebody of the office was shown what the reporter wrote, under this role: once a day, for the reporter's access log and the audit trail.
/// The last thing in its transaction: the end of the chain is held until the commit.
///
/// # Errors
/// When the server refuses.
pub async fn shown(
    connection: &mut PgConnection,
    (who, role): (&SignedIn, Role),
    at: &RequestTime,
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<()> {
    if openings::note(
        connection,
        case,
        &services.keys.person_tag(who.user),
        role,
        today(at.now),
    )
    .await?
    {
        write(
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

/// Writes down that a conflict officer was shown something of the reporter's, `action` says what: once a day in the trail, and once a day for the access log
/// whatever it was.
///
/// # Errors
/// When the server refuses.
pub async fn shown_to_officer(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
) -> Result<()> {
    let (user, on) = (desk.who().user, today(desk.request_time().now));
    openings::note(
        connection,
        case,
        &services.keys.person_tag(user),
        Role::ConflictOfficer,
        on,
    )
    .await?;
    if openings::is_in_the_trail(connection, &services.keys.case_ref(case), action, user, on)
        .await?
    {
        return Ok(());
    }
    act(connection, desk, services, case, action).await
}

/// Writes down that the person at `desk` did `action` to a complaint.
///
/// # Errors
/// When the server refuses.
pub async fn act(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
) -> Result<()> {
    act_with(connection, desk, services, case, action, None).await
}

/// The same with words, which are sealed.
///
/// # Errors
/// When the server refuses.
pub async fn act_with(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    write(
        connection,
        desk.who(),
        desk.request_time(),
        services,
        services.keys.case_ref(case),
        action,
        detail,
    )
    .await
}

/// Writes down what the person at `desk` tried and was refused, in a transaction of its own.
///
/// # Errors
/// When the server refuses.
pub async fn refused(
    desk: &Desk,
    services: &ComplaintServices,
    case: ComplaintId,
    action: &str,
    detail: &str,
) -> Result<()> {
    let mut work =
        IdempotentWrite::of_the_service(desk.database(), desk.request_time().now).await?;
    act_with(&mut work, desk, services, case, action, Some(detail)).await?;
    work.commit().await
}

/// Writes down that the person at `desk` read the alarms: an event about the trail itself.
///
/// # Errors
/// When the server refuses.
pub async fn read_alarms(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
) -> Result<()> {
    write(
        connection,
        desk.who(),
        desk.request_time(),
        services,
        services.audit.trail(),
        "read_alarms",
        None,
    )
    .await
}

/// Writes down that the person at `desk` did `action` to a breach, or read it.
///
/// # Errors
/// When the server refuses.
pub async fn of_breach(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
    breach: BreachId,
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    write(
        connection,
        desk.who(),
        desk.request_time(),
        services,
        services.keys.case_ref(as_case(breach)),
        action,
        detail,
    )
    .await
}

/// Writes down that the person at `desk` read the register of breaches.
///
/// # Errors
/// When the server refuses.
pub async fn read_breaches(
    connection: &mut PgConnection,
    desk: &Desk,
    services: &ComplaintServices,
) -> Result<()> {
    write(
        connection,
        desk.who(),
        desk.request_time(),
        services,
        services.audit.trail(),
        "read_breaches",
        None,
    )
    .await
}

async fn write(
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
        actor: Actor::of(who),
        action,
        object,
        step: None,
        moved: None,
        counted: (0, 0),
        detail,
    };
    audit::append(connection, &services.audit, &[event]).await
}
