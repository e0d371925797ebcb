//! Who protects a reporter is told that a report waits: from the surfacing on, and never what it says. Where nobody may know of it, the trail raises an alarm.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::audit::{self, Actor, Event};
use crate::casework::announce::{Kind, tell_by_tag};
use crate::casework::workflow::RequestTime;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::announcing::bare;
use crate::complaint::conflict::held_on;
use crate::complaint::file::Whereabouts;
use crate::complaint::papers::retaliation_file::PROTECTORS;
use crate::complaint::screening::unassignable;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::retaliation as store;
use crate::complaint::store::viewer::Viewer;
use crate::error::Result;
use crate::identity::roster::roster;
use crate::identity::signed_in::today;

/// Tells of every report that can be read by now and of which nobody was told. Ask as the service; true when there was one.
///
/// # Errors
/// When the server refuses.
pub async fn tell(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<bool> {
    let waiting = store::take_untold(connection, at.now).await?;
    let mut alarms = Vec::new();
    for of in &waiting {
        let told = protectors(connection, *of, today(at.now), services).await?;
        if told.is_empty() {
            unassignable::tell_watchers(connection, (of.office, of.case), at, services).await?;
            alarms.push(alarm(*of, at, services));
        }
        tell_by_tag(
            connection,
            &bare(of.office, of.case, Kind::RetaliationWaits),
            &told,
            at.now,
        )
        .await?;
    }
    audit::append(connection, &services.audit, &alarms).await?;
    Ok(!waiting.is_empty())
}

/// The tags of those who protect the reporter of a complaint today.
async fn protectors(
    connection: &mut PgConnection,
    of: Whereabouts,
    day: NaiveDate,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut tags = Vec::new();
    for entry in roster(connection, of.office)
        .await?
        .into_iter()
        .filter(|entry| entry.active)
    {
        let roles = held_on(&entry, day);
        if !PROTECTORS.iter().any(|role| roles.has(*role)) {
            continue;
        }
        let viewer =
            Viewer::of_account(connection, (of.office, entry.user), roles, &services.keys).await?;
        if store::is_protected_by(connection, of.case, &viewer).await? {
            tags.push(viewer.person);
        }
    }
    // In whose order nobody reads anything.
    tags.sort_unstable();
    Ok(tags)
}

fn alarm(of: Whereabouts, at: &RequestTime, services: &ComplaintServices) -> Event<'static> {
    Event {
        office: of.office,
        at: Some(at.now),
        on: today(at.now),
        actor: Actor::Service,
        action: AlarmKind::RetaliationWithoutProtector.code(),
        object: services.keys.case_ref(of.case),
        step: None,
        moved: None,
        counted: (0, 0),
        detail: None,
    }
}
