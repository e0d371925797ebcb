//! The desk. An officer takes a file and hands it over: `take` opens the transaction, locks the file and passes the gate; `hand_over` writes stage,
//! journal and clock, tells whom it concerns, and commits. Between the two a step does its own work; without the second nothing has happened.

use std::future::{Ready, ready};
use std::ops::{Deref, DerefMut};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sqlx::PgConnection;

use super::calendars::Calendars;
use super::journal::of_step;
use super::ledger;
use super::refusal::refused;
use super::workflow::{Asking, Change, FileHeader, RequestTime, Workflow};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Replay, Result};
use crate::identity::SignedIn;
use crate::sop::gate::{AuthContext, Permit};
use crate::web::{IdempotentWrite, Reply, idempotent_write, provided};

/// A signed-in person's place of work, for one request.
#[derive(Clone)]
pub struct Desk {
    request: HttpRequest,
    database: Database,
    request_time: RequestTime,
    who: SignedIn,
}

impl Desk {
    /// Takes the file to do `task`.
    ///
    /// # Errors
    /// The gate's refusal; `stale_version` when `If-Match` names another version; a stored reply when this was answered before.
    pub async fn take<W: Workflow>(&self, id: W::Id, task: W) -> Result<OpenFile<W>> {
        let seen = idempotent_write::version_seen(&self.request)?;
        let services = W::services(&self.request)?;
        let work = match W::begin(
            &self.database,
            &self.request,
            &self.who,
            self.request_time.now,
            &services,
        )
        .await
        {
            Err(Error::Replayed(replay)) => {
                return Err(self.again::<W>(id, &services, replay).await?);
            }
            begun => begun?,
        };
        let file = take(
            work,
            By::Person(self.who.clone()),
            &self.request_time,
            services,
            id,
            task,
        )
        .await?;
        if !seen.admits(file.header.version) {
            // Of the parts of a file, such as its notice, each has an ETag of its own, which names another version.
            let (id, en) = (
                "If-Match adalah ETag berkas itu sendiri; muat ulang berkasnya.",
                "If-Match is the ETag of the file itself; reload the file.",
            );
            return Err(Error::new(Code::StaleVersion).detail(id, en));
        }
        Ok(file)
    }

    /// The file as this person sees it.
    ///
    /// # Errors
    /// `not_found` when there is none that they may know of.
    pub async fn show<W: Workflow>(&self, id: W::Id) -> Result<Reply<W::View>> {
        let (view, version) = self.view::<W>(id).await?;
        Ok(Reply::ok(view).version(version))
    }

    /// The view of the file and its version, for what is shown in more than one format.
    ///
    /// # Errors
    /// `not_found` when there is none that they may know of.
    pub async fn view<W: Workflow>(&self, id: W::Id) -> Result<(W::View, i64)> {
        let services = W::services(&self.request)?;
        self.database
            .read(async |c| {
                W::show(
                    c,
                    id,
                    Asking::Person(&self.who),
                    &self.request_time,
                    &services,
                )
                .await
            })
            .await
    }

    /// Asks the gate without taking the file: for what must be known before a body is read. The cover may have moved on by the time it is taken.
    ///
    /// # Errors
    /// The gate's refusal.
    pub async fn ask<W: Workflow>(&self, id: W::Id, task: W) -> Result<FileHeader<W>> {
        let (asking, services) = (Asking::Person(&self.who), W::services(&self.request)?);
        let header = self
            .database
            .read(async |c| W::lock(c, id, asking, &services).await)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let allowed = W::sop().permit(task, header.stage, &header.auth_context(asking));
        allowed.map(|_permit| ()).map_err(refused)?;
        must_be_open::<W>(task, &header, self.request_time.now)?;
        Ok(header)
    }

    /// A kept reply, for who may still know of the file: a retry must not tell what a look at it would not.
    async fn again<W: Workflow>(
        &self,
        id: W::Id,
        services: &W::Services,
        replay: Box<Replay>,
    ) -> Result<Error> {
        if replay.body.is_none() {
            return Ok(Error::Replayed(replay));
        }
        let mut transaction = self.database.begin().await?;
        let header = W::lock(&mut transaction, id, Asking::Person(&self.who), services).await?;
        Ok(if header.is_some_and(|header| header.sees) {
            Error::Replayed(replay)
        } else {
            Error::new(Code::NotFound)
        })
    }

    /// Whose desk it is.
    #[must_use]
    pub fn who(&self) -> &SignedIn {
        &self.who
    }

    /// The request that is being answered.
    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The time and the calendars.
    #[must_use]
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }
}

impl FromRequest for Desk {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut desk = || {
            let who = SignedIn::from_request(request, payload).into_inner()?;
            let request_time = RequestTime {
                now: provided::<Clock>(request)?.now(),
                calendars: provided::<Calendars>(request)?,
            };
            Ok(Self {
                request: request.clone(),
                database: provided(request)?,
                request_time,
                who,
            })
        };
        ready(desk())
    }
}

/// Takes a file for the service itself: a job's way to the gate.
///
/// # Errors
/// The gate's refusal.
pub async fn take_for_the_service<W: Workflow>(
    database: &Database,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    let work = IdempotentWrite::of_the_service(database, request_time.now).await?;
    take(work, By::Service, request_time, services, id, task).await
}

/// Takes a file for its reporter, in a write that was begun for them.
///
/// # Errors
/// The gate's refusal.
pub async fn take_for_the_reporter<W: Workflow>(
    work: IdempotentWrite,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    take(work, By::Reporter, request_time, services, id, task).await
}

