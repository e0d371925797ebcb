//! Measures how late the files of one office are, by the calendar in force; the same for both
//! workflows.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::level::EscalationLevel;
use super::store;
use crate::casework::ledger::{self, ClockEntry, ClockView};
use crate::casework::workflow::{RequestTime, Workflow};
use crate::database::Database;
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::working_time::Calendar;

/// The calendar and time that lateness is measured by.
pub(super) struct Lateness {
    calendar: Arc<Calendar>,
    now: DateTime<Utc>,
}

impl Lateness {
    /// Loads the calendar of the office.
    pub(super) async fn of(
        database: &Database,
        office: OfficeId,
        at: &RequestTime,
    ) -> Result<Self> {
        let read = database.read(async |c| {
            let version = store::calendar(c, office).await?;
            at.calendars.version(c, office, version).await
        });
        Ok(Self {
            calendar: read.await?,
            now: at.now,
        })
    }

    /// The clock of a file of `W` that has reached a level; none while the file is in time.
    pub(super) fn clock<W: Workflow>(&self, turns: &[ClockEntry]) -> Option<ClockView> {
        ledger::current_clock(W::sop(), turns, &self.calendar, self.now)
            .filter(|clock| EscalationLevel::reached(clock).next().is_some())
    }
}
