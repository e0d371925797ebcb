//! The desk. An officer takes a file and hands it over: `take` opens the transaction, locks the
//! file and checks the permit; `hand_over` writes stage, journal and clock, sends the
//! notifications, and commits. A step does its own work between the two; without `hand_over`
//! nothing is written.

use std::future::{Ready, ready};
use std::ops::{Deref, DerefMut};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sqlx::PgConnection;

use super::calendars::Calendars;
use super::journal::step_entry;
use super::refusal::refusal_error;
use super::workflow::{Change, FileHeader, RequestTime, Workflow};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Replay, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::roles_of;
use crate::sop::gate::{AuthContext, Permit, Principal};
use crate::web::{IdempotentWrite, Reply, idempotent_write, provided};

/// The request context of a signed-in user.
#[derive(Clone)]
pub struct Desk {
    request: HttpRequest,
    database: Database,
    request_time: RequestTime,
    signed_in: SignedIn,
}

impl Desk {
    /// Takes the file to do `task`.
    ///
    /// # Errors
    /// The refusal of the permit check; `stale_version` when `If-Match` names another version; the
    /// stored reply when this request was answered before.
    pub async fn take<W: Workflow>(&self, id: W::Id, task: W) -> Result<OpenFile<W>> {
        let seen = idempotent_write::if_match(&self.request)?;
        let services = W::services(&self.request)?;
        let work = match W::begin(
            &self.database,
            &self.request,
            &self.signed_in,
            self.request_time.now,
            &services,
        )
        .await
        {
            Err(Error::Replayed(replay)) => {
                return Err(self.authorize_replay::<W>(id, &services, replay).await?);
            }
            begun => begun?,
        };
        let file = take(
            work,
            Principal::User(self.signed_in.clone()),
            &self.request_time,
            services,
            id,
            task,
        )
        .await?;
        if !seen.admits(file.header.version) {
            // A part of a file, such as its notice, has its own ETag, which does not match the
            // version of the file.
            let (id, en) = (
                "If-Match adalah ETag berkas itu sendiri; muat ulang berkasnya.",
                "If-Match is the ETag of the file itself; reload the file.",
            );
            return Err(Error::new(Code::StaleVersion).detail(id, en));
        }
        Ok(file)
    }

    /// The view of the file and its version, for handlers that serve several formats.
    ///
    /// # Errors
    /// `not_found` when the file does not exist or the user may not know of it.
    pub async fn view<W: Workflow>(&self, id: W::Id) -> Result<(W::View, i64)> {
        let services = W::services(&self.request)?;
        self.database
            .read(async |c| {
                W::show(
                    c,
                    id,
                    Principal::User(&self.signed_in),
                    &self.request_time,
                    &services,
                )
                .await
            })
            .await
    }

    /// Checks the permit without taking the file, for a step with a request body that is expensive
    /// to read. The header may be outdated by the time the file is taken.
    pub async fn check<W: Workflow>(&self, id: W::Id, task: W) -> Result<FileHeader<W>> {
        let (asking, services) = (
            Principal::User(&self.signed_in),
            W::services(&self.request)?,
        );
        let header = self
            .database
            .read(async |c| W::lock(c, id, asking, &services).await)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let allowed = W::sop().permit(task, header.stage, &header.auth_context(asking));
        allowed.map(|_permit| ()).map_err(refusal_error)?;
        must_be_open::<W>(task, &header, self.request_time.now)?;
        Ok(header)
    }

    /// Returns a stored reply only if the caller may still see the file: a retry must not reveal
    /// more than a new request would.
    async fn authorize_replay<W: Workflow>(
        &self,
        id: W::Id,
        services: &W::Services,
        replay: Box<Replay>,
    ) -> Result<Error> {
        if replay.body.is_none() {
            return Ok(Error::Replayed(replay));
        }
        let mut transaction = self.database.begin().await?;
        let header = W::lock(
            &mut transaction,
            id,
            Principal::User(&self.signed_in),
            services,
        )
        .await?;
        Ok(if header.is_some_and(|header| header.sees) {
            Error::Replayed(replay)
        } else {
            Error::new(Code::NotFound)
        })
    }

    /// The signed-in user.
    pub fn signed_in(&self) -> &SignedIn {
        &self.signed_in
    }

    /// The HTTP request.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The time and the calendars.
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }
}

impl AsRef<SignedIn> for Desk {
    fn as_ref(&self) -> &SignedIn {
        self.signed_in()
    }
}

impl FromRequest for Desk {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut desk = || {
            let caller = SignedIn::from_request(request, payload).into_inner()?;
            let request_time = RequestTime {
                now: provided::<Clock>(request)?.now(),
                calendars: provided::<Calendars>(request)?,
            };
            Ok(Self {
                request: request.clone(),
                database: provided(request)?,
                request_time,
                signed_in: caller,
            })
        };
        ready(desk())
    }
}

/// Takes a file on behalf of the service, in a job.
pub async fn take_as_service<W: Workflow>(
    database: &Database,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    let work = IdempotentWrite::for_job(database, request_time.now).await?;
    take(work, Principal::System, request_time, services, id, task).await
}

/// Takes a file on behalf of its reporter, in a write that was already begun.
pub async fn take_as_reporter<W: Workflow>(
    work: IdempotentWrite,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    take(work, Principal::Reporter, request_time, services, id, task).await
}

/// Checks the permit to create a file; `before` is the stage before the first one of the SOP.
pub fn permit_new<W: Workflow>(
    task: W,
    before: W::Stage,
    caller: Principal<&SignedIn>,
) -> Result<Permit<W>> {
    let standing = AuthContext {
        caller: caller.map(|user| user.user.0),
        roles: roles_of(caller),
        sees: true,
        done_by_caller: &[],
        done_by_anyone: &[],
    };
    W::sop()
        .permit(task, before, &standing)
        .map_err(refusal_error)
}