/// Asks the gate for a file that does not exist yet: what stands before the first stage of its road.
///
/// # Errors
/// The gate's refusal.
pub fn admit<W: Workflow>(task: W, before: W::Stage, who: Asking<'_>) -> Result<Permit<W>> {
    let standing = AuthContext {
        who: who.who(),
        roles: who.roles(),
        sees: true,
        done_by_caller: &[],
        done_by_anyone: &[],
    };
    W::sop().permit(task, before, &standing).map_err(refused)
}

async fn take<W: Workflow>(
    mut work: IdempotentWrite,
    by: By,
    request_time: &RequestTime,
    services: W::Services,
    id: W::Id,
    task: W,
) -> Result<OpenFile<W>> {
    let header = Box::pin(W::lock(&mut work, id, by.asking(), &services))
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let permit = W::sop()
        .permit(task, header.stage, &header.auth_context(by.asking()))
        .map_err(refused)?;
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

/// Who took a file.
enum By {
    Person(SignedIn),
    Reporter,
    Service,
}

impl By {
    fn asking(&self) -> Asking<'_> {
        match self {
            Self::Person(who) => Asking::Person(who),
            Self::Reporter => Asking::Reporter,
            Self::Service => Asking::Service,
        }
    }

    fn person(&self) -> Option<&SignedIn> {
        match self {
            Self::Person(who) => Some(who),
            Self::Reporter | Self::Service => None,
        }
    }
}

/// A file that was taken: transaction, permit and cover together; it gives none of them away.
pub struct OpenFile<W: Workflow> {
    work: IdempotentWrite,
    permit: Permit<W>,
    header: FileHeader<W>,
    id: W::Id,
    note: Option<String>,
    by: By,
    request_time: RequestTime,
    services: W::Services,
}

impl<W: Workflow> OpenFile<W> {
    /// What stands on the cover.
    #[must_use]
    pub fn header(&self) -> &FileHeader<W> {
        &self.header
    }

    /// The moment of this write.
    #[must_use]
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.work.now()
    }

    /// The person who took it.
    ///
    /// # Errors
    /// Our own fault when nobody with an account took it for a step that is a person's.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        self.by.person().ok_or_else(|| {
            Error::internal("nobody with an account took a file for a person's step")
        })
    }

    /// The tools of its workflow.
    #[must_use]
    pub fn services(&self) -> &W::Services {
        &self.services
    }

    /// The time and the calendars.
    #[must_use]
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }

    /// The cover and the connection at once.
    pub fn parts(&mut self) -> (&FileHeader<W>, &mut PgConnection) {
        (&self.header, &mut self.work)
    }

    /// Whether the row leads to `to` from here.
    #[must_use]
    pub fn leads_to(&self, to: W::Stage) -> bool {
        self.permit.outcome(to).is_some()
    }

    /// Puts a reason into the journal entry.
    pub fn note(&mut self, note: impl Into<String>) {
        self.note = Some(note.into());
    }

    /// Begins the customer's next round.
    pub fn begin_round(&mut self) -> i16 {
        self.header.round += 1;
        self.header.round
    }

    /// Begins the next draft of the letter: four eyes look at it afresh.
    pub fn begin_draft(&mut self) -> i16 {
        self.header.draft += 1;
        self.header.draft
    }

    /// Hands the file over to `to`: stage, journal and clock, then the commit. Answers with the file as it now is.
    ///
    /// # Errors
    /// `overtaken` when somebody else moved it meanwhile.
    pub async fn hand_over(self, to: W::Stage) -> Result<Reply<W::View>> {
        self.hand_over_with(to, Reply::ok).await
    }

    /// The same, answering with what `answer` makes of the view.
    ///
    /// # Errors
    /// `overtaken` when somebody else moved it meanwhile.
    pub async fn hand_over_with<T: serde::Serialize>(
        mut self,
        to: W::Stage,
        answer: impl FnOnce(W::View) -> Reply<T>,
    ) -> Result<Reply<T>> {
        self.put_down(to).await?;
        let (view, version) = Box::pin(W::show(
            &mut self.work,
            self.id,
            self.by.asking(),
            &self.request_time,
            &self.services,
        ))
        .await?;
        self.work.finish(answer(view).version(version)).await
    }

    /// The same, answering with `reply` and not with the file: for who may not see it, or not any more.
    ///
    /// # Errors
    /// `overtaken` when somebody else moved it meanwhile.
    pub async fn hand_over_quietly<T: serde::Serialize>(
        mut self,
        to: W::Stage,
        reply: Reply<T>,
    ) -> Result<Reply<T>> {
        self.put_down(to).await?;
        self.work.finish(reply).await
    }

    async fn put_down(&mut self, to: W::Stage) -> Result<()> {
        let from = self.header.stage;
        self.header.stage = self.permit.outcome(to).ok_or_else(|| {
            Error::internal(format!(
                "{:?} does not lead to {to:?}",
                self.permit.row().task
            ))
        })?;
        if !W::advance(
            &mut self.work,
            &self.permit,
            &self.header,
            self.request_time.now,
        )
        .await?
        {
            return Err(Error::new(Code::Overtaken));
        }
        ledger::turn(
            &mut self.work,
            W::sop(),
            &self.header,
            from,
            self.request_time.now,
        )
        .await?;
        let change = Change {
            row: self.permit.row(),
            header: &self.header,
            from,
            by: self.by.asking().user(),
        };
        Box::pin(W::announce(
            &mut self.work,
            &change,
            &self.request_time,
            &self.services,
        ))
        .await?;
        // Last, because a record may hold the one place at the end of a chain until the commit.
        let entry = of_step(
            self.permit.row(),
            &self.header,
            from,
            self.by.person(),
            self.note.as_deref(),
        );
        Box::pin(W::record(
            &mut self.work,
            &entry,
            self.by.asking(),
            &self.request_time,
            &self.services,
        ))
        .await
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
