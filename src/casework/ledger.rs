//! The two clocks, office and customer: an append-only ledger of which party a file waits for, and
//! since when. `hand_over` writes it; minutes, due times and lateness are derived from it and from
//! nothing else (design: certification 3.8).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::workflow::{FileHeader, Workflow};
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::table::{Party, Sop, StandardTime};
use crate::sop::working_time::{Calendar, WIB};

/// A ledger entry: from `at` on, the file waits at `step`.
#[derive(Debug, Clone)]
pub struct ClockEntry {
    /// When the wait began.
    pub at: DateTime<Utc>,
    /// The numbered step; none when no clock runs.
    pub step: Option<u8>,
    /// The customer's round.
    pub round: i16,
}

/// Builds the entries of one file, in the order of the ledger, from three array columns. Arrays
/// cost the database half of what JSON would.
pub fn entries_from_columns(
    since: Vec<DateTime<Utc>>,
    steps: Vec<Option<i16>>,
    rounds: Vec<i16>,
) -> Vec<ClockEntry> {
    let columns = since.into_iter().zip(steps).zip(rounds);
    columns
        .map(|((at, step), round)| ClockEntry {
            at,
            step: step.and_then(|step| u8::try_from(step).ok()),
            round,
        })
        .collect()
}

/// The clock of the current step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClockView {
    /// The numbered step the file waits for.
    #[schema(example = 3)]
    pub step: u8,
    /// The party on the clock.
    pub party: Party,
    /// Standard time (waktu baku) in minutes of working time.
    #[schema(example = 120)]
    pub standard_minutes: u32,
    /// Working time used in this step and round, whole minutes.
    #[schema(example = 45)]
    pub used_minutes: i64,
    /// When the standard time is used up; in the past when it is overdue.
    pub due_at: Option<DateTime<Utc>>,
    /// True if more than the standard time has been used.
    pub overdue: bool,
    /// True if the due date lies in a year without decreed days off.
    pub provisional: bool,
}

/// Adds a ledger entry if the file changed its stage.
pub async fn record_move<W: Workflow>(
    connection: &mut PgConnection,
    sop: &'static Sop<W>,
    header: &FileHeader<W>,
    from: W::Stage,
    now: DateTime<Utc>,
) -> Result<()> {
    if from == header.stage {
        Ok(())
    } else {
        begin(
            connection,
            sop,
            (header.office, header.id),
            header.stage,
            header.round,
            now,
        )
        .await
    }
}

/// Adds a ledger entry: the file waits at `stage` from now on.
pub async fn begin<W: Workflow>(
    connection: &mut PgConnection,
    sop: &'static Sop<W>,
    (office, id): (OfficeId, Uuid),
    stage: W::Stage,
    round: i16,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = sop.waiting_at(stage);
    sqlx::query!(
        r#"
        insert into clock_entry (office_id, case_id, at, step, round, party)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        office.0,
        id,
        now,
        row.and_then(|row| row.no).map(i16::from),
        round,
        row.map(|row| row.actor.party().code()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Working time spent in one step of one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTime {
    /// The step.
    pub step: u8,
    /// The round.
    pub round: i16,
    /// When the step first began in this round.
    pub started_at: DateTime<Utc>,
    /// When the step last ended; none while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// Working time spent.
    pub used: TimeDelta,
    /// When the current stretch began; none when the step is not running.
    pub running_since: Option<DateTime<Utc>>,
    /// Working time spent before the current stretch.
    pub used_before: TimeDelta,
}

/// Sums the ledger per step and round, in the order of their beginnings. `turns` must be in the
/// order of the ledger.
pub fn step_times(turns: &[ClockEntry], calendar: &Calendar, now: DateTime<Utc>) -> Vec<StepTime> {
    let mut sums: Vec<StepTime> = Vec::new();
    for (i, turn) in turns.iter().enumerate() {
        let Some(step) = turn.step else { continue };
        let ended_at = turns.get(i + 1).map(|next| next.at);
        let used = calendar.elapsed(turn.at, ended_at.unwrap_or(now));
        let place = sums
            .iter()
            .position(|sum| (sum.step, sum.round) == (step, turn.round))
            .unwrap_or_else(|| {
                let zero = TimeDelta::zero();
                sums.push(StepTime {
                    step,
                    round: turn.round,
                    started_at: turn.at,
                    ended_at,
                    used: zero,
                    running_since: None,
                    used_before: zero,
                });
                sums.len() - 1
            });
        let sum = &mut sums[place];
        sum.used_before = sum.used;
        sum.used += used;
        sum.ended_at = ended_at;
        sum.running_since = ended_at.is_none().then_some(turn.at);
    }
    sums
}

/// The clock of the current step; none when no clock runs.
pub fn current_clock<W: Workflow>(
    sop: &'static Sop<W>,
    turns: &[ClockEntry],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Option<ClockView> {
    let running = step_times(turns, calendar, now)
        .into_iter()
        .find_map(|sum| sum.running_since.map(|since| (sum, since)));
    let (sum, since) = running?;
    let row = sop.step(sum.step)?;
    let StandardTime(standard) = row.within?;
    let budget = TimeDelta::minutes(standard.into());
    let due_at = calendar.due_at(budget, sum.used_before, since);
    Some(ClockView {
        step: sum.step,
        party: row.actor.party(),
        standard_minutes: standard,
        used_minutes: sum.used.num_minutes(),
        due_at,
        overdue: sum.used > budget,
        provisional: due_at
            .is_some_and(|due| calendar.is_provisional(due.with_timezone(&WIB).date_naive())),
    })
}
