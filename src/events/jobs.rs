//! Retention of events (seven days, for clients that reconnect) and of notifications (half a year).

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use super::position::EVENT_RETENTION;
use super::store;
use crate::casework::worker::JobContext;
use crate::complaint::read_transaction::read_as;
use crate::complaint::services::ComplaintServices;
use crate::error::{Error, Result};
use crate::sop::gate::Principal;

/// How long a notification is kept.
const NOTIFICATION_RETENTION: TimeDelta = TimeDelta::days(180);

/// The job that deletes expired events and notifications. Runs every hour.
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

/// Deletes expired events and notifications.
pub async fn sweep(desk: &JobContext, services: &ComplaintServices) -> Result<()> {
    let now = desk.clock.now();
    read_as(
        &desk.database,
        services,
        Principal::System,
        None,
        async |c, _, _| {
            store::delete_expired(c, now - EVENT_RETENTION, now - NOTIFICATION_RETENTION).await
        },
    )
    .await
}

/// Adds this job to the worker options.
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
