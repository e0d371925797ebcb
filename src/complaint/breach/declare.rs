//! Declares a breach. The same transaction freezes every disclosure of the affected complaints,
//! adds an alarm to the audit trail and notifies the other watchers.

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::forms::Declaration;
use super::notify;
use super::texts::new_key;
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::alarms::AlarmKind;
use crate::complaint::store::breaches::{self as store, NewBreach};
use crate::complaint::store::freezing;
use crate::error::{Code, Error, Result, fault};
use crate::ids::{BreachId, ComplaintId};
use crate::web::Reply;

/// Maximum age of a discovery. An older time is probably a typing error, and its 72 hours would
/// have passed already.
const MAX_DISCOVERY_AGE: TimeDelta = TimeDelta::days(366);

/// Declares a breach.
///
/// # Errors
/// `invalid_content` for a complaint that the declarer may not know of, and for a discovery in the
/// future or more than a year ago.
pub(super) async fn declare(desk: &Desk, form: Declaration) -> Result<Reply<BreachSummary>> {
    let (who, now) = (desk.signed_in(), desk.request_time().now);
    let mut act = StaffAct::begin(desk, Lock::Breaches).await?;
    let (viewer, services, connection) = act.parts();
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
    let named = resolve_complaints(connection, &complaints.unwrap_or_default()).await?;
    let id = BreachId::random();
    let (key, wrapped) = new_key(services, id).await?;
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
    store::add(connection, &key, &new).await?;
    let stored = store::find(connection, viewer, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    // Only the service's context sees the frozen requests and the recipients.
    act.continue_as_service().await?;
    let (_, services, connection) = act.parts();
    notify::notify_watchers(connection, services, (who.office, id), Some(who.user), now).await?;
    let frozen = freezing::live_disclosures(connection, id, true).await?;
    let event = StaffEvent::on_breach(id, AlarmKind::BreachDeclared.code())
        .with_detail(kind.code())
        .with_effect(frozen, "freeze_disclosure");
    let place = format!("/api/v1/breaches/{id}");
    act.commit(event, Reply::created(place, BreachSummary::of(&stored)))
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
