//! What the desk must know of a workflow to take one of its files and hand it over.

use std::future::{Future, ready};

use actix_web::HttpRequest;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::calendars::Calendars;
pub use super::refusal::Closed;
use crate::database::Database;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{OfficeId, UserId};
use crate::journal::Entry;
use crate::sop::gate::{AuthContext, Permit, Who};
use crate::sop::role::Roles;
use crate::sop::table::{Row, Task};
use crate::web::IdempotentWrite;
use chrono::{DateTime, Utc};

/// A workflow whose files pass over the desk. `Services` is what its files need beside the database: keys and stores, none for certification.
pub trait Workflow: Task {
    /// What its files are named by.
    type Id: Copy + Send + Sync;
    /// What its steps need to know of a file, read with the lock on it.
    type File: Send + Sync;
    /// What a step answers with.
    type View: Serialize;
    /// What its files need beside the database; cheap to clone.
    type Services: Clone + Send + Sync;

    /// What the journal calls its files.
    const SUBJECT: &'static str;

    /// Its tools, as the application provides them to `request`.
    ///
    /// # Errors
    /// Our own fault when `app.rs` forgot them.
    fn services(request: &HttpRequest) -> Result<Self::Services>;

    /// Begins the write of a step that `who` asked for. Its reply is kept for retries.
    ///
    /// # Errors
    /// As `IdempotentWrite::begin`.
    #[must_use]
    fn begin(
        database: &Database,
        request: &HttpRequest,
        who: &SignedIn,
        now: DateTime<Utc>,
        _: &Self::Services,
    ) -> impl Future<Output = Result<IdempotentWrite>> {
        IdempotentWrite::begin(database, request, who.user.0, now)
    }

    /// Locks the file and reads it, with how `who` stands to it; nothing when there is no such file.
    fn lock(
        connection: &mut PgConnection,
        id: Self::Id,
        who: Asking<'_>,
        services: &Self::Services,
    ) -> impl Future<Output = Result<Option<FileHeader<Self>>>>;

    /// The tools for a file that was taken: what was opened for its cover need not be fetched again.
    #[must_use]
    fn with_cached_key(services: Self::Services, _: &FileHeader<Self>) -> Self::Services {
        services
    }

    /// Refuses `task` while something that must hold between the steps does not. The desk asks after the gate, before the step does its work.
    #[must_use]
    fn must_hold(
        _: &mut PgConnection,
        _task: Self,
        _: &FileHeader<Self>,
        _: &RequestTime,
    ) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// Why `task` is closed on this file at `now`, although the gate lets the caller through. A deadline is judged here, by the service's clock, and nowhere else.
    #[must_use]
    fn closed(_task: Self, _file: &Self::File, _now: DateTime<Utc>) -> Option<Closed> {
        None
    }

    /// Moves the file to `cover.stage`, if it still is where the permit was given; false when it is not.
    fn advance(
        connection: &mut PgConnection,
        permit: &Permit<Self>,
        header: &FileHeader<Self>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<bool>>;

    /// Writes down what was done.
    fn record(
        connection: &mut PgConnection,
        entry: &Entry<'_>,
        who: Asking<'_>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<()>>;

    /// Tells whom it concerns that the file was handed over: in the transaction of the move, before it is recorded.
    fn announce(
        connection: &mut PgConnection,
        change: &Change<'_, Self>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<()>>;

    /// The file as `who` sees it, with its version.
    fn show(
        connection: &mut PgConnection,
        id: Self::Id,
        who: Asking<'_>,
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<(Self::View, i64)>>;
}

/// A file as it was handed over.
pub struct Change<'a, W: Workflow> {
    /// The row that was done.
    pub row: &'static Row<W>,
    /// The cover as it now is, but for its version, which is that before.
    pub header: &'a FileHeader<W>,
    /// Where the file was.
    pub from: W::Stage,
    /// Who did it; none for the reporter and the service.
    pub by: Option<UserId>,
}

/// Who asks: a signed-in person, the reporter of the file, or the service itself.
#[derive(Debug, Clone, Copy)]
pub enum Asking<'a> {
    /// A person.
    Person(&'a SignedIn),
    /// Whoever holds the receipt code.
    Reporter,
    /// A job.
    Service,
}

impl Asking<'_> {
    /// As the gate knows them.
    #[must_use]
    pub fn who(self) -> Who {
        match self {
            Self::Person(who) => Who::Person(who.user),
            Self::Reporter => Who::Reporter,
            Self::Service => Who::Service,
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::Person(who) => Some(who.user),
            Self::Reporter | Self::Service => None,
        }
    }

    /// Their roles today; the reporter and the service have none.
    #[must_use]
    pub fn roles(self) -> Roles {
        match self {
            Self::Person(who) => who.roles,
            Self::Reporter | Self::Service => Roles::NONE,
        }
    }
}

/// What lies on the desk beside the file: the time and the calendars.
#[derive(Debug, Clone)]
pub struct RequestTime {
    /// The moment of this exchange.
    pub now: DateTime<Utc>,
    /// The office's calendars.
    pub calendars: Calendars,
}

/// The cover of a file: where it is, how far, and how the one who took it stands to it.
#[derive(Debug)]
pub struct FileHeader<W: Workflow> {
    /// The file.
    pub id: Uuid,
    /// Its office.
    pub office: OfficeId,
    /// Where it is; after `hand_over` has set it, where it goes.
    pub stage: W::Stage,
    /// Counts its changes.
    pub version: i64,
    /// Counts the customer's submissions.
    pub round: i16,
    /// Counts the drafts of its letter.
    pub draft: i16,
    /// Whether the one who asks may know of it.
    pub sees: bool,
    /// The roles under which they stand to it: who holds others besides does not act under those.
    pub roles: Roles,
    /// What the one who asks has done on the draft at hand.
    pub done_by_caller: Vec<W>,
    /// What anybody has done on the draft at hand.
    pub done_by_anyone: Vec<W>,
    /// What the steps need to know.
    pub file: W::File,
}

impl<W: Workflow> FileHeader<W> {
    /// How `who` stands to this file.
    #[must_use]
    pub fn auth_context(&self, who: Asking<'_>) -> AuthContext<'_, W> {
        AuthContext {
            who: who.who(),
            roles: self.roles,
            sees: self.sees,
            done_by_caller: &self.done_by_caller,
            done_by_anyone: &self.done_by_anyone,
        }
    }
}
