//! Request context of an authenticated reporter session. The context gives access to exactly one
//! complaint; a reporter has no account and no roles.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use sqlx::PgConnection;

use super::auth::{Session, unauthenticated};
use super::session;
use crate::casework::calendars::Calendars;
use crate::casework::desk::{OpenFile, take_as_reporter};
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::complaint::act::{self, DelayedAct};
use crate::complaint::file::ComplaintRow;
use crate::complaint::read_transaction;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::Task;
use crate::complaint::store::sessions::CaseSession;
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{self, sessions};
use crate::database::Database;
use crate::error::{Error, OrNotFound as _, Result};
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::web::provided;

/// Request context of an authenticated reporter session.
#[derive(Clone)]
pub struct ReporterContext {
    request: HttpRequest,
    database: Database,
    request_time: RequestTime,
    services: ComplaintServices,
    case: ComplaintId,
    digest: [u8; 32],
}

impl ReporterContext {
    /// Takes the reporter's own file to do `task`.
    ///
    /// # Errors
    /// The refusal of the gate, or the stored reply of an earlier request with the same
    /// `Idempotency-Key`.
    pub async fn take(&self, task: Task) -> Result<OpenFile<Task>> {
        let now = self.request_time.now;
        take_as_reporter(
            act::begin_sealed(&self.request, &self.services, &self.scope(), now).await?,
            &self.request_time,
            self.services.clone(),
            self.case,
            task,
        )
        .await
    }

    /// Begins a write that does not change the stage: a message, an attachment, a declared
    /// identity.
    ///
    /// # Errors
    /// The stored reply of an earlier request with the same `Idempotency-Key`.
    pub async fn begin(&self) -> Result<DelayedAct> {
        DelayedAct::begin(&self.request, &self.scope(), self.case).await
    }

    /// Reads the reporter's own complaint.
    pub async fn read<T>(
        &self,
        with: impl AsyncFnOnce(&mut PgConnection, ComplaintRow, &ComplaintServices) -> Result<T>,
    ) -> Result<T> {
        self.read_transaction(async |c, viewer, services| {
            let found = store::find(c, self.case, viewer, Principal::Reporter, services)
                .await?
                .or_not_found()?;
            with(c, found, services).await
        })
        .await
    }

    /// Reads what belongs to the complaint, with its key.
    pub async fn read_with_key<T>(
        &self,
        with: impl AsyncFnOnce(&mut PgConnection, &CaseKey) -> Result<T>,
    ) -> Result<T> {
        self.read_transaction(async |c, _, services| {
            let key = store::key_of(c, self.case, services).await?;
            with(c, &key).await
        })
        .await
    }

    async fn read_transaction<T>(
        &self,
        with: impl AsyncFnOnce(&mut PgConnection, &Viewer, &ComplaintServices) -> Result<T>,
    ) -> Result<T> {
        let (caller, case) = (Principal::Reporter, Some(self.case));
        read_transaction::read_as(&self.database, &self.services, caller, case, with).await
    }

    /// Ends the session.
    pub async fn end_session(&self) -> Result<()> {
        self.database
            .read(async |c| sessions::end(c, &self.digest).await)
            .await
    }

    /// The sessions of the complaint that have not ended.
    pub async fn sessions(&self) -> Result<Vec<CaseSession>> {
        let (keys, now) = (&self.services.keys, self.request_time.now);
        let mut sessions = self
            .database
            .read(async |c| session::list(c, keys, self.case, today(now)).await)
            .await?;
        sessions.retain(|session| session.expires_at > now);
        Ok(sessions)
    }

    /// Whether this is the session of the request.
    pub fn is_current(&self, session: &CaseSession) -> bool {
        session.digest == self.digest
    }

    /// Ends every other session of the complaint.
    pub async fn end_other_sessions(&self) -> Result<()> {
        let others: Vec<_> = self
            .sessions()
            .await?
            .into_iter()
            .filter(|session| !self.is_current(session))
            .map(|session| session.digest)
            .collect();
        self.database
            .read(async |c| sessions::end_all(c, &others).await)
            .await
    }

    /// The reporter's complaint.
    pub fn case(&self) -> ComplaintId {
        self.case
    }

    /// The HTTP request.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Keys and stores of the workflow.
    pub fn services(&self) -> &ComplaintServices {
        &self.services
    }

    /// Time and calendars of the request.
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }

    /// Separates the idempotency keys of one reporter from those of another.
    fn scope(&self) -> String {
        hex::encode(self.case.0.as_bytes())
    }
}

impl FromRequest for ReporterContext {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = || {
            let Session { case, digest } = request
                .extensions()
                .get::<Session>()
                .copied()
                .ok_or_else(unauthenticated)?;
            let request_time = RequestTime {
                now: provided::<Clock>(request)?.now(),
                calendars: provided::<Calendars>(request)?,
            };
            Ok(Self {
                request: request.clone(),
                database: provided(request)?,
                request_time,
                services: ComplaintServices::of(request)?,
                case,
                digest,
            })
        };
        ready(context())
    }
}
