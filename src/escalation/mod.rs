//! Escalation: at 75, 100 and 150 percent of a step's standard time the staff, the lead and the
//! head are notified (design: certification 3.8). The used time is derived from the ledger each
//! time; only the levels already sent are stored, so that each is sent once. The time of the
//! customer or reporter is never the office's lateness, and a stopped clock escalates nothing.

pub(crate) mod jobs;
mod late_files;
pub mod level;
mod store;

use chrono::{DateTime, Utc};

use late_files::escalate_all;

use crate::casework::calendars::Calendars;
use crate::casework::workflow::RequestTime;
use crate::complaint::services::ComplaintServices;
use crate::database::Database;
use crate::error::Result;
use crate::{certification, complaint};

/// Escalates every file that has become late by `now`, each level once. A failure of one file does
/// not stop the others.
pub async fn escalate_late_files(
    database: &Database,
    services: &ComplaintServices,
    calendars: &Calendars,
    now: DateTime<Utc>,
) -> Result<()> {
    let request_time = RequestTime {
        now,
        calendars: calendars.clone(),
    };
    Box::pin(escalate_all::<certification::sop::Task>(
        database,
        &(),
        &request_time,
    ))
    .await?;
    Box::pin(escalate_all::<complaint::sop::Task>(
        database,
        services,
        &request_time,
    ))
    .await
}
