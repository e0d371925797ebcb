//! Notifies the protectors of released reports, without their content. When no protector may know
//! of a report, an alarm is added to the audit trail.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::casework::workflow::RequestTime;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::conflict::roles_on;
use crate::complaint::file::ComplaintStatus;
use crate::complaint::papers::retaliation_file::PROTECTORS;
use crate::complaint::screening::unassignable;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::retaliation as store;
use crate::complaint::store::viewer::Viewer;
use crate::error::Result;
use crate::identity::roster::roster;
use crate::identity::signed_in::today;
use crate::sop::gate::Principal;

/// Notifies the protectors of every readable report that was not announced yet. Requires the
/// service's context. Returns true when there was one.
pub async fn notify_protectors(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<bool> {
    let waiting = store::take_unannounced(connection, at.now).await?;
    let mut alarms = Vec::new();
    for of in &waiting {
        let tags = protectors(connection, *of, today(at.now), services).await?;
        if tags.is_empty() {
            unassignable::notify_alarm_recipients(connection, (of.office, of.case), at, services)
                .await?;
            alarms.push(alarm(*of, at, services));
        }
        notify_by_tag(
            connection,
            &Notice::of(
                of.office,
                About::Complaint(of.case),
                NotificationKind::RetaliationWaits,
            ),
            &tags,
            at.now,
        )
        .await?;
    }
    audit::append(connection, &services.audit, &alarms).await?;
    Ok(!waiting.is_empty())
}

/// Tags of the staff members that may protect the reporter of a complaint today.
async fn protectors(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    day: NaiveDate,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut tags = Vec::new();
    for entry in roster(connection, of.office)
        .await?
        .into_iter()
        .filter(|entry| entry.active)
    {
        let roles = roles_on(&entry, day);
        if !PROTECTORS.iter().any(|role| roles.has(*role)) {
            continue;
        }
        let viewer =
            Viewer::of_account(connection, (of.office, entry.user), roles, &services.keys).await?;
        if store::is_protected_by(connection, of.case, &viewer).await? {
            tags.push(viewer.person);
        }
    }
    // Sorted, so that the order reveals nothing.
    tags.sort_unstable();
    Ok(tags)
}

fn alarm(of: ComplaintStatus, at: &RequestTime, services: &ComplaintServices) -> Event<'static> {
    Event {
        office: of.office,
        at: Some(at.now),
        on: today(at.now),
        actor: Principal::System,
        action: AlarmKind::RetaliationWithoutProtector.code(),
        object: services.keys.case_ref(of.case),
        step: None,
        stages: None,
        round_and_draft: (0, 0),
        detail: None,
    }
}
