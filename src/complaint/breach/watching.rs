//! The law's clock: who watches is alarmed when the 72 hours are nearly over, and when they are over, while a notice is not recorded.

use chrono::{DateTime, Utc};

use super::notify;
use crate::audit::{self, Actor, Event};
use crate::casework::workflow::Asking;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::papers::breach_file::{alarming, as_case};
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::web::IdempotentWrite;

/// Raises each alarm that is due, once.
///
/// # Errors
/// When the server refuses; the next look does it.
pub async fn watch(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut work = IdempotentWrite::of_the_service(database, now).await?;
    Viewer::enter(&mut work, Asking::Service, None, &services.keys).await?;
    let due = store::alarming(&mut work, alarming(now)).await?;
    for one in &due {
        notify::alarm(&mut work, services, (one.office, one.id), None, now).await?;
    }
    let events: Vec<_> = due
        .iter()
        .map(|one| Event {
            office: one.office,
            at: Some(now),
            on: today(now),
            actor: Actor::Service,
            action: if one.over {
                AlarmKind::BreachNoticeOverdue
            } else {
                AlarmKind::BreachNoticeNearlyDue
            }
            .code(),
            object: services.keys.case_ref(as_case(one.id)),
            step: None,
            moved: None,
            counted: (0, 0),
            detail: None,
        })
        .collect();
    audit::append(&mut work, &services.audit, &events).await?;
    work.commit().await
}
