//! What the service does by itself: lays complaints before the office at the surfacing times, delivers signed answers, goes on when a reporter has answered,
//! closes what was acknowledged, tells that reporters have written, alarms when the hours of a breach run out, and lets reporters' acts into the audit
//! trail. A task looks every minute; each move is taken from the gate as any other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::audit::{self, Actor, Event};
use crate::casework::calendars::Calendars;
use crate::casework::desk::{OpenFile, take_for_the_service};
use crate::casework::workflow::{Asking, RequestTime};
use crate::complaint::announcing;
use crate::complaint::breach;
use crate::complaint::disclosure;
use crate::complaint::read_transaction::read_as;
use crate::complaint::retaliation;
use crate::complaint::screening::{renamed, rescreening};
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{delayed_audit, release as store, sessions};
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::ComplaintId;
use crate::web::{IdempotentWrite, Reply};

/// Does everything that is due. What cannot be done with one complaint, or of one kind, keeps no other back.
///
/// # Errors
/// The first of them; what was done stays done, and the next look does the rest.
pub async fn look(
    database: &Database,
    services: &ComplaintServices,
    calendars: &Calendars,
    now: DateTime<Utc>,
) -> Result<()> {
    let look = Look {
        database,
        services,
        calendars,
        now,
    };
    let done = [
        // First of all: nobody is told of what they may not know, and no message can be read before its names were looked for.
        look.screen_again().await,
        renamed::note(database, services, now).await,
        // Before what reporters wrote is told of: between signature and delivery there is nobody who could answer.
        look.move_on(
            look.read(async |c| store::signed(c).await).await,
            Task::DeliverAnswer,
            Stage::Answered,
        )
        .await,
        look.let_acts_in().await,
        look.expire_disclosures().await,
        breach::watch(database, services, now).await,
        look.surface().await,
        // After complaints have surfaced: one may have come with a report.
        look.tell_of_retaliation().await,
        look.move_on(
            look.read(async |c| store::to_resume(c, now).await).await,
            Task::ResumeComplaint,
            Stage::InResolution,
        )
        .await,
        look.move_on(
            look.read(async |c| store::to_close(c, now).await).await,
            Task::CloseComplaint,
            Stage::Closed,
        )
        .await,
        look.read(async |c| sessions::sweep(c, now).await).await,
    ];
    done.into_iter().collect()
}

struct Look<'a> {
    database: &'a Database,
    services: &'a ComplaintServices,
    calendars: &'a Calendars,
    now: DateTime<Utc>,
}

impl Look<'_> {
    /// Complaints become known at their surfacing time: that moment, and no other, is in the clock and in the trail.
    async fn surface(&self) -> Result<()> {
        let mut done = Ok(());
        for (case, slot) in self.read(async |c| store::due(c, self.now).await).await? {
            done = done.and(of(
                case,
                self.take(case, Task::SurfaceComplaint, slot, async |file| {
                    rescreening::on_surfacing(file).await
                })
                .await,
            ));
        }
        done
    }

    /// Screens what must be screened again.
    async fn screen_again(&self) -> Result<()> {
        let mut done = Ok(());
        for case in self
            .read(async |c| rescreening::due(c, self.now, self.services).await)
            .await?
        {
            done = done.and(of(case, self.screen_one_again(case).await));
        }
        done
    }

    async fn screen_one_again(&self, case: ComplaintId) -> Result<()> {
        if Box::pin(rescreening::must_be_taken(
            self.database,
            case,
            self.now,
            self.services,
        ))
        .await?
        {
            self.take(case, Task::ScreenAgain, self.now, async |file| {
                rescreening::screen_again(file).await
            })
            .await?;
        }
        Ok(())
    }

    /// Hands each of these over to `to`.
    async fn move_on(&self, cases: Result<Vec<ComplaintId>>, task: Task, to: Stage) -> Result<()> {
        let mut done = Ok(());
        for case in cases? {
            done = done.and(of(
                case,
                self.take(case, task, self.now, async |_| Ok(to)).await,
            ));
        }
        done
    }

    /// Takes a file as the service, and hands it over to where `to` says.
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
        let mut file = Box::pin(take_for_the_service(
            self.database,
            &request_time,
            self.services.clone(),
            case,
            task,
        ))
        .await?;
        let to = Box::pin(to(&mut file)).await?;
        Box::pin(file.hand_over_quietly(to, Reply::nothing()))
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
            Asking::Service,
            None,
            async |c, _, _| with(c).await,
        )
        .await
    }

    /// Begins a write that may see every complaint.
    async fn begin(&self) -> Result<IdempotentWrite> {
        let mut work = IdempotentWrite::of_the_service(self.database, self.now).await?;
        Viewer::enter(&mut work, Asking::Service, None, &self.services.keys).await?;
        Ok(work)
    }

    async fn expire_disclosures(&self) -> Result<()> {
        let mut work = self.begin().await?;
        disclosure::expire(&mut work, self.services, self.now, None).await?;
        work.commit().await
    }

    /// Who protects reporters hears of reports of retaliation that can be read by now.
    async fn tell_of_retaliation(&self) -> Result<()> {
        let mut work = self.begin().await?;
        let at = RequestTime {
            now: self.now,
            calendars: self.calendars.clone(),
        };
        if retaliation::tell(&mut work, &at, self.services).await? {
            work.commit().await
        } else {
            Ok(())
        }
    }

    /// The acts of reporters that have waited long enough enter the trail together, each with its day; who handles a complaint with news hears so once.
    async fn let_acts_in(&self) -> Result<()> {
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
            if let Some(of) = store::with_news(&mut work, ComplaintId(case), slot).await? {
                announcing::reporter_wrote(&mut work, of, &at, self.services).await?;
            }
        }
        let events: Vec<_> = waiting
            .iter()
            .map(|act| of_act(act, self.services))
            .collect();
        audit::append(&mut work, &self.services.audit, &events).await?;
        work.commit().await
    }
}

/// What became of one complaint. That somebody was faster is fine; what else failed is logged with which it was.
fn of(case: ComplaintId, outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(error) if matches!(error.code(), Some(Code::OutOfOrder | Code::NotFound)) => Ok(()),
        Err(error) => {
            tracing::error!(complaint.id = %case, "what is due cannot be done with a complaint");
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

/// The event of an act. Which clerk typed in a paper is a sealed word of it.
fn of_act<'a>(act: &'a delayed_audit::Waiting, services: &ComplaintServices) -> Event<'a> {
    Event {
        office: act.office,
        at: None,
        on: act.on,
        actor: Actor::Reporter,
        action: &act.action,
        object: services.keys.case_ref(act.case),
        step: None,
        moved: None,
        counted: (0, 0),
        detail: act.clerk.as_deref(),
    }
}
