//! The `Workflow` implementation of certification: how the desk locks, moves and shows an
//! application.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::auditors::store::bookings;
use super::billing;
use super::file::{self, Application, ApplicationRecord};
use super::notice::drafting;
use super::sop::{KEEPS_AGREEMENT, Stage, Task};
use super::store;
use super::store::hand_over::Moved;
use super::views::ApplicationView;
use crate::casework::workflow::{Change, FileHeader, RequestTime, TaskClosed, Workflow};
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::ids::ApplicationId;
use crate::journal::Entry;
use crate::sop::gate::{Permit, Principal};

impl Workflow for Task {
    type Id = ApplicationId;
    type File = Application;
    type View = ApplicationView;
    type Moved = Moved;
    type Services = ();

    const SUBJECT: &'static str = "application";

    fn services(_: &HttpRequest) -> Result<()> {
        Ok(())
    }

    async fn lock(
        connection: &mut PgConnection,
        id: ApplicationId,
        caller: Principal<&SignedIn>,
        (): &(),
    ) -> Result<Option<FileHeader<Self>>> {
        store::lock(connection, id, caller).await
    }

    async fn must_hold(
        connection: &mut PgConnection,
        task: Self,
        header: &FileHeader<Self>,
        at: &RequestTime,
    ) -> Result<()> {
        if KEEPS_AGREEMENT.contains(&task) {
            drafting::must_hold(connection, header, at).await
        } else {
            Ok(())
        }
    }

    fn closed(task: Self, file: &Application, now: DateTime<Utc>) -> Option<TaskClosed> {
        file::closed(task, file.pending_answer, now)
    }

    async fn hand_over(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        change: &Change<'_, Self>,
        entry: &Entry<'_>,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        (): &(),
    ) -> Result<Option<Moved>> {
        let moved = store::hand_over::hand_over(connection, permit, change, entry, caller, at.now);
        let moved = moved.await?;
        let header = change.header;
        if moved.is_some()
            && matches!(
                header.stage,
                Stage::Rejected | Stage::Withdrawn | Stage::Expired
            )
        {
            // Nothing is due after a side exit: the code of a withdrawn notice is no longer payable,
            // and the days of the team are free.
            let ending = billing::store::Ending::Cancelled;
            billing::store::end_current(connection, header.file.id, ending, None, at.now).await?;
            billing::store::requests::drop_open(connection, header.file.id).await?;
            bookings::release(connection, header.file.id).await?;
        }
        Ok(moved)
    }

    async fn show_moved(
        connection: &mut PgConnection,
        _: ApplicationId,
        moved: Moved,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        (): &(),
    ) -> Result<(ApplicationView, i64)> {
        view(connection, moved.seen()?, caller, at).await
    }

    async fn show(
        connection: &mut PgConnection,
        id: ApplicationId,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        (): &(),
    ) -> Result<(ApplicationView, i64)> {
        let record = store::find(connection, id, caller)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        view(connection, record, caller, at).await
    }
}

/// The view of `record` for `caller`, and its version.
pub(super) async fn view(
    connection: &mut PgConnection,
    record: ApplicationRecord,
    caller: Principal<&SignedIn>,
    at: &RequestTime,
) -> Result<(ApplicationView, i64)> {
    let calendar = at
        .calendars
        .version(connection, record.office, record.calendar_version)
        .await?;
    let version = record.version;
    Ok((
        ApplicationView::of(record, caller, &calendar, at.now),
        version,
    ))
}
