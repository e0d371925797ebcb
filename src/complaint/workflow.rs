//! Implements [`Workflow`] for complaints: how a complaint is locked, moved, recorded and shown.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::announcing;
use super::file::Complaint;
use super::read_transaction::show_to;
use super::screening::unassignable;
use super::sealing::retries;
use super::services::ComplaintServices;
use super::services::next_release;
use super::sop::{SOP, Task};
use super::store::viewer::Viewer;
use super::store::{self, delayed_audit};
use super::views::ComplaintView;
use crate::audit::{self, Event, StaffMember, UnchainedEvent};
use crate::casework::ledger;
use crate::casework::workflow::{Change, FileHeader, RequestTime, Workflow};
use crate::database::Database;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::journal::Entry;
use crate::sop::gate::{Permit, Principal};
use crate::web::IdempotentWrite;

impl Workflow for Task {
    type Id = ComplaintId;
    type File = Complaint;
    type View = ComplaintView;
    type Moved = Option<UnchainedEvent>;
    type Services = ComplaintServices;

    const SUBJECT: &'static str = "complaint";

    fn services(request: &HttpRequest) -> Result<ComplaintServices> {
        ComplaintServices::of(request)
    }

    /// Stored replies are sealed, because they hold content of the reporter.
    async fn begin(
        database: &Database,
        request: &HttpRequest,
        caller: &SignedIn,
        now: DateTime<Utc>,
        services: &ComplaintServices,
    ) -> Result<IdempotentWrite> {
        let under = retries::sealed_under_for_staff(request, &services.keys, caller.user)?;
        Ok(IdempotentWrite::begin_sealed(database, request, under, now)
            .await?
            .ending_locks_early())
    }

    async fn lock(
        connection: &mut PgConnection,
        id: ComplaintId,
        caller: Principal<&SignedIn>,
        services: &ComplaintServices,
    ) -> Result<Option<FileHeader<Self>>> {
        let viewer = Viewer::set_context(connection, caller, Some(id), &services.keys).await?;
        store::lock(connection, id, &viewer, caller, services).await
    }

    /// Reuses the opened key: reading the salt again could be slow.
    fn with_cached_key(
        services: ComplaintServices,
        header: &FileHeader<Self>,
    ) -> ComplaintServices {
        services.with_key(header.file.id, header.file.key.clone())
    }

    /// Returns the audit event, which is appended last: it holds the lock on the end of the hash chain
    /// until the commit.
    async fn hand_over(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        change: &Change<'_, Self>,
        entry: &Entry<'_>,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<Option<Self::Moved>> {
        if !store::advance(connection, permit, change.header, at.now).await? {
            return Ok(None);
        }
        ledger::record_move(connection, &SOP, change.header, change.from, at.now).await?;
        announcing::notify_next_step(connection, change, at, services).await?;
        unassignable::raise_alarms(connection, change, at, services).await?;
        record(connection, entry, caller, at, services)
            .await
            .map(Some)
    }

    /// Reads the file anew: the view shows papers that the step wrote, and the reading is recorded.
    async fn show_moved(
        connection: &mut PgConnection,
        id: ComplaintId,
        moved: Self::Moved,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<(ComplaintView, i64)> {
        let viewer = Viewer::set_context(connection, caller, Some(id), &services.keys).await?;
        let (view, version, reading) =
            show_to(connection, id, (&viewer, caller), at, services).await?;
        let events = moved.into_iter().chain(reading);
        audit::append_unchained(connection, &services.audit, events).await?;
        Ok((view, version))
    }

    async fn end(
        connection: &mut PgConnection,
        moved: Self::Moved,
        services: &ComplaintServices,
    ) -> Result<()> {
        audit::append_unchained(connection, &services.audit, moved).await
    }

    async fn show(
        connection: &mut PgConnection,
        id: ComplaintId,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<(ComplaintView, i64)> {
        Self::show_moved(connection, id, None, caller, at, services).await
    }
}

/// Acts of the reporter are delayed to the next release time and lose their time of day; the events
/// of all others are returned for the audit trail.
async fn record(
    connection: &mut PgConnection,
    entry: &Entry<'_>,
    caller: Principal<&SignedIn>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Option<UnchainedEvent>> {
    let case = ComplaintId(entry.subject_id);
    let actor = match caller {
        Principal::Reporter => {
            let (_, surfaces_at) = next_release(connection, at, services).await?;
            let act = (case, entry.task, today(at.now), surfaces_at);
            delayed_audit::enqueue(connection, act, None).await?;
            return Ok(None);
        }
        Principal::User(person) => Principal::User(StaffMember {
            user: person.user,
            roles: entry.roles.clone(),
            acting: entry.acting,
        }),
        Principal::System => Principal::System,
    };
    let event = Event {
        office: entry.office,
        at: Some(at.now),
        on: today(at.now),
        actor,
        action: entry.task,
        object: services.keys.case_ref(case),
        step: entry.step,
        stages: entry.moved,
        round_and_draft: entry.counted,
        detail: entry.note,
    };
    Ok(Some(event.unchained(&services.audit)))
}
