//! Whistle-blowing as the desk knows it: how a complaint is locked, moved, recorded and shown.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::announcing;
use super::audit_events;
use super::file::Complaint;
use super::screening::unassignable;
use super::sealing::retries;
use super::services::ComplaintServices;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::{self, delayed_audit};
use super::view_builder;
use super::views::{ComplaintView, Reads};
use crate::audit::{self, Actor, Event};
use crate::casework::workflow::{Asking, Change, FileHeader, RequestTime, Workflow};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::journal::Entry;
use crate::sop::gate::Permit;
use crate::web::IdempotentWrite;

impl Workflow for Task {
    type Id = ComplaintId;
    type File = Complaint;
    type View = ComplaintView;
    type Services = ComplaintServices;

    const SUBJECT: &'static str = "complaint";

    fn services(request: &HttpRequest) -> Result<ComplaintServices> {
        ComplaintServices::of(request)
    }

    /// A reply holds what a reporter wrote: it is kept sealed.
    async fn begin(
        database: &Database,
        request: &HttpRequest,
        who: &SignedIn,
        now: DateTime<Utc>,
        services: &ComplaintServices,
    ) -> Result<IdempotentWrite> {
        IdempotentWrite::begin_sealed(
            database,
            request,
            retries::of_staff(request, &services.keys, who.user)?,
            now,
        )
        .await
    }

    async fn lock(
        connection: &mut PgConnection,
        id: ComplaintId,
        who: Asking<'_>,
        services: &ComplaintServices,
    ) -> Result<Option<FileHeader<Self>>> {
        let viewer = Viewer::enter(connection, who, Some(id), &services.keys).await?;
        store::lock(connection, id, &viewer, who, services).await
    }

    /// The end of the audit trail is held while the file is shown after a step: its salt, which may be far away, is not asked for once more.
    fn with_cached_key(
        services: ComplaintServices,
        header: &FileHeader<Self>,
    ) -> ComplaintServices {
        services.with_key(header.file.id, header.file.key.clone())
    }

    async fn advance(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        header: &FileHeader<Self>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        store::advance(connection, permit, header, now).await
    }

    /// An act of the reporter waits for the next surfacing time, without its time of day; all others enter the audit trail at once.
    async fn record(
        connection: &mut PgConnection,
        entry: &Entry<'_>,
        who: Asking<'_>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<()> {
        let case = ComplaintId(entry.subject_id);
        let actor = match who {
            Asking::Reporter => {
                return delayed_audit::enqueue(connection, case, entry.task, None, at, services)
                    .await;
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
            object: services.keys.case_ref(case),
            step: entry.step,
            moved: entry.moved,
            counted: entry.counted,
            detail: entry.note,
        };
        audit::append(connection, &services.audit, &[event]).await
    }

    async fn announce(
        connection: &mut PgConnection,
        change: &Change<'_, Self>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<()> {
        announcing::announce(connection, change, at, services).await?;
        unassignable::raise(connection, change, at, services).await
    }

    async fn show(
        connection: &mut PgConnection,
        id: ComplaintId,
        who: Asking<'_>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<(ComplaintView, i64)> {
        let viewer = Viewer::enter(connection, who, Some(id), &services.keys).await?;
        let record = store::find(connection, id, &viewer, who, services)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let calendar = at
            .calendars
            .version(connection, record.office, record.calendar_version)
            .await?;
        let version = record.version;
        let papers = view_builder::papers(connection, &record, services).await?;
        if let (Asking::Person(person), Some(_), Some(role)) =
            (who, &papers.content, Reads::under(record.roles))
        {
            audit_events::shown(connection, (person, role), at, services, id).await?;
        }
        Ok((
            ComplaintView::of(record, papers, who, &calendar, at.now),
            version,
        ))
    }
}
