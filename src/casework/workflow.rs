//! The interface between the desk and a workflow: how to lock, show, move and record its files.

use std::future::{Future, ready};

use actix_web::HttpRequest;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::calendars::Calendars;
pub(crate) use super::refusal::TaskClosed;
use crate::database::Database;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{OfficeId, UserId};
use crate::journal::Entry;
use crate::sop::gate::{AuthContext, Permit, Principal};
use crate::sop::role::Roles;
use crate::sop::table::{Row, Task};
use crate::web::IdempotentWrite;
use chrono::{DateTime, Utc};

/// A workflow whose files pass over the desk.
pub(crate) trait Workflow: Task {
    /// The id of a file.
    type Id: Copy + Send + Sync;
    /// The facts that the steps need, read under the lock.
    type File: Send + Sync;
    /// The reply of a step.
    type View: Serialize;
    /// The data that the hand-over returns, from which the reply is built.
    type Moved;
    /// Keys and stores beside the database; none for certification. Cheap to clone.
    type Services: Clone + Send + Sync;

    /// The subject of its journal entries.
    const SUBJECT: &'static str;

    /// The services that the application provides to `request`.
    fn services(request: &HttpRequest) -> Result<Self::Services>;

    /// Begins the write of a step for the signed-in user. The reply is stored for retries.
    fn begin(
        database: &Database,
        request: &HttpRequest,
        caller: &SignedIn,
        now: DateTime<Utc>,
        _: &Self::Services,
    ) -> impl Future<Output = Result<IdempotentWrite>> {
        IdempotentWrite::begin(database, request, caller.user.0, now)
    }

    /// Locks the file and reads its header, with the rights of the caller; none when there is no
    /// such file.
    fn lock(
        connection: &mut PgConnection,
        id: Self::Id,
        caller: Principal<&SignedIn>,
        services: &Self::Services,
    ) -> impl Future<Output = Result<Option<FileHeader<Self>>>>;

    /// The services for a file that was taken, with the key that `lock` opened, so that the key is
    /// not opened again.
    fn with_cached_key(services: Self::Services, _: &FileHeader<Self>) -> Self::Services {
        services
    }

    /// Refuses `task` while a precondition beyond the permit is not met. Called after the permit
    /// check and before the step's own work.
    fn must_hold(
        _: &mut PgConnection,
        _task: Self,
        _: &FileHeader<Self>,
        _: &RequestTime,
    ) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// The reason `task` is closed on this file at `now`, although the permit check passes.
    /// Deadlines are decided here, by the service's clock, and nowhere else.
    fn closed(_task: Self, _file: &Self::File, _now: DateTime<Utc>) -> Option<TaskClosed> {
        None
    }

    /// Writes the hand-over: moves the file to `change.header.stage`, continues its ledger, sends
    /// the notifications and events, and records `entry`. Returns none, and writes nothing, when the
    /// stage has changed since the permit.
    fn hand_over(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        change: &Change<'_, Self>,
        entry: &Entry<'_>,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<Option<Self::Moved>>>;

    /// The file as the caller sees it after the hand-over, with its version. Ends the hand-over.
    fn show_moved(
        connection: &mut PgConnection,
        id: Self::Id,
        moved: Self::Moved,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<(Self::View, i64)>>;

    /// Ends the hand-over without a view.
    fn end(
        _: &mut PgConnection,
        _: Self::Moved,
        _: &Self::Services,
    ) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// The file as the caller sees it, with its version.
    fn show(
        connection: &mut PgConnection,
        id: Self::Id,
        caller: Principal<&SignedIn>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<(Self::View, i64)>>;
}

/// A hand-over.
pub(crate) struct Change<'a, W: Workflow> {
    /// The row of the task.
    pub row: &'static Row<W>,
    /// The header after the step, except the version, which is the one before.
    pub header: &'a FileHeader<W>,
    /// The stage before the step.
    pub from: W::Stage,
    /// The user; none for the reporter and the service.
    pub by: Option<UserId>,
}

/// The time of a request, and the calendars.
#[derive(Debug, Clone)]
pub struct RequestTime {
    /// The time of this request.
    pub now: DateTime<Utc>,
    /// The office's calendars.
    pub calendars: Calendars,
}

/// The header of a file: stage, counters, and the rights of the caller.
#[derive(Debug)]
pub(crate) struct FileHeader<W: Workflow> {
    /// The file.
    pub id: Uuid,
    /// Its office.
    pub office: OfficeId,
    /// The current stage; during `hand_over` the target stage.
    pub stage: W::Stage,
    /// Counts the changes of the file.
    pub version: i64,
    /// Counts the customer's submissions.
    pub round: i16,
    /// Counts the drafts of the letter.
    pub draft: i16,
    /// True if the caller may know of the file.
    pub sees: bool,
    /// The roles under which the caller acts on this file; other roles of the caller do not count.
    pub roles: Roles,
    /// The tasks that the caller did on the current draft.
    pub done_by_caller: Vec<W>,
    /// The tasks done on the current draft by anyone.
    pub done_by_anyone: Vec<W>,
    /// The facts that the steps need.
    pub file: W::File,
}

impl<W: Workflow> FileHeader<W> {
    /// The authorization context of the caller for this file.
    pub(crate) fn auth_context(&self, caller: Principal<&SignedIn>) -> AuthContext<'_, W> {
        AuthContext {
            caller: caller.map(|user| user.user.0),
            roles: self.roles,
            sees: self.sees,
            done_by_caller: &self.done_by_caller,
            done_by_anyone: &self.done_by_anyone,
        }
    }
}
