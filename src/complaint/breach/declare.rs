//! Declares a breach. The same transaction freezes every disclosure of the affected complaints,
//! adds an alarm to the audit trail and notifies the other watchers.

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::forms::Declaration;
use super::notify;
use super::texts::new_key;
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::audit_events;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches::{self as store, NewBreach};
use crate::complaint::store::freezing;
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::ids::{BreachId, ComplaintId};
use crate::sop::gate::Principal;
use crate::web::{IdempotentWrite, Reply};

/// Maximum age of a discovery. An older time is probably a typing error, and its 72 hours would
/// have passed already.
const MAX_DISCOVERY_AGE: TimeDelta = TimeDelta::days(366);

/// Declares a breach.
///
/// # Errors
/// `invalid_content` for a complaint that the declarer may not know of, and for a discovery in the
/// future or more than a year ago.
pub(super) async fn declare(desk: &Desk, form: Declaration) -> Result<Reply<BreachSummary>> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.signed_in(),
        desk.request_time().now,
    );
    let under = retries::sealed_under_for_staff(desk.request(), &services.keys, who.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), desk.request(), under, now).await?;
    let viewer = Viewer::set_context(&mut work, Principal::User(who), None, &services.keys).await?;
    // Lock first: disclosures in progress end before, and later ones see the breach.
    freezing::lock_exclusive(&mut work, who.office).await?;
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
            "Waktu tersebut belum tiba.",
            "The time is in the future.",
        )]));
    }
    if discovered_at < now - MAX_DISCOVERY_AGE {
        return Err(Error::invalid(vec![fault(
            "/discovered_at",
            "in_the_past",
            "Lebih dari setahun yang lalu.",
            "The time is more than a year ago.",
        )]));
    }
    let named = resolve_complaints(&mut work, &complaints.unwrap_or_default()).await?;
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
    // Only the service's context sees the frozen requests and the recipients.
    Viewer::set_context(&mut work, Principal::System, None, &services.keys).await?;
    notify::notify_watchers(&mut work, &services, (who.office, id), Some(who.user), now).await?;
    let frozen = freezing::live_disclosures(&mut work, id, true).await?;
    audit_events::record_on_breach(
        &mut work,
        desk,
        &services,
        id,
        AlarmKind::BreachDeclared.code(),
        Some(kind.code()),
    )
    .await?;
    for case in frozen {
        audit_events::record(&mut work, desk, &services, case, "freeze_disclosure").await?;
    }
    work.finish(Reply::created(
        format!("/api/v1/breaches/{id}"),
        BreachSummary::of(&stored),
    ))
    .await
}

/// Resolves numbers and ids to complaints. The refusal is the same for a complaint that does not
/// exist, is not released, belongs to another office, or is barred to the declarer.
async fn resolve_complaints(
    connection: &mut PgConnection,
    names: &[String],
) -> Result<Vec<ComplaintId>> {
    let found = store::lock_named(connection, names).await?;
    let missing = found.iter().enumerate().filter(|(_, case)| case.is_none());
    let faults: Vec<_> = missing
        .map(|(i, _)| {
            fault(
                format!("/complaints/{i}"),
                "unknown_value",
                "Pengaduan tidak dikenal.",
                "The complaint is unknown.",
            )
        })
        .collect();
    if faults.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(Error::invalid(faults))
    }
}
