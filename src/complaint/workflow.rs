//! Whistle-blowing as the desk knows it: how a complaint is locked, moved, recorded and shown.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::announcing;
use super::cabinet::Cabinet;
use super::file::Complaint;
use super::record;
use super::screening::unheard;
use super::sealing::retries;
use super::showing;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::{self, outbox};
use super::views::{ComplaintView, Reads};
use crate::audit::{self, Actor, Event};
use crate::casework::workflow::{Asking, Change, Cover, Desktop, Workflow};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::journal::Entry;
use crate::sop::gate::Permit;
use crate::web::Work;

impl Workflow for Task {
    type Id = ComplaintId;
    type File = Complaint;
    type View = ComplaintView;
    type Tools = Cabinet;

    const SUBJECT: &'static str = "complaint";

    fn tools(request: &HttpRequest) -> Result<Cabinet> {
        Cabinet::of(request)
    }

    /// A reply holds what a reporter wrote: it is kept sealed.
    async fn begin(
        database: &Database,
        request: &HttpRequest,
        who: &SignedIn,
        now: DateTime<Utc>,
        tools: &Cabinet,
    ) -> Result<Work> {
        Work::begin_sealed(
            database,
            request,
            retries::of_staff(request, &tools.keys, who.user)?,
            now,
        )
        .await
    }

    async fn lock(
        connection: &mut PgConnection,
        id: ComplaintId,
        who: Asking<'_>,
        tools: &Cabinet,
    ) -> Result<Option<Cover<Self>>> {
        let viewer = Viewer::enter(connection, who, Some(id), &tools.keys).await?;
        store::lock(connection, id, &viewer, who, tools).await
    }

    /// The end of the audit trail is held while the file is shown after a step: its salt, which may be far away, is not asked for once more.
    fn at_hand(tools: Cabinet, cover: &Cover<Self>) -> Cabinet {
        tools.with_key(cover.file.id, cover.file.key.clone())
    }

    async fn advance(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        cover: &Cover<Self>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        store::advance(connection, permit, cover, now).await
    }

    /// An act of the reporter waits for the next surfacing time, without its time of day; all others enter the audit trail at once.
    async fn record(
        connection: &mut PgConnection,
        entry: &Entry<'_>,
        who: Asking<'_>,
        at: &Desktop,
        tools: &Cabinet,
    ) -> Result<()> {
        let case = ComplaintId(entry.subject_id);
        let actor = match who {
            Asking::Reporter => {
                return outbox::wait(connection, case, entry.task, None, at, tools).await;
            }
            Asking::Person(person) => Actor::Staff {
                user: person.user,
                roles: entry.roles.clone(),
                acting: entry.acting,
            },
            Asking::Service => Actor::Service,
        };
        let event = Event {
            office: entry.office,
            at: Some(at.now),
            on: today(at.now),
            actor,
            action: entry.task,
            object: tools.keys.case_ref(case),
            step: entry.step,
            moved: entry.moved,
            counted: entry.counted,
            detail: entry.note,
        };
        audit::append(connection, &tools.audit, &[event]).await
    }

    async fn announce(
        connection: &mut PgConnection,
        change: &Change<'_, Self>,
        at: &Desktop,
        tools: &Cabinet,
    ) -> Result<()> {
        announcing::announce(connection, change, at, tools).await?;
        unheard::raise(connection, change, at, tools).await
    }

    async fn show(
        connection: &mut PgConnection,
        id: ComplaintId,
        who: Asking<'_>,
        at: &Desktop,
        tools: &Cabinet,
    ) -> Result<(ComplaintView, i64)> {
        let viewer = Viewer::enter(connection, who, Some(id), &tools.keys).await?;
        let record = store::find(connection, id, &viewer, who, tools)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let calendar = at
            .calendars
            .version(connection, record.office, record.calendar_version)
            .await?;
        let version = record.version;
        let papers = showing::papers(connection, &record, tools).await?;
        if let (Asking::Person(person), Some(_), Some(role)) =
            (who, &papers.content, Reads::under(record.roles))
        {
            record::shown(connection, (person, role), at, tools, id).await?;
        }
        Ok((
            ComplaintView::of(record, papers, who, &calendar, at.now),
            version,
        ))
    }
}
