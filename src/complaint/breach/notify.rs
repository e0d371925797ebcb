//! Notifies the watchers of a new alarm, without a number and without a text, and only those that may
//! know of the breach. Also monitors the statutory deadline: raises an alarm when the 72 hours are
//! nearly over and when they have passed without a recorded notice.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::complaint::act::begin_as_service;
use crate::complaint::alarms::{AlarmKind, Watchers};
use crate::complaint::announcing::{notify_of_alarm, sorted_tags, tagged_holders};
use crate::complaint::papers::breach_file::{alarm_cutoffs, as_case};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::database::Database;
use crate::error::Result;
use crate::identity::AllowedRoles;
use crate::ids::{BreachId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;

/// Notifies the watchers of the office without `but`; when there is none, the administrators.
/// Requires the service's context.
pub(super) async fn notify_watchers(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    (office, breach): (OfficeId, BreachId),
    but: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let but: Vec<_> = but.into_iter().collect();
    let watchers =
        tagged_holders(connection, (office, Watchers::ROLES), &but, now, services).await?;
    let mut recipients = store::allowed_to_know(connection, breach, &sorted_tags(watchers)).await?;
    if recipients.is_empty() {
        // No watcher could close the breach, so the administrators, who can assign the role, are
        // notified.
        let admins =
            tagged_holders(connection, (office, &[Role::Admin]), &[], now, services).await?;
        recipients = store::allowed_to_know(connection, breach, &sorted_tags(admins)).await?;
    }
    notify_of_alarm(connection, office, &recipients, now).await
}

/// Raises each alarm that is due, once. After a failure the next run raises the alarm.
pub async fn raise_due_alarms(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut work = begin_as_service(database, services, now).await?;
    let due = store::take_due_alarms(&mut work, alarm_cutoffs(now)).await?;
    for one in &due {
        notify_watchers(&mut work, services, (one.office, one.id), None, now).await?;
    }
    let events: Vec<_> = due
        .iter()
        .map(|one| {
            let kind = if one.over {
                AlarmKind::BreachNoticeOverdue
            } else {
                AlarmKind::BreachNoticeNearlyDue
            };
            let object = services.keys.case_ref(as_case(one.id));
            Event::new(one.office, Principal::System, kind.code(), object, now)
        })
        .collect();
    audit::append(&mut work, &services.audit, &events).await?;
    work.commit().await
}
