//! The timeline: every act with actor and capacity, and each step's actual time against its
//! standard time, from journal and clock entries.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::file::ApplicationRecord;
use super::sop::SOP;
use super::store;
use super::views::TimelineEntry;
use crate::casework::ledger::{self, StepTime};
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::sop::table::{Party, StandardTime};

/// The timeline of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Timeline {
    /// Journal entries, in order.
    pub entries: Vec<TimelineEntry>,
    /// Every step of every round with its times.
    pub steps: Vec<MeasuredStep>,
    /// Working minutes used by the office in total.
    #[schema(example = 210)]
    pub office_minutes: i64,
    /// Working minutes used by the customer in total.
    #[schema(example = 55)]
    pub customer_minutes: i64,
}

/// Working time of one step in one round.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeasuredStep {
    /// Number of the printed step.
    #[schema(example = 3)]
    pub step: u8,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// The party that uses the time.
    pub party: Party,
    /// Start of the step.
    pub started_at: DateTime<Utc>,
    /// End of the step; null while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// Standard time in minutes.
    #[schema(example = 120)]
    pub standard_minutes: u32,
    /// Actual time in whole minutes.
    #[schema(example = 95)]
    pub used_minutes: i64,
    /// Whether the step is within its standard time.
    pub on_time: bool,
}

/// Reads the timeline. The caller must have checked that the user may see the application.
pub async fn read(
    connection: &mut PgConnection,
    record: ApplicationRecord,
    at: &RequestTime,
) -> Result<Timeline> {
    let calendar = at
        .calendars
        .version(connection, record.office, record.calendar_version)
        .await?;
    let steps: Vec<_> = ledger::step_times(&record.clock_entries, &calendar, at.now)
        .into_iter()
        .filter_map(measured)
        .collect();
    let minutes = |party| {
        steps
            .iter()
            .filter(|step| step.party == party)
            .map(|step| step.used_minutes)
            .sum()
    };
    let (office_minutes, customer_minutes) = (minutes(Party::Office), minutes(Party::Customer));
    Ok(Timeline {
        entries: store::journal_entries(connection, record.id).await?,
        steps,
        office_minutes,
        customer_minutes,
    })
}

fn measured(spent: StepTime) -> Option<MeasuredStep> {
    let row = SOP.step(spent.step)?;
    let StandardTime(standard) = row.within?;
    Some(MeasuredStep {
        step: spent.step,
        round: spent.round,
        party: row.actor.party(),
        started_at: spent.started_at,
        ended_at: spent.ended_at,
        standard_minutes: standard,
        used_minutes: spent.used.num_minutes(),
        on_time: spent.used <= chrono::TimeDelta::minutes(standard.into()),
    })
}
