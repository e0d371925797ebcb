//! The one way to read complaints: in a transaction that says who asks, so that both locks hold.

use sqlx::PgConnection;

use super::sealing::case_key::CaseKey;
use super::services::ComplaintServices;
use super::sop::Task;
use super::store;
use super::store::viewer::Viewer;
use super::views::{ComplaintView, Reads};
use crate::casework::desk::Desk;
use crate::casework::workflow::{Asking, Workflow as _};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::sop::role::Role;

/// What `with` reads as the person at `desk`.
///
/// # Errors
/// What `with` says.
pub async fn read<T>(
    desk: &Desk,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    let services = ComplaintServices::of(desk.request())?;
    read_as(
        desk.database(),
        &services,
        Asking::Person(desk.who()),
        None,
        with,
    )
    .await
}

/// The complaint as the person at `desk` may see it, with its version.
///
/// # Errors
/// `not_found`, also when they may not know of it.
pub async fn show(desk: &Desk, case: ComplaintId) -> Result<(ComplaintView, i64)> {
    let services = ComplaintServices::of(desk.request())?;
    let mut transaction = desk.database().begin().await?;
    let shown = Task::show(
        &mut transaction,
        case,
        Asking::Person(desk.who()),
        desk.request_time(),
        &services,
    )
    .await?;
    transaction.commit().await?;
    Ok(shown)
}

/// What `with` reads as anybody; as a reporter, of `case`.
///
/// # Errors
/// What `with` says.
pub async fn read_as<T>(
    database: &Database,
    services: &ComplaintServices,
    who: Asking<'_>,
    case: Option<ComplaintId>,
    with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
) -> Result<T> {
    let mut transaction = database.begin().await?;
    let viewer = Viewer::enter(&mut transaction, who, case, &services.keys).await?;
    let outcome = with(&mut transaction, &viewer, services).await?;
    transaction.commit().await?;
    Ok(outcome)
}

/// The key of a complaint that the person at `desk` may read as a whole, and the role under which they do.
///
/// # Errors
/// `not_found`, also when they see less of it.
pub async fn key_of_reader(
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
        Asking::Person(desk.who()),
        services,
    )
    .await?;
    let read = found.and_then(|record| {
        (Reads::of(record.roles, record.staff_reads) == Reads::All).then_some(record)
    });
    let (record, role) = read
        .and_then(|record| Reads::under(record.roles).map(|role| (record, role)))
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok((services.open(record.id, &record.wrapped).await?, role))
}
