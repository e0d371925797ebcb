//! Changes of names and addresses of staff. Complaints are screened by name, so each change is
//! recorded in the audit trail and raises an alarm for custodians and internal auditors. The
//! identity module has no access to the audit trail, so a job copies its history.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::complaint::alarms::{AlarmKind, WATCHERS};
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::Result;
use crate::identity::renaming::{UnrecordedChange, list_unrecorded, mark_recorded};
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
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
        notify_watchers(&mut work, office, now, services).await?;
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
        office: OfficeId(change.office_id),
        at: Some(now),
        on: today(now),
        actor: Principal::System,
        action: kind.code(),
        object: services
            .keys
            .service_tag(format!("account|{}", change.user_id).as_bytes()),
        step: None,
        stages: None,
        round_and_draft: (0, 0),
        detail: Some(detail),
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

async fn notify_watchers(
    connection: &mut PgConnection,
    office: OfficeId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<()> {
    let mut recipients = Vec::new();
    for role in WATCHERS {
        recipients.extend(
            holders(connection, office, *role, today(now))
                .await?
                .into_iter()
                .map(|holder| services.keys.person_tag(holder.user).to_vec()),
        );
    }
    recipients.sort_unstable();
    recipients.dedup();
    let notice = Notice::of(office, About::Trail, NotificationKind::TrailAlarm);
    notify_by_tag(connection, &notice, &recipients, now).await
}
