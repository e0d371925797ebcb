//! Certification as the desk knows it: how an application is locked, moved and shown.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::announcing;
use super::billing;
use super::file::{self, Application};
use super::notice::drafting;
use super::sop::{KEEPS_AGREEMENT, Stage, Task};
use super::store;
use super::views::ApplicationView;
use crate::casework::workflow::{Asking, Change, Closed, FileHeader, RequestTime, Workflow};
use crate::error::{Code, Error, Result};
use crate::ids::ApplicationId;
use crate::journal::{self, Entry};
use crate::sop::gate::Permit;

impl Workflow for Task {
    type Id = ApplicationId;
    type File = Application;
    type View = ApplicationView;
    type Services = ();

    const SUBJECT: &'static str = "application";

    fn services(_: &HttpRequest) -> Result<()> {
        Ok(())
    }

    async fn lock(
        connection: &mut PgConnection,
        id: ApplicationId,
        who: Asking<'_>,
        (): &(),
    ) -> Result<Option<FileHeader<Self>>> {
        store::lock(connection, id, who).await
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

    fn closed(task: Self, file: &Application, now: DateTime<Utc>) -> Option<Closed> {
        file::closed(task, file.asked, now)
    }

    async fn advance(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        header: &FileHeader<Self>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let moved = store::advance(connection, permit, header, now).await?;
        if moved
            && matches!(
                header.stage,
                Stage::Rejected | Stage::Withdrawn | Stage::Expired
            )
        {
            // Off the road nothing is owed: a code that went out with a notice withdrawn before is not to be paid any more.
            billing::store::supersede(connection, header.file.id, now).await?;
        }
        Ok(moved)
    }

    async fn record(
        connection: &mut PgConnection,
        entry: &Entry<'_>,
        _: Asking<'_>,
        at: &RequestTime,
        (): &(),
    ) -> Result<()> {
        journal::add(connection, entry, at.now).await
    }

    async fn announce(
        connection: &mut PgConnection,
        change: &Change<'_, Self>,
        at: &RequestTime,
        (): &(),
    ) -> Result<()> {
        announcing::announce(connection, change, at).await
    }

    async fn show(
        connection: &mut PgConnection,
        id: ApplicationId,
        who: Asking<'_>,
        at: &RequestTime,
        (): &(),
    ) -> Result<(ApplicationView, i64)> {
        let record = store::find(connection, id, who)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let calendar = at
            .calendars
            .version(connection, record.office, record.calendar_version)
            .await?;
        let version = record.version;
        Ok((ApplicationView::of(record, who, &calendar, at.now), version))
    }
}
