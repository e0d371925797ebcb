//! New names and addresses of staff, for whom complaints are screened: the audit trail says so, and custodians and internal auditors are told that it holds an
//! alarm. Identity knows no trail, so a job carries over what its history holds.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::audit::{self, Actor, Event};
use crate::casework::announce::{About, Kind, Notice, tell_by_tag};
use crate::complaint::alarms::{AlarmKind, WATCHERS};
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::Result;
use crate::identity::renaming::{Unnoted, unnoted, were_noted};
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::OfficeId;
use crate::web::IdempotentWrite;

/// Changes carried over in one go; the rest wait for the next.
const AT_ONCE: i64 = 100;

/// Carries over what is new.
///
/// # Errors
/// When the server refuses.
pub async fn note(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut work = IdempotentWrite::of_the_service(database, now).await?;
    let changes = unnoted(&mut work, AT_ONCE).await?;
    if changes.is_empty() {
        return work.commit().await;
    }
    were_noted(&mut work, &changes).await?;
    let mut offices: Vec<_> = changes
        .iter()
        .map(|change| OfficeId(change.office_id))
        .collect();
    offices.sort_unstable();
    offices.dedup();
    for office in offices {
        tell_watchers(&mut work, office, now, services).await?;
    }
    let details: Vec<_> = changes.iter().map(detail).collect();
    let events: Vec<_> = changes
        .iter()
        .zip(&details)
        .map(|(change, detail)| event(change, detail, now, services))
        .collect();
    // The last thing in the transaction: the end of the chain is held until the commit.
    audit::append(&mut work, &services.audit, &events).await?;
    work.commit().await
}

fn event<'a>(
    change: &Unnoted,
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
        actor: Actor::Service,
        action: kind.code(),
        object: services
            .keys
            .mark(format!("account|{}", change.user_id).as_bytes()),
        step: None,
        moved: None,
        counted: (0, 0),
        detail: Some(detail),
    }
}

/// Which account, and what it was and became: sealed in the trail, for auditors. Who did it stands in the journal of accounts.
fn detail(change: &Unnoted) -> String {
    format!(
        "{}: {} → {}",
        change.user_id,
        change.was.as_deref().unwrap_or("?"),
        change.became
    )
}

async fn tell_watchers(
    connection: &mut PgConnection,
    office: OfficeId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<()> {
    let mut told = Vec::new();
    for role in WATCHERS {
        told.extend(
            holders(connection, office, *role, today(now))
                .await?
                .into_iter()
                .map(|holder| services.keys.person_tag(holder.user).to_vec()),
        );
    }
    told.sort_unstable();
    told.dedup();
    let notice = Notice {
        office,
        kind: Kind::TrailAlarm,
        about: About::Trail,
        step: None,
        task: None,
        stage: None,
        percent: None,
    };
    tell_by_tag(connection, &notice, &told, now).await
}