async fn take<W: Workflow>(
    mut work: IdempotentWrite,
    by: Principal<SignedIn>,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    let header = Box::pin(W::lock(&mut work, id, by.as_ref(), &services))
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let permit = W::sop()
        .permit(task, header.stage, &header.auth_context(by.as_ref()))
        .map_err(refusal_error)?;
    must_be_open::<W>(task, &header, request_time.now)?;
    Box::pin(W::must_hold(&mut work, task, &header, request_time)).await?;
    let services = W::with_cached_key(services, &header);
    Ok(OpenFile {
        work,
        permit,
        header,
        id,
        note: None,
        by,
        request_time: request_time.clone(),
        services,
    })
}

fn must_be_open<W: Workflow>(
    task: W,
    header: &FileHeader<W>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    W::closed(task, &header.file, now).map_or(Ok(()), |closed| Err(closed.into()))
}

/// A file that was taken. It owns the transaction, the permit and the header, and hands none of
/// them out.
pub struct OpenFile<W: Workflow> {
    work: IdempotentWrite,
    permit: Permit<W>,
    header: FileHeader<W>,
    id: W::Id,
    note: Option<String>,
    by: Principal<SignedIn>,
    request_time: RequestTime,
    services: W::Services,
}

impl<W: Workflow> OpenFile<W> {
    /// The header of the file.
    pub fn header(&self) -> &FileHeader<W> {
        &self.header
    }

    /// The time of this write.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.work.now()
    }

    /// The user that took the file.
    ///
    /// # Errors
    /// An internal error when the reporter or the service took the file for a step of a user.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        self.by.as_ref().user().ok_or_else(|| {
            Error::internal("a step of a user was taken by the reporter or the service")
        })
    }

    /// The services of the workflow.
    pub fn services(&self) -> &W::Services {
        &self.services
    }

    /// The time and the calendars.
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }

    /// The header and the connection, borrowed together.
    pub fn parts(&mut self) -> (&FileHeader<W>, &mut PgConnection) {
        (&self.header, &mut self.work)
    }

    /// True if the task may move the file from its stage to `to`.
    pub fn leads_to(&self, to: W::Stage) -> bool {
        self.permit.outcome(to).is_some()
    }

    /// Sets the note of the journal entry, such as a reason.
    pub fn note(&mut self, note: impl Into<String>) {
        self.note = Some(note.into());
    }

    /// Increments the customer's round and returns the new number.
    pub fn begin_round(&mut self) -> i16 {
        self.header.round += 1;
        self.header.round
    }

    /// Increments the draft of the letter and returns the new number. The four-eyes rule starts
    /// afresh with each draft.
    pub fn begin_draft(&mut self) -> i16 {
        self.header.draft += 1;
        self.header.done_by_caller.clear();
        self.header.done_by_anyone.clear();
        self.header.draft
    }

    /// Hands the file over to `to`: writes stage, journal and clock, commits, and replies with the
    /// file in its new state.
    ///
    /// # Errors
    /// `overtaken` when another request moved the file meanwhile.
    pub async fn hand_over(self, to: W::Stage) -> Result<Reply<W::View>> {
        self.hand_over_with(to, Reply::ok).await
    }

    /// Like [`Self::hand_over`], with a reply built by `answer` from the view.
    ///
    /// # Errors
    /// `overtaken` when another request moved the file meanwhile.
    pub async fn hand_over_with<T: serde::Serialize>(
        mut self,
        to: W::Stage,
        answer: impl FnOnce(W::View) -> Reply<T>,
    ) -> Result<Reply<T>> {
        let moved = self.write_hand_over(to).await?;
        let (view, version) = Box::pin(W::show_moved(
            &mut self.work,
            self.id,
            moved,
            self.by.as_ref(),
            &self.request_time,
            &self.services,
        ))
        .await?;
        self.work.finish(answer(view).version(version)).await
    }

    /// Like [`Self::hand_over`], with the given reply instead of the view, for callers that may not
    /// see the file after the step.
    ///
    /// # Errors
    /// `overtaken` when another request moved the file meanwhile.
    pub async fn hand_over_without_view<T: serde::Serialize>(
        mut self,
        to: W::Stage,
        reply: Reply<T>,
    ) -> Result<Reply<T>> {
        let moved = self.write_hand_over(to).await?;
        W::end(&mut self.work, moved, &self.services).await?;
        self.work.finish(reply).await
    }

    async fn write_hand_over(&mut self, to: W::Stage) -> Result<W::Moved> {
        let from = self.header.stage;
        self.header.stage = self.permit.outcome(to).ok_or_else(|| {
            Error::internal(format!(
                "{:?} does not lead to {to:?}",
                self.permit.row().task
            ))
        })?;
        let by = self.by.as_ref();
        let change = Change {
            row: self.permit.row(),
            header: &self.header,
            from,
            by: by.user().map(|user| user.user),
        };
        let entry = step_entry(
            change.row,
            &self.header,
            from,
            by.user(),
            self.note.as_deref(),
        );
        Box::pin(W::hand_over(
            &mut self.work,
            &self.permit,
            &change,
            &entry,
            by,
            &self.request_time,
            &self.services,
        ))
        .await?
        .ok_or_else(|| Error::new(Code::Overtaken))
    }
}

impl<W: Workflow> Deref for OpenFile<W> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.work
    }
}

impl<W: Workflow> DerefMut for OpenFile<W> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.work
    }
}
