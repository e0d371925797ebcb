//! Steps that the service takes by itself: releases complaints, delivers signed answers, resumes
//! complaints after a reporter's answer, closes complaints, notifies handlers of messages, raises
//! alarms of breach deadlines, and moves delayed events into the audit trail. A supervised task
//! runs every minute; each step passes the gate like any other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::audit::{self, Event};
use crate::casework::calendars::Calendars;
use crate::casework::desk::{OpenFile, take_as_service};
use crate::casework::workflow::RequestTime;
use crate::complaint::act::begin_as_service;
use crate::complaint::announcing;
use crate::complaint::breach;
use crate::complaint::disclosure;
use crate::complaint::read_transaction::read_as;
use crate::complaint::retaliation;
use crate::complaint::screening::name_changes;
use crate::complaint::screening::rescreening::{self, Findings, Rosters};
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::{delayed_audit, release as store, sessions};
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::web::{IdempotentWrite, Reply};

/// Does all due work. A failure with one complaint or one kind of work does not stop the rest.
///
/// # Errors
/// The first error. Completed work stays, and the next run repeats the rest.
pub async fn run(
    database: &Database,
    services: &ComplaintServices,
    calendars: &Calendars,
    now: DateTime<Utc>,
) -> Result<()> {
    let pass = ReleasePass {
        database,
        services,
        calendars,
        now,
        rosters: Rosters::default(),
    };
    let done = [
        // Screening comes first: a message must be screened before it can be read or notified.
        pass.screen_again().await,
        name_changes::record(database, services, now).await,
        // Delivery comes before the notifications: between signature and delivery no one could
        // answer the reporter.
        pass.advance(
            pass.read(async |c| store::list_signed(c).await).await,
            Task::DeliverAnswer,
            Stage::Answered,
        )
        .await,
        pass.publish_reporter_acts().await,
        pass.expire_disclosures().await,
        breach::raise_due_alarms(database, services, now).await,
        pass.release().await,
        // After the release of complaints, because a complaint may have a report of retaliation.
        pass.notify_of_retaliation().await,
        pass.advance(
            pass.read(async |c| store::to_resume(c, now).await).await,
            Task::ResumeComplaint,
            Stage::InResolution,
        )
        .await,
        pass.advance(
            pass.read(async |c| store::to_close(c, now).await).await,
            Task::CloseComplaint,
            Stage::Closed,
        )
        .await,
        pass.read(async |c| sessions::delete_expired(c, now).await)
            .await,
    ];
    done.into_iter().collect()
}

struct ReleasePass<'a> {
    database: &'a Database,
    services: &'a ComplaintServices,
    calendars: &'a Calendars,
    now: DateTime<Utc>,
    rosters: Rosters,
}

