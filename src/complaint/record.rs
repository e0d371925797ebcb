//! Acts beside the SOP in the audit trail: that a complaint was opened, a warning answered, a disclosure decided.

use sqlx::PgConnection;

use super::cabinet::Cabinet;
use super::store::openings;
use super::store::viewer::Viewer;
use super::views::Reads;
use crate::audit::{self, Actor, Event};
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;

/// Writes down that the person at `desk` did `action` to a complaint.
///
/// # Errors
/// When the server refuses.
pub async fn act(connection: &mut PgConnection, desk: &Desk, cabinet: &Cabinet, case: ComplaintId, action: &str) -> Result<()> {
    act_with(connection, desk, cabinet, case, action, None).await
}

/// The same with words, which are sealed.
///
/// # Errors
/// When the server refuses.
pub async fn act_with(
    connection: &mut PgConnection,
    desk: &Desk,
    cabinet: &Cabinet,
    case: ComplaintId,
    action: &str,
    detail: Option<&str>,
) -> Result<()> {
    let (who, now) = (desk.who(), desk.desktop().now);
    let event = Event {
        office: who.office,
        at: Some(now),
        on: today(now),
        actor: Actor::Staff { user: who.user, roles: who.roles.codes(), acting: who.acting.map(|acting| acting.kind.code()) },
        action,
        object: cabinet.keys.case_ref(case),
        step: None,
        moved: None,
        counted: (0, 0),
        detail,
    };
    audit::append(connection, &cabinet.audit, &[event]).await
}

/// Writes down, once a day, that the person at `desk` read what the reporter said or sent: for the reporter's access log and the trail.
///
/// # Errors
/// When the server refuses.
pub async fn opened(connection: &mut PgConnection, desk: &Desk, viewer: &Viewer, cabinet: &Cabinet, case: ComplaintId) -> Result<()> {
    if let Some(role) = Reads::under(desk.who().roles)
        && openings::note(connection, case, &viewer.person, role, today(desk.desktop().now)).await?
    {
        act(connection, desk, cabinet, case, "read_complaint").await?;
    }
    Ok(())
}
