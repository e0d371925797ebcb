//! What is kept of news, and for how long: events for whoever comes back, notifications for half a year.

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use super::position::KEPT;
use super::store;
use crate::casework::worker::JobContext;
use crate::casework::workflow::Asking;
use crate::complaint::read_transaction::read_as;
use crate::complaint::services::ComplaintServices;
use crate::error::{Error, Result};

/// How long a notification is kept.
const INBOX: TimeDelta = TimeDelta::days(180);

/// Deletes what is kept no longer. Every hour.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SweepNews;

impl TaskHandler for SweepNews {
    const IDENTIFIER: &'static str = "sweep_news";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(services)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<ComplaintServices>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        sweep(desk, services)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Deletes what is kept no longer.
///
/// # Errors
/// When the server refuses.
pub async fn sweep(desk: &JobContext, services: &ComplaintServices) -> Result<()> {
    let now = desk.clock.now();
    read_as(
        &desk.database,
        services,
        Asking::Service,
        None,
        async |c, _, _| store::sweep(c, now - KEPT, now - INBOX).await,
    )
    .await
}

/// The engine's options with this job.
///
/// # Errors
/// When the timetable cannot be read.
pub fn define(options: WorkerOptions) -> Result<WorkerOptions> {
    options
        .define_job::<SweepNews>()
        .with_cron("27 * * * * sweep_news")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::SweepNews;

    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<SweepNews>("null").is_ok());
    }
}
