//! The reporter's side of the counter: whoever holds the token of a session stands at their own complaint, and at no other. No account, no name, no role.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use sqlx::PgConnection;

use super::admission::{Session, refusal};
use crate::casework::calendars::Calendars;
use crate::casework::desk::{OpenFile, take_for_the_reporter};
use crate::casework::workflow::{Asking, Desktop};
use crate::clock::Clock;
use crate::complaint::cabinet::Cabinet;
use crate::complaint::reading;
use crate::complaint::sealing::retries;
use crate::complaint::sop::Task;
use crate::complaint::store::sessions;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::web::{Work, provided};

/// A reporter at the counter, for one request.
#[derive(Clone)]
pub struct Counter {
    request: HttpRequest,
    database: Database,
    desktop: Desktop,
    cabinet: Cabinet,
    case: ComplaintId,
    digest: [u8; 32],
}

impl Counter {
    /// Takes the reporter's own file to do `task`.
    ///
    /// # Errors
    /// The gate's refusal; a stored reply when this was answered before.
    pub async fn take(&self, task: Task) -> Result<OpenFile<Task>> {
        take_for_the_reporter(
            self.work().await?,
            &self.desktop,
            self.cabinet.clone(),
            self.case,
            task,
        )
        .await
    }

    /// Begins a write that moves no file: a message, an attachment, a declaration.
    ///
    /// # Errors
    /// A stored reply when this was answered before.
    pub async fn begin(&self) -> Result<Work> {
        let mut work = self.work().await?;
        Viewer::enter(
            &mut work,
            Asking::Reporter,
            Some(self.case),
            &self.cabinet.keys,
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
        with: impl AsyncFnOnce(&mut PgConnection, &Cabinet) -> Result<T>,
    ) -> Result<T> {
        reading::read_as(
            &self.database,
            &self.cabinet,
            Asking::Reporter,
            Some(self.case),
            async |c, _, cabinet| with(c, cabinet).await,
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
    pub fn cabinet(&self) -> &Cabinet {
        &self.cabinet
    }

    /// The time and the calendars.
    #[must_use]
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    async fn work(&self) -> Result<Work> {
        let under = retries::sealed_under(
            &self.request,
            &self.cabinet.keys,
            &hex::encode(self.case.0.as_bytes()),
        )?;
        Work::begin_sealed(&self.database, &self.request, under, self.desktop.now).await
    }
}

impl FromRequest for Counter {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let counter = || {
            let Session { case, digest } = request
                .extensions()
                .get::<Session>()
                .copied()
                .ok_or_else(refusal)?;
            let desktop = Desktop {
                now: provided::<Clock>(request)?.now(),
                calendars: provided::<Calendars>(request)?,
            };
            Ok(Self {
                request: request.clone(),
                database: provided(request)?,
                desktop,
                cabinet: Cabinet::of(request)?,
                case,
                digest,
            })
        };
        ready(counter())
    }
}
