//! The timeline: what was done, by whom in which capacity, and each step's actual time against its standard time, all from journal and ledger.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::file::Record;
use super::sop::SOP;
use super::store;
use super::views::TimelineEntry;
use crate::casework::ledger::{self, Spent};
use crate::casework::workflow::RequestTime;
use crate::error::Result;
use crate::sop::table::{Party, Within};

/// The timeline of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Timeline {
    /// What was done, in order.
    pub entries: Vec<TimelineEntry>,
    /// Each step of each round, measured.
    pub steps: Vec<MeasuredStep>,
    /// Working minutes the office used in all.
    #[schema(example = 210)]
    pub office_minutes: i64,
    /// Working minutes the customer used in all.
    #[schema(example = 55)]
    pub customer_minutes: i64,
}

/// A step of a round, measured in working time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeasuredStep {
    /// The printed step.
    #[schema(example = 3)]
    pub step: u8,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// Whose time it is.
    pub party: Party,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// Standard time in minutes.
    #[schema(example = 120)]
    pub standard_minutes: u32,
    /// Actual time in whole minutes.
    #[schema(example = 95)]
    pub used_minutes: i64,
    /// Whether it kept, or so far keeps, its standard time.
    pub on_time: bool,
}

/// Reads the timeline of an application that the caller was found to see.
///
/// # Errors
/// When the server refuses.
pub async fn read(
    connection: &mut PgConnection,
    record: Record,
    at: &RequestTime,
) -> Result<Timeline> {
    let calendar = at
        .calendars
        .version(connection, record.office, record.calendar_version)
        .await?;
    let steps: Vec<_> = ledger::spent(&record.turns, &calendar, at.now)
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
        entries: store::entries(connection, record.id).await?,
        steps,
        office_minutes,
        customer_minutes,
    })
}

fn measured(spent: Spent) -> Option<MeasuredStep> {
    let row = SOP.step(spent.step)?;
    let Within(standard) = row.within?;
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
