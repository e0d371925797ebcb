//! Writes of whistle-blowing that no file is taken for. An act begins in one way, with the caller's
//! database context and its locks, and ends in one way, with its audit event: a [`StaffAct`] records
//! the event at once, a [`DelayedAct`] at the next release time. Neither hands out its transaction,
//! so an act without an audit event does not compile, as a step without a `Permit` does not:
//!
//! ```
//! # use service_desk::{complaint::act::{StaffAct, StaffEvent}, error::Result, ids::ComplaintId, web::Reply};
//! async fn end(act: StaffAct<'_>, case: ComplaintId) -> Result<Reply<()>> {
//!     act.commit(StaffEvent::on_case(case, "state_side"), Reply::no_content()).await
//! }
//! ```
//!
//! ```compile_fail
//! # use service_desk::{complaint::act::{StaffAct, StaffEvent}, error::Result, ids::ComplaintId, web::Reply};
//! async fn end(act: StaffAct<'_>, case: ComplaintId) -> Result<Reply<()>> {
//!     act.commit(Reply::no_content()).await
//! }
//! ```

use std::ops::{Deref, DerefMut};

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::audit_events;
pub use super::audit_events::StaffEvent;
use super::sealing::retries;
use super::services::ComplaintServices;
use super::services::next_release;
use super::store::viewer::Viewer;
use super::store::{breaches, delayed_audit, disclosures};
use crate::casework::calendars::Calendars;
use crate::casework::desk::Desk;
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::web::{IdempotentWrite, Reply, provided};

/// The lock with which an act of staff begins, before any other lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// None: the act locks its own rows.
    Rows,
    /// Shared: no breach of the office is declared or closed until the act ends.
    Disclosures,
    /// The same, and the complaint, so that a caller that was barred meanwhile is refused.
    DisclosuresOf(ComplaintId),
    /// Exclusive: disclosures in progress end before, and later ones see the act.
    Breaches,
}

/// An act of staff that is no step of the SOP.
pub struct StaffAct<'a> {
    work: IdempotentWrite,
    desk: &'a Desk,
    services: ComplaintServices,
    viewer: Viewer,
}

impl<'a> StaffAct<'a> {
    /// Begins an act. Its reply is stored sealed for retries.
    ///
    /// # Errors
    /// The stored reply of an earlier request with the same `Idempotency-Key`; `not_found` for an
    /// unknown complaint in `lock`.
    pub(crate) async fn begin(desk: &'a Desk, lock: Lock) -> Result<Self> {
        let services = ComplaintServices::of(desk.request())?;
        let user = desk.signed_in().user;
        let under = retries::sealed_under_for_staff(desk.request(), &services.keys, user)?;
        let now = desk.request_time().now;
        let work =
            IdempotentWrite::begin_sealed(desk.database(), desk.request(), under, now).await?;
        Self::of(work, desk, services, lock).await
    }

    /// Begins an act whose reply holds a secret and is not stored. The act itself must refuse a
    /// second execution.
    ///
    /// # Errors
    /// `not_found` for an unknown complaint in `lock`.
    pub(crate) async fn begin_unstored(desk: &'a Desk, lock: Lock) -> Result<Self> {
        let services = ComplaintServices::of(desk.request())?;
        let now = desk.request_time().now;
        let work = IdempotentWrite::without_idempotency(desk.database(), now).await?;
        Self::of(work, desk, services, lock).await
    }

    async fn of(
        mut work: IdempotentWrite,
        desk: &'a Desk,
        services: ComplaintServices,
        lock: Lock,
    ) -> Result<Self> {
        let caller = desk.signed_in();
        let viewer =
            Viewer::set_context(&mut work, Principal::User(caller), None, &services.keys).await?;
        match lock {
            Lock::Rows => {}
            Lock::Disclosures => breaches::lock_shared(&mut work, caller.office).await?,
            Lock::Breaches => breaches::lock_exclusive(&mut work, caller.office).await?,
            Lock::DisclosuresOf(case) => {
                breaches::lock_shared(&mut work, caller.office).await?;
                if !disclosures::lock_case(&mut work, case).await? {
                    return Err(Error::new(Code::NotFound));
                }
            }
        }
        Ok(Self {
            work: work.ending_locks_early(),
            desk,
            services,
            viewer,
        })
    }

    /// The time of the act.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.work.now()
    }

    /// The caller as a reader, the services and the connection.
    pub(crate) fn parts(&mut self) -> (&Viewer, &ComplaintServices, &mut PgConnection) {
        (&self.viewer, &self.services, &mut self.work)
    }

    /// Continues in the service's context, which alone sees the recipients of a notification and
    /// what the act affects elsewhere.
    pub(crate) async fn continue_as_service(&mut self) -> Result<()> {
        Viewer::set_context(&mut self.work, Principal::System, None, &self.services.keys)
            .await
            .map(|_| ())
    }

    /// Records `event` and commits. The only end of an act that was done.
    pub async fn commit<T: Serialize>(
        mut self,
        event: StaffEvent<'_>,
        reply: Reply<T>,
    ) -> Result<Reply<T>> {
        audit_events::record(&mut self.work, self.desk, &self.services, event).await?;
        self.work.finish(reply).await
    }

    /// Records `event` of a refused attempt, commits, and returns `refusal`, which is not stored.
    pub(crate) async fn refuse<T>(mut self, event: StaffEvent<'_>, refusal: Error) -> Result<T> {
        audit_events::record(&mut self.work, self.desk, &self.services, event).await?;
        self.work.commit().await?;
        Err(refusal)
    }
}

