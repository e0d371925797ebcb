//! How late files of one office are, by the calendar in force: the same for both workflows.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::level::EscalationLevel;
use super::store;
use crate::casework::ledger::{self, ClockView, Turn};
use crate::casework::workflow::{RequestTime, Workflow};
use crate::database::Database;
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::working_time::Calendar;

/// What lateness is measured by.
pub(super) struct Lateness {
    calendar: Arc<Calendar>,
    now: DateTime<Utc>,
}

impl Lateness {
    /// In this office, now.
    ///
    /// # Errors
    /// When the server refuses.
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

    /// The clock of a file of `W` that has reached a rung; none while it is in time.
    pub(super) fn clock<W: Workflow>(&self, turns: &[Turn]) -> Option<ClockView> {
        ledger::reading(W::sop(), turns, &self.calendar, self.now)
            .filter(|clock| EscalationLevel::reached(clock).next().is_some())
    }
}
