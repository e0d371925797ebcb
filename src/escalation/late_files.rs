//! Escalates the late files of one workflow.

use std::future::Future;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::level::EscalationLevel;
use super::store::{self, Candidate};
use crate::casework::announce::{Notice, NotificationKind, notify, notify_by_tag};
use crate::casework::ledger::{self, ClockEntry, ClockView};
use crate::casework::workflow::{FileHeader, RequestTime, Workflow};
use crate::certification::announcing::notice;
use crate::certification::sop::Task as CertTask;
use crate::certification::store::hand_over::{awaited_staff, each_holder_of};
use crate::complaint::announcing::{recipients, step_notice};
use crate::complaint::file::ComplaintStatus;
use crate::complaint::read_transaction::read_as;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::Task as WbsTask;
use crate::database::Database;
use crate::error::Result;
use crate::ids::{ApplicationId, ComplaintId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};
use crate::sop::table::{Row, Task as _};
use crate::sop::working_time::Calendar;
use crate::web::IdempotentWrite;

/// A workflow whose late files are escalated.
pub(super) trait Escalated: Workflow {
    /// True if a log line may name a file.
    const NAMED_IN_LOGS: bool;

    /// The typed id of a file.
    fn id(case: Uuid) -> Self::Id;

    /// The files that may have reached their next level by `now`.
    fn candidates(
        database: &Database,
        services: &Self::Services,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Candidate>>>;

    /// Notifies the recipients of `level`: `percent` of the standard time of `step` is used up, and
    /// the file waits for `row`.
    fn notify(
        work: &mut IdempotentWrite,
        header: &FileHeader<Self>,
        level: EscalationLevel,
        late: (u8, &'static Row<Self>),
        at: &RequestTime,
        services: &Self::Services,
    ) -> impl Future<Output = Result<()>>;
}

impl Escalated for CertTask {
    const NAMED_IN_LOGS: bool = true;

    fn id(case: Uuid) -> ApplicationId {
        ApplicationId(case)
    }

    async fn candidates(
        database: &Database,
        (): &(),
        now: DateTime<Utc>,
    ) -> Result<Vec<Candidate>> {
        database
            .read(async |c| store::candidates::<Self>(c, now).await)
            .await
    }

    /// The staff of the step, their lead, then the head; the head also where the office has no
    /// holder of the role.
    async fn notify(
        work: &mut IdempotentWrite,
        header: &FileHeader<Self>,
        level: EscalationLevel,
        (step, row): (u8, &'static Row<Self>),
        at: &RequestTime,
        (): &(),
    ) -> Result<()> {
        let people = if level == EscalationLevel::Warning {
            awaited_staff(work, header, at.now).await?
        } else {
            let roles = level.roles(Self::sop().roles_waited_for(header.stage));
            let people = each_holder_of(work, header, roles, at.now).await?;
            if people.is_empty() {
                each_holder_of(work, header, Roles::NONE.with(Role::Head), at.now).await?
            } else {
                people
            }
        };
        let late = notice(header, NotificationKind::StepLate, Some(row));
        notify(work, &at_level(late, level, step), &people, at.now).await
    }
}

impl Escalated for WbsTask {
    const NAMED_IN_LOGS: bool = false;

    fn id(case: Uuid) -> ComplaintId {
        ComplaintId(case)
    }

    async fn candidates(
        database: &Database,
        services: &ComplaintServices,
        now: DateTime<Utc>,
    ) -> Result<Vec<Candidate>> {
        read_as(
            database,
            services,
            Principal::System,
            None,
            async |c, _, _| store::candidates::<Self>(c, now).await,
        )
        .await
    }

    /// Only the recipients that may know of the complaint: a barred head, and a head without
    /// knowledge of the complaint, is not notified.
    async fn notify(
        work: &mut IdempotentWrite,
        header: &FileHeader<Self>,
        level: EscalationLevel,
        (step, row): (u8, &'static Row<Self>),
        at: &RequestTime,
        services: &ComplaintServices,
    ) -> Result<()> {
        let roles = level.roles(Self::sop().roles_waited_for(header.stage));
        let of = ComplaintStatus::of(header);
        let tags = recipients(work, of, roles, None, at, services).await?;
        let late = step_notice(header, NotificationKind::StepLate, row);
        notify_by_tag(work, &at_level(late, level, step), &tags, at.now).await
    }
}

fn at_level(late: Notice<'static>, level: EscalationLevel, step: u8) -> Notice<'static> {
    Notice {
        step: Some(step),
        percent: Some(level.percent()),
        ..late
    }
}

/// Escalates every file of `W` that has become late.
pub(super) async fn escalate_all<W: Escalated>(
    database: &Database,
    services: &W::Services,
    at: &RequestTime,
) -> Result<()> {
    for candidate in W::candidates(database, services, at.now).await? {
        let named = W::NAMED_IN_LOGS.then(|| tracing::field::display(candidate.case));
        if let Err(error) = Box::pin(escalate::<W>(database, services, at, candidate)).await {
            tracing::warn!(
                subject = W::SUBJECT,
                file.id = named,
                %error,
                "a file could not be looked at for being late"
            );
        }
    }
    Ok(())
}

async fn escalate<W: Escalated>(
    database: &Database,
    services: &W::Services,
    at: &RequestTime,
    candidate: Candidate,
) -> Result<()> {
    let calendar = database.read(async |c| {
        let version = store::calendar(c, candidate.office).await?;
        at.calendars.version(c, candidate.office, version).await
    });
    let calendar = calendar.await?;
    if late_clock::<W>(&candidate.turns, &calendar, at.now).is_none() {
        return Ok(());
    }
    let mut work = IdempotentWrite::for_job(database, at.now).await?;
    // The lock serializes this check with concurrent moves, so the ledger does not change until the
    // commit.
    let id = W::id(candidate.case);
    let Some(header) = W::lock(&mut work, id, Principal::System, services).await? else {
        return Ok(());
    };
    let turns = store::ledger(&mut work, candidate.case).await?;
    let (Some(clock), Some(turn), Some(row)) = (
        late_clock::<W>(&turns, &calendar, at.now),
        turns.last(),
        W::sop().rows_waited_for(header.stage).first().copied(),
    ) else {
        return Ok(());
    };
    for level in EscalationLevel::reached(&clock) {
        let reached = (clock.step, turn.round);
        if store::record_level(&mut work, header.id, reached, level.percent(), at.now).await? {
            W::notify(&mut work, &header, level, (clock.step, row), at, services).await?;
        }
    }
    work.commit().await
}

/// The clock of a file of `W` that has reached a level; none while the file is in time.
fn late_clock<W: Workflow>(
    turns: &[ClockEntry],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Option<ClockView> {
    ledger::current_clock(W::sop(), turns, calendar, now)
        .filter(|clock| EscalationLevel::reached(clock).next().is_some())
}