impl Deref for StaffAct<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.work
    }
}

impl DerefMut for StaffAct<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.work
    }
}

/// An act on one complaint that the office learns of at the next release time: of the reporter, of
/// a caller with a slip, or of a clerk that enters a paper. Its reply is stored sealed for retries.
pub(crate) struct DelayedAct {
    work: IdempotentWrite,
    services: ComplaintServices,
    case: ComplaintId,
    clerk: Option<UserId>,
    office: OfficeId,
    surfaces_at: DateTime<Utc>,
}

impl DelayedAct {
    /// Begins an act of the reporter of `case`. `scope` separates the idempotency keys of one
    /// reporter from those of another.
    ///
    /// # Errors
    /// The stored reply of an earlier request with the same `Idempotency-Key`; `invalid_parameter`
    /// when the key is not random.
    pub(crate) async fn begin(
        request: &HttpRequest,
        scope: &str,
        case: ComplaintId,
    ) -> Result<Self> {
        Self::begin_found(request, scope, async |_, _| Ok(case)).await
    }

    /// Begins an act of the reporter of the complaint that `find` finds, without any context.
    pub(crate) async fn begin_found(
        request: &HttpRequest,
        scope: &str,
        find: impl AsyncFnOnce(&mut PgConnection, &ComplaintServices) -> Result<ComplaintId>,
    ) -> Result<Self> {
        let (mut work, services) = begin_now(request, scope).await?;
        let case = find(&mut work, &services).await?;
        Viewer::set_context(&mut work, Principal::Reporter, Some(case), &services.keys).await?;
        Self::of(request, work, services, case, None).await
    }

    /// Begins the entry of `case` by a clerk, in whose context nothing can be read.
    pub(crate) async fn begin_entry(
        request: &HttpRequest,
        scope: &str,
        case: ComplaintId,
        clerk: UserId,
    ) -> Result<Self> {
        let (mut work, services) = begin_now(request, scope).await?;
        Viewer::set_clerk_context(&mut work).await?;
        Self::of(request, work, services, case, Some(clerk)).await
    }

    async fn of(
        request: &HttpRequest,
        mut work: IdempotentWrite,
        services: ComplaintServices,
        case: ComplaintId,
        clerk: Option<UserId>,
    ) -> Result<Self> {
        let at = RequestTime {
            now: work.now(),
            calendars: provided::<Calendars>(request)?,
        };
        let (office, surfaces_at) = next_release(&mut work, &at, &services).await?;
        Ok(Self {
            work,
            services,
            case,
            clerk,
            office,
            surfaces_at,
        })
    }

    /// Names the clerk that acts in the reporter's place in the sealed detail of the event.
    #[must_use]
    pub(crate) fn by_clerk(self, clerk: UserId) -> Self {
        Self {
            clerk: Some(clerk),
            ..self
        }
    }

    /// The complaint.
    pub(crate) fn case(&self) -> ComplaintId {
        self.case
    }

    /// The office that receives complaints.
    pub(crate) fn office(&self) -> OfficeId {
        self.office
    }

    /// Keys and stores of the workflow.
    pub(crate) fn services(&self) -> &ComplaintServices {
        &self.services
    }

    /// The time of the act.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.work.now()
    }

    /// The day of the act; its time is not stored.
    pub(crate) fn day(&self) -> NaiveDate {
        today(self.work.now())
    }

    /// The next release time after the act began.
    pub(crate) fn surfaces_at(&self) -> DateTime<Utc> {
        self.surfaces_at
    }

    /// The services and the connection.
    pub(crate) fn parts(&mut self) -> (&ComplaintServices, &mut PgConnection) {
        (&self.services, &mut self.work)
    }

    /// Records `action`, to be published at the release time, and commits. The only end of an act
    /// that was done.
    pub async fn commit<T: Serialize>(mut self, action: &str, reply: Reply<T>) -> Result<Reply<T>> {
        self.record(action).await?;
        self.work.finish(reply).await
    }

    /// Records `action` of a refused attempt, commits, and returns `refusal`, which is not stored.
    pub(crate) async fn refuse<T>(mut self, action: &str, refusal: Error) -> Result<T> {
        self.record(action).await?;
        self.work.commit().await?;
        Err(refusal)
    }

    async fn record(&mut self, action: &str) -> Result<()> {
        let act = (self.case, action, self.day(), self.surfaces_at);
        delayed_audit::enqueue(&mut self.work, act, self.clerk).await
    }
}

/// Begins at the present time: a release time may have passed while a slow file arrived.
async fn begin_now(
    request: &HttpRequest,
    scope: &str,
) -> Result<(IdempotentWrite, ComplaintServices)> {
    let (services, clock) = (ComplaintServices::of(request)?, provided::<Clock>(request)?);
    let work = begin_sealed(request, &services, scope, clock.now()).await?;
    Ok((work, services))
}

/// Begins a write whose reply is stored sealed under a random key.
pub(super) async fn begin_sealed(
    request: &HttpRequest,
    services: &ComplaintServices,
    scope: &str,
    now: DateTime<Utc>,
) -> Result<IdempotentWrite> {
    let under = retries::sealed_under(request, &services.keys, scope)?;
    IdempotentWrite::begin_sealed(&provided::<Database>(request)?, request, under, now).await
}

/// Begins a write of the service itself.
pub(crate) async fn begin_as_service(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<IdempotentWrite> {
    let mut work = IdempotentWrite::for_job(database, now)
        .await?
        .ending_locks_early();
    Viewer::set_context(&mut work, Principal::System, None, &services.keys).await?;
    Ok(work)
}
