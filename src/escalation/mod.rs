//! What becomes late: at 75, 100 and 150 percent of a step's standard time the person, the lead and the head are told (design: certification 3.8). Whose
//! time runs, and how much of it is used, is derived from the ledger each time; kept is only which rung was told, so that it is told once. The customer's and
//! the reporter's time is never the office's lateness, and a clock that stands still fires nothing.

mod applications;
mod complaints;
pub mod jobs;
mod lateness;
pub mod level;
mod store;

use chrono::{DateTime, Utc};

use crate::casework::calendars::Calendars;
use crate::casework::workflow::RequestTime;
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::Result;

/// Tells of everything that has become late by `now` and was not told yet. A file that cannot be looked at keeps no other from being looked at.
///
/// # Errors
/// When the server refuses to say what there is.
pub async fn look(
    database: &Database,
    services: &ComplaintServices,
    calendars: &Calendars,
    now: DateTime<Utc>,
) -> Result<()> {
    let request_time = RequestTime {
        now,
        calendars: calendars.clone(),
    };
    Box::pin(applications::look(database, &request_time)).await?;
    Box::pin(complaints::look(database, services, &request_time)).await
}
