//! Reads complaints, always in a transaction with the caller's context, so that both the visibility
//! rule and row-level security apply.

use sqlx::PgConnection;

use super::audit_events;
use super::sealing::case_key::CaseKey;
use super::services::ComplaintServices;
use super::store;
use super::store::viewer::Viewer;
use super::view_builder;
use super::views::{ComplaintView, ReadAccess};
use crate::audit::{self, UnchainedEvent};
use crate::casework::desk::Desk;
use crate::casework::workflow::RequestTime;
use crate::database::{Database, Planning};
use crate::error::{OrNotFound as _, Result};
use crate::identity::SignedIn;
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::sop::role::Role;

/// Runs `with` in a read transaction as the staff member at `desk`.
pub async fn read<T>(
    desk: &Desk,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    read_planned(desk, Planning::Usual, with).await
}

/// Runs `with`, which lists complaints, in a read transaction as the staff member at `desk`.
pub async fn read_list<T>(
    desk: &Desk,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    read_planned(desk, Planning::ForValues, with).await
}

async fn read_planned<T>(
    desk: &Desk,
    planning: Planning,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    let services = ComplaintServices::of(desk.request())?;
    let mut transaction = desk.database().begin_read(planning).await?;
    let caller = Principal::User(desk.signed_in());
    let viewer = Viewer::set_context(&mut transaction, caller, None, &services.keys).await?;
    let outcome = with(&mut transaction, &viewer, &services).await?;
    transaction.commit().await?;
    Ok(outcome)
}

/// Runs `with`, which reads the content of a complaint and records the reading, in a transaction as
/// the staff member at `desk`. `with` returns the events of the reading for the audit trail.
pub async fn read_content<T>(
    desk: &Desk,
    case: ComplaintId,
    with: impl AsyncFnOnce(
        &mut PgConnection,
        &Viewer,
        &ComplaintServices,
    ) -> Result<(T, Vec<UnchainedEvent>)>,
) -> Result<T> {
    let services = ComplaintServices::of(desk.request())?;
    let mut transaction = desk.database().begin_read(Planning::Usual).await?;
    let caller = Principal::User(desk.signed_in());
    let viewer = Viewer::set_context(&mut transaction, caller, Some(case), &services.keys).await?;
    let (outcome, reading) = with(&mut transaction, &viewer, &services).await?;
    if !reading.is_empty() {
        transaction.end_locks_early();
        audit::append_unchained(&mut transaction, &services.audit, reading).await?;
    }
    transaction.commit().await?;
    Ok(outcome)
}

/// Returns the view of a complaint for the caller, and its version.
///
/// # Errors
/// `not_found`, also when the caller may not see the complaint.
pub async fn show(desk: &Desk, case: ComplaintId) -> Result<(ComplaintView, i64)> {
    let caller = Principal::User(desk.signed_in());
    read_content(desk, case, async |c, viewer, services| {
        let (view, version, reading) =
            show_to(c, case, (viewer, caller), desk.request_time(), services).await?;
        Ok(((view, version), reading))
    })
    .await
}

/// The view of a complaint, its version, and the events of the reading for the audit trail, in a
/// transaction in the context of `caller`.
pub(super) async fn show_to(
    connection: &mut PgConnection,
    id: ComplaintId,
    (viewer, caller): (&Viewer, Principal<&SignedIn>),
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(ComplaintView, i64, Vec<UnchainedEvent>)> {
    let record = store::find(connection, id, viewer, caller, services)
        .await?
        .or_not_found()?;
    let calendar = at
        .calendars
        .version(connection, record.office, record.calendar_version)
        .await?;
    let version = record.version;
    let papers = view_builder::papers(connection, &record, services).await?;
    let reading = match (
        caller,
        &papers.content,
        ReadAccess::reading_role(record.roles),
    ) {
        (Principal::User(person), Some(_), Some(role)) => {
            audit_events::record_reading(connection, (person, role), at, services, id).await?
        }
        _ => Vec::new(),
    };
    let view = ComplaintView::of(record, papers, caller, &calendar, at.now);
    Ok((view, version, reading))
}

/// Sets the context of `caller` for the rest of a transaction that reads complaints beside other data.
pub async fn set_context(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    services: &ComplaintServices,
) -> Result<()> {
    Viewer::set_context(connection, caller, None, &services.keys)
        .await
        .map(drop)
}

/// Runs `with` in a read transaction as `caller`; `case` is the complaint of a reporter.
pub async fn read_as<T>(
    database: &Database,
    services: &ComplaintServices,
    caller: Principal<&SignedIn>,
    case: Option<ComplaintId>,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    let mut transaction = database.begin_read(Planning::Usual).await?;
    let viewer = Viewer::set_context(&mut transaction, caller, case, &services.keys).await?;
    let outcome = with(&mut transaction, &viewer, services).await?;
    transaction.commit().await?;
    Ok(outcome)
}

/// Returns the key of a complaint that the caller may read in full, and the caller's reading role.
///
/// # Errors
/// `not_found`, also when the caller may read only part of the complaint.
pub async fn open_key_for_reader(
    connection: &mut PgConnection,
    desk: &Desk,
    viewer: &Viewer,
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<(CaseKey, Role)> {
    let found = store::find(
        connection,
        case,
        viewer,
        Principal::User(desk.signed_in()),
        services,
    )
    .await?;
    let read = found.and_then(|record| {
        (ReadAccess::for_roles(record.roles, record.staff_reads) == ReadAccess::All)
            .then_some(record)
    });
    let (record, role) = read
        .and_then(|record| ReadAccess::reading_role(record.roles).map(|role| (record, role)))
        .or_not_found()?;
    Ok((services.case_key(record.id, &record.wrapped).await?, role))
}