impl ReleasePass<'_> {
    /// Releases complaints. The clock and the audit trail record the release time, not the time of
    /// this run.
    async fn release(&self) -> Result<()> {
        let mut done = Ok(());
        for (case, slot) in self.read(async |c| store::due(c, self.now).await).await? {
            done = done.and(log_failure(case, self.release_one(case, slot).await));
        }
        done
    }

    async fn release_one(&self, case: ComplaintId, slot: DateTime<Utc>) -> Result<()> {
        let findings = self.find_in_texts(case, slot).await?;
        self.take(case, Task::SurfaceComplaint, slot, async |file| {
            rescreening::screen_on_release(file, &findings, &self.rosters).await
        })
        .await
    }

    async fn find_in_texts(&self, case: ComplaintId, now: DateTime<Utc>) -> Result<Findings> {
        let (database, services) = (self.database, self.services);
        Box::pin(rescreening::screen(
            database,
            case,
            now,
            services,
            &self.rosters,
        ))
        .await
    }

    /// Screens the complaints that are due for screening.
    async fn screen_again(&self) -> Result<()> {
        let mut done = Ok(());
        for case in self
            .read(async |c| rescreening::due(c, self.now, self.services, &self.rosters).await)
            .await?
        {
            let screened = log_failure(case, self.screen_one_again(case).await);
            rescreening::note_failure(self.services, case, screened.is_err());
            done = done.and(screened);
        }
        done
    }

    async fn screen_one_again(&self, case: ComplaintId) -> Result<()> {
        let findings = self.find_in_texts(case, self.now).await?;
        if Box::pin(rescreening::has_new_conflicts(
            self.database,
            case,
            self.now,
            self.services,
            &findings,
            &self.rosters,
        ))
        .await?
        {
            self.take(case, Task::ScreenAgain, self.now, async |file| {
                rescreening::screen_again(file, &findings, &self.rosters).await
            })
            .await?;
        }
        Ok(())
    }

    /// Hands each case over to stage `to`.
    async fn advance(&self, cases: Result<Vec<ComplaintId>>, task: Task, to: Stage) -> Result<()> {
        let mut done = Ok(());
        for case in cases? {
            done = done.and(log_failure(
                case,
                self.take(case, task, self.now, async |_| Ok(to)).await,
            ));
        }
        done
    }

    /// Takes a file as the service and hands it over to the stage that `to` returns.
    async fn take(
        &self,
        case: ComplaintId,
        task: Task,
        now: DateTime<Utc>,
        to: impl AsyncFnOnce(&mut OpenFile<Task>) -> Result<Stage>,
    ) -> Result<()> {
        let request_time = RequestTime {
            now,
            calendars: self.calendars.clone(),
        };
        let mut file = Box::pin(take_as_service(
            self.database,
            &request_time,
            self.services.clone(),
            case,
            task,
        ))
        .await?;
        let to = Box::pin(to(&mut file)).await?;
        Box::pin(file.hand_over_without_view(to, Reply::no_content()))
            .await
            .map(|_| ())
    }

    async fn read<T>(
        &self,
        with: impl AsyncFnOnce(&mut sqlx::PgConnection) -> Result<T>,
    ) -> Result<T> {
        read_as(
            self.database,
            self.services,
            Principal::System,
            None,
            async |c, _, _| with(c).await,
        )
        .await
    }

    /// Begins a write in the service's context.
    async fn begin(&self) -> Result<IdempotentWrite> {
        begin_as_service(self.database, self.services, self.now).await
    }

    async fn expire_disclosures(&self) -> Result<()> {
        let mut work = self.begin().await?;
        disclosure::expire(&mut work, self.services, self.now, None).await?;
        work.commit().await
    }

    /// Notifies the conflict officers of reports of retaliation that have been released.
    async fn notify_of_retaliation(&self) -> Result<()> {
        let mut work = self.begin().await?;
        let at = RequestTime {
            now: self.now,
            calendars: self.calendars.clone(),
        };
        if retaliation::notify_protectors(&mut work, &at, self.services).await? {
            work.commit().await
        } else {
            Ok(())
        }
    }

    /// Moves the delayed acts of reporters that are due into the audit trail, each with its day,
    /// and notifies the handlers of each complaint with a new message once.
    async fn publish_reporter_acts(&self) -> Result<()> {
        let mut work = self.begin().await?;
        let waiting = delayed_audit::take_due(&mut work, self.now).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let at = RequestTime {
            now: self.now,
            calendars: self.calendars.clone(),
        };
        let wrote: BTreeSet<_> = waiting
            .iter()
            .filter(|act| ["reporter_wrote", "attach_scan"].contains(&act.action.as_str()))
            .map(|act| (act.case.0, act.surfaces_at))
            .collect();
        for (case, slot) in wrote {
            if let Some(of) = store::find_with_news(&mut work, ComplaintId(case), slot).await? {
                announcing::notify_reporter_wrote(&mut work, of, &at, self.services).await?;
            }
        }
        let events: Vec<_> = waiting
            .iter()
            .map(|act| audit_event(act, self.services))
            .collect();
        audit::append(&mut work, &self.services.audit, &events).await?;
        work.commit().await
    }
}

/// Logs a failure with the id of its complaint. A complaint that was moved or deleted meanwhile is
/// no failure.
fn log_failure(case: ComplaintId, outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(error) if matches!(error.code(), Some(Code::OutOfOrder | Code::NotFound)) => Ok(()),
        Err(error) => {
            tracing::error!(complaint.id = %case, "due work on a complaint failed");
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

/// The audit event of an act. The clerk of a paper complaint is recorded in the sealed detail.
fn audit_event<'a>(
    act: &'a delayed_audit::DelayedEvent,
    services: &ComplaintServices,
) -> Event<'a> {
    Event {
        at: None,
        on: act.on,
        detail: act.clerk.as_deref(),
        ..Event::new(
            act.office,
            Principal::Reporter,
            &act.action,
            services.keys.case_ref(act.case),
            act.surfaces_at,
        )
    }
}
