//! The job that escalates late files, every minute. It may run twice, late, or after a restart:
//! each level is sent once.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use super::escalate_late_files;
use crate::casework::worker::JobContext;
use crate::complaint::services::ComplaintServices;
use crate::error::{Error, Result};

/// Escalates late files.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct EscalateSteps;

impl TaskHandler for EscalateSteps {
    const IDENTIFIER: &'static str = "escalate_steps";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(services)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<ComplaintServices>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        let now = desk.clock.now();
        let looked = escalate_late_files(&desk.database, services, &desk.calendars, now)
            .await
            .map_err(|error| error.to_string());
        if looked.is_ok() {
            metrics::gauge!("escalation_last_look_seconds")
                .set(u32::try_from(now.timestamp()).unwrap_or_default());
        }
        looked
    }
}

/// Adds this job to the worker options.
pub fn define(options: WorkerOptions) -> Result<WorkerOptions> {
    options
        .define_job::<EscalateSteps>()
        .with_cron("* * * * * escalate_steps")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::EscalateSteps;

    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<EscalateSteps>("null").is_ok());
    }
}
