//! The reporter's side of the counter: whoever holds the token of a session stands at their own complaint, and at no other. No account, no name, no role.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use sqlx::PgConnection;

use super::auth::{Session, refusal};
use crate::casework::calendars::Calendars;
use crate::casework::desk::{OpenFile, take_for_the_reporter};
use crate::casework::workflow::{Asking, RequestTime};
use crate::clock::Clock;
use crate::complaint::read_transaction;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::Task;
use crate::complaint::store::sessions;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::web::{IdempotentWrite, provided};

/// A reporter at the counter, for one request.
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
    /// The gate's refusal; a stored reply when this was answered before.
    pub async fn take(&self, task: Task) -> Result<OpenFile<Task>> {
        take_for_the_reporter(
            self.work().await?,
            &self.request_time,
            self.services.clone(),
            self.case,
            task,
        )
        .await
    }

    /// Begins a write that moves no file: a message, an attachment, a declaration.
    ///
    /// # Errors
    /// A stored reply when this was answered before.
    pub async fn begin(&self) -> Result<IdempotentWrite> {
        let mut work = self.work().await?;
        Viewer::enter(
            &mut work,
            Asking::Reporter,
            Some(self.case),
            &self.services.keys,
        )
        .await?;
        Ok(work)
    }

    /// Reads the reporter's own complaint.
    ///
    /// # Errors
    /// What `with` says.
    pub async fn read<T>(
        &self,
        with: impl AsyncFnOnce(&mut PgConnection, &ComplaintServices) -> Result<T>,
    ) -> Result<T> {
        read_transaction::read_as(
            &self.database,
            &self.services,
            Asking::Reporter,
            Some(self.case),
            async |c, _, services| with(c, services).await,
        )
        .await
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn leave(&self) -> Result<()> {
        self.database
            .read(async |c| sessions::end(c, &self.digest).await)
            .await
    }

    /// Whose complaint it is: the reporter's own.
    #[must_use]
    pub fn case(&self) -> ComplaintId {
        self.case
    }

    /// The request that is being answered.
    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The keys and stores.
    #[must_use]
    pub fn services(&self) -> &ComplaintServices {
        &self.services
    }

    /// The time and the calendars.
    #[must_use]
    pub fn request_time(&self) -> &RequestTime {
        &self.request_time
    }

    async fn work(&self) -> Result<IdempotentWrite> {
        let under = retries::sealed_under(
            &self.request,
            &self.services.keys,
            &hex::encode(self.case.0.as_bytes()),
        )?;
        IdempotentWrite::begin_sealed(&self.database, &self.request, under, self.request_time.now)
            .await
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
                .ok_or_else(refusal)?;
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
