//! The steps of a report: files within the standard time, and durations.

use serde::Serialize;

use super::minutes::{Minutes, MinutesView};
use crate::certification::sop::SOP;
use crate::reporting::realization::row::StepRealization;
use crate::sop::table::{Party, StandardTime, Task as _};
use crate::sop::text::Term;

/// A numbered step over all rows.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StepSummary {
    /// The printed number.
    #[schema(example = 3)]
    pub step: u8,
    /// The task's code.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// The title.
    pub title: Term,
    /// The party on the clock.
    pub party: Party,
    /// The standard time of one round, in minutes.
    #[schema(example = 120)]
    pub standard_minutes: i64,
    /// Files that reached the step.
    #[schema(example = 40)]
    pub reached: u64,
    /// Files in which every round was within the standard time.
    #[schema(example = 36)]
    pub on_time: u64,
    /// Files in which a round exceeded it, ended or still running.
    #[schema(example = 3)]
    pub late: u64,
    /// Files in which the step runs and has time left.
    #[schema(example = 1)]
    pub undecided: u64,
    /// Files in which the step runs and its time is used up.
    #[schema(example = 1)]
    pub overdue_now: u64,
    /// `on_time` as a percentage of `on_time` and `late`, to a tenth; null where nothing is
    /// decided.
    #[schema(required, example = 92.3)]
    pub on_time_percent: Option<f64>,
    /// Minutes of files in which the step is finished, all rounds together.
    pub minutes: MinutesView,
    /// Minutes of each finished round, compared with the standard time.
    pub round_minutes: MinutesView,
}

/// Accumulates one step.
#[derive(Debug, Default)]
pub(super) struct StepTally {
    reached: u64,
    on_time: u64,
    late: u64,
    overdue_now: u64,
    files: Minutes,
    rounds: Minutes,
}

impl StepTally {
    pub(super) fn add(&mut self, step: &StepRealization) {
        let Some(used) = step.used_minutes else {
            return;
        };
        self.reached += 1;
        self.on_time += u64::from(step.on_time == Some(true));
        self.late += u64::from(step.on_time == Some(false));
        self.overdue_now += u64::from(
            step.rounds
                .iter()
                .any(|round| !round.ended && round.on_time == Some(false)),
        );
        if step.ended_at.is_some() {
            self.files.add(used);
        }
        step.rounds
            .iter()
            .filter(|round| round.ended)
            .for_each(|round| self.rounds.add(round.used_minutes));
    }
}

/// One summary for each numbered step of the SOP, also for steps that no row reached.
pub(super) fn summaries(tallies: &[StepTally]) -> Vec<StepSummary> {
    let nothing = StepTally::default();
    let numbered = SOP
        .rows
        .iter()
        .filter_map(|row| Some((row, row.no?, row.within?)));
    let lines = numbered
        .enumerate()
        .map(|(i, (row, step, StandardTime(standard)))| {
            let tally = tallies.get(i).unwrap_or(&nothing);
            StepSummary {
                step,
                task: row.task.code(),
                title: row.title,
                party: row.actor.party(),
                standard_minutes: standard.into(),
                reached: tally.reached,
                on_time: tally.on_time,
                late: tally.late,
                undecided: tally.reached - tally.on_time - tally.late,
                overdue_now: tally.overdue_now,
                on_time_percent: percent(tally.on_time, tally.on_time + tally.late),
                minutes: tally.files.view(),
                round_minutes: tally.rounds.view(),
            }
        });
    lines.collect()
}

/// `part` of `whole` in percent to a tenth, rounded half up.
fn percent(part: u64, whole: u64) -> Option<f64> {
    let tenths = (2000 * part + whole).checked_div(2 * whole)?;
    Some(f64::from(u32::try_from(tenths).unwrap_or(1000)) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percentage_of_nothing_is_none_and_halves_go_up() {
        assert_eq!(
            [
                percent(0, 0),
                percent(0, 3),
                percent(1, 3),
                percent(2, 3),
                percent(1, 2000),
                percent(3, 3)
            ]
            .map(|share| share.map(|p| (p * 10.0).round() / 10.0)),
            [
                None,
                Some(0.0),
                Some(33.3),
                Some(66.7),
                Some(0.1),
                Some(100.0)
            ]
        );
    }
}
