//! Changes of names and addresses of staff. Complaints are screened by name, so each change is
//! recorded in the audit trail and raises an alarm for custodians and internal auditors. The
//! identity module has no access to the audit trail, so a job copies its history.

use chrono::{DateTime, Utc};

use crate::audit::{self, Event};
use crate::complaint::alarms::{AlarmKind, Watchers};
use crate::complaint::announcing::{notify_of_alarm, sorted_tags, tagged_holders};
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::Result;
use crate::identity::AllowedRoles;
use crate::identity::renaming::{UnrecordedChange, list_unrecorded, mark_recorded};
use crate::ids::OfficeId;
use crate::sop::gate::Principal;
use crate::web::IdempotentWrite;

/// Changes recorded in one run; the next run records the rest.
const BATCH_SIZE: i64 = 100;

/// Records the changes that are not in the audit trail yet.
pub async fn record(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut work = IdempotentWrite::for_job(database, now).await?;
    let changes = list_unrecorded(&mut work, BATCH_SIZE).await?;
    if changes.is_empty() {
        return work.commit().await;
    }
    mark_recorded(&mut work, &changes).await?;
    let mut offices: Vec<_> = changes
        .iter()
        .map(|change| OfficeId(change.office_id))
        .collect();
    offices.sort_unstable();
    offices.dedup();
    for office in offices {
        let watchers =
            tagged_holders(&mut work, (office, Watchers::ROLES), &[], now, services).await?;
        notify_of_alarm(&mut work, office, &sorted_tags(watchers), now).await?;
    }
    let details: Vec<_> = changes.iter().map(audit_detail).collect();
    let events: Vec<_> = changes
        .iter()
        .zip(&details)
        .map(|(change, detail)| audit_event(change, detail, now, services))
        .collect();
    // Last statement of the transaction: appending locks the end of the hash chain until the
    // commit.
    audit::append(&mut work, &services.audit, &events).await?;
    work.commit().await
}

fn audit_event<'a>(
    change: &UnrecordedChange,
    detail: &'a str,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Event<'a> {
    let kind = match change.what.as_str() {
        "name" => AlarmKind::NameChanged,
        "address" => AlarmKind::AddressChanged,
        _ => AlarmKind::NameProposed,
    };
    Event {
        detail: Some(detail),
        ..Event::new(
            OfficeId(change.office_id),
            Principal::System,
            kind.code(),
            services
                .keys
                .service_tag(format!("account|{}", change.user_id).as_bytes()),
            now,
        )
    }
}

/// Account id, old value and new value, sealed in the audit trail for auditors. The journal of
/// accounts records the actor.
fn audit_detail(change: &UnrecordedChange) -> String {
    format!(
        "{}: {} → {}",
        change.user_id,
        change.was.as_deref().unwrap_or("?"),
        change.became
    )
}
