//! A watcher declares a breach. In the same transaction every disclosure of what it affects stands still, the trail holds an alarm, and the other watchers are
//! told so.

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::forms::Declaration;
use super::notify;
use super::views::BreachSummary;
use super::words::new_key;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::audit_events;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches::{self as store, NewBreach};
use crate::complaint::store::freezing;
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::ids::{BreachId, ComplaintId};
use crate::web::{IdempotentWrite, Reply};

/// How long ago the office may have come to know of it: what is older was mistyped, and its hours would be over before they are counted.
const LONGEST_AGO: TimeDelta = TimeDelta::days(366);

/// Declares it.
///
/// # Errors
/// `invalid_content` for a complaint the declarer may not know of, and for a discovery in the future or more than a year ago; a stored reply when this was
/// answered before.
pub(super) async fn declare(desk: &Desk, form: Declaration) -> Result<Reply<BreachSummary>> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.who(),
        desk.request_time().now,
    );
    let under = retries::of_staff(desk.request(), &services.keys, who.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), desk.request(), under, now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(who), None, &services.keys).await?;
    // First the lock: what was being opened is opened before, and whatever comes now finds the breach.
    freezing::stop_disclosures(&mut work, who.office).await?;
    let Declaration {
        kind,
        happened,
        discovered_at,
        complaints,
        all,
    } = form;
    if discovered_at > now {
        return Err(Error::invalid(vec![fault(
            "/discovered_at",
            "in_the_future",
            "Belum terjadi.",
            "It has not come yet.",
        )]));
    }
    if discovered_at < now - LONGEST_AGO {
        return Err(Error::invalid(vec![fault(
            "/discovered_at",
            "in_the_past",
            "Lebih dari setahun yang lalu.",
            "It is more than a year ago.",
        )]));
    }
    let named = known(&mut work, &complaints.unwrap_or_default()).await?;
    let id = BreachId::random();
    let (key, wrapped) = new_key(&services, id).await?;
    let new = NewBreach {
        id,
        office: who.office,
        kind,
        all,
        named: &named,
        discovered_at,
        by: who.user,
        at: now,
        wrapped,
        happened: &happened,
    };
    store::add(&mut work, &key, &new).await?;
    let stored = store::find(&mut work, &viewer, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    // Whose requests stand still is the service's to know, and who may be told.
    Viewer::enter(&mut work, Asking::Service, None, &services.keys).await?;
    notify::alarm(&mut work, &services, (who.office, id), Some(who.user), now).await?;
    let frozen = freezing::live(&mut work, id, true).await?;
    audit_events::of_breach(
        &mut work,
        desk,
        &services,
        id,
        AlarmKind::BreachDeclared.code(),
        Some(kind.code()),
    )
    .await?;
    for case in frozen {
        audit_events::act(&mut work, desk, &services, case, "freeze_disclosure").await?;
    }
    work.finish(Reply::created(
        format!("/api/v1/breaches/{id}"),
        BreachSummary::of(&stored),
    ))
    .await
}

/// The complaints of these names. One refusal for one that there is not, that has not surfaced, is another office's, or is not theirs to know of.
async fn known(connection: &mut PgConnection, names: &[String]) -> Result<Vec<ComplaintId>> {
    let found = store::named(connection, names).await?;
    let missing = found.iter().enumerate().filter(|(_, case)| case.is_none());
    let faults: Vec<_> = missing
        .map(|(i, _)| {
            fault(
                format!("/complaints/{i}"),
                "unknown_value",
                "Pengaduan tidak dikenal.",
                "There is no such complaint.",
            )
        })
        .collect();
    if faults.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(Error::invalid(faults))
    }
}
