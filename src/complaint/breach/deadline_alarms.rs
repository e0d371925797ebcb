//! Monitors the statutory deadline: raises an alarm when the 72 hours are nearly over and when they
//! have passed without a recorded notice.

use chrono::{DateTime, Utc};

use super::notify;
use crate::audit::{self, Event};
use crate::complaint::act::begin_as_service;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::papers::breach_file::{alarm_cutoffs, as_case};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::database::Database;
use crate::error::Result;
use crate::sop::gate::Principal;

/// Raises each alarm that is due, once. After a failure the next run raises the alarm.
pub async fn raise_due_alarms(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut work = begin_as_service(database, services, now).await?;
    let due = store::take_due_alarms(&mut work, alarm_cutoffs(now)).await?;
    for one in &due {
        notify::notify_watchers(&mut work, services, (one.office, one.id), None, now).await?;
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
