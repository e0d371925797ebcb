//! A complaint that no one can handle. When a complaint is outside the office and every external
//! handler or conflict officer is barred or the role is vacant, the audit trail records an alarm,
//! and auditors and administrators are notified. Neither names the complaint or the barred persons.

use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::casework::workflow::{Change, RequestTime};
use crate::complaint::alarms::AlarmKind;
use crate::complaint::announcing::{notify_of_alarm, recipients, sorted_tags, tagged_holders};
use crate::complaint::file::ComplaintStatus;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::conflicts;
use crate::complaint::store::viewer::Viewer;
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::sop::table::Actor;

/// Steps outside the office that need a person, each with the alarm when there is none.
const REQUIRED_STEPS: [(Task, AlarmKind); 2] = [
    (Task::SettleExternally, AlarmKind::ComplaintWithoutHandler),
    (
        Task::RecallComplaint,
        AlarmKind::ComplaintWithoutConflictOfficer,
    ),
];
/// Recipients of the notice of an alarm: auditors, because they read the trail, and administrators,
/// because they can assign a role.
const ALARM_RECIPIENTS: [Role; 2] = [Role::InternalAuditor, Role::Admin];

/// Raises an alarm for each step outside the office that no person may take after `change`.
pub async fn raise_alarms(
    connection: &mut PgConnection,
    change: &Change<'_, Task>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let header = change.header;
    let bars = matches!(
        change.row.task,
        Task::RecuseFromComplaint | Task::DeclareConflict | Task::ScreenAgain
    );
    if SOP
        .row(Task::SettleExternally)
        .targets(header.stage)
        .is_none()
        || !(change.from != header.stage || bars)
    {
        return Ok(());
    }
    Viewer::set_context(connection, Principal::System, None, &services.keys).await?;
    let mut events = Vec::new();
    for (task, kind) in REQUIRED_STEPS {
        let Actor::Person(roles) = SOP.row(task).actor else {
            continue;
        };
        if recipients(
            connection,
            ComplaintStatus::of(header),
            roles.iter().copied().collect(),
            None,
            at,
            services,
        )
        .await?
        .is_empty()
        {
            events.push(Event::new(
                header.office,
                Principal::System,
                kind.code(),
                services.keys.case_ref(header.file.id),
                at.now,
            ));
        }
    }
    if events.is_empty() {
        return Ok(());
    }
    notify_alarm_recipients(connection, (header.office, header.file.id), at, services).await?;
    audit::append(connection, &services.audit, &events).await
}

/// Notifies the recipients that are not barred from the complaint that the trail holds an alarm.
/// Requires the service's context.
pub async fn notify_alarm_recipients(
    connection: &mut PgConnection,
    (office, case): (OfficeId, ComplaintId),
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let roles = (office, ALARM_RECIPIENTS.as_slice());
    let tagged = tagged_holders(connection, roles, &[], at.now, services).await?;
    let barred = conflicts::filter_barred(connection, case, &tagged).await?;
    let free = tagged
        .into_iter()
        .filter(|(user, _)| !barred.contains(user));
    notify_of_alarm(connection, office, &sorted_tags(free), at.now).await
}
