//! Scheduled jobs of whistle-blowing. No job is queued for a single case: the database would then
//! hold the minute at which a complaint was made. The jobs look for due work at fixed times. The
//! scheduler passes `null`, from which a struct without fields is deserialized.

pub mod copies;
pub mod release;
pub mod retention;

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::casework::worker::JobContext;
use crate::complaint::services::ComplaintServices;
use crate::error::{Error, Result};
use crate::identity::signed_in::today;

/// Nightly job: shreds data at the end of its retention period and stores an anchor of the audit
/// trail outside the database.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct RetentionJob;

impl TaskHandler for RetentionJob {
    const IDENTIFIER: &'static str = "retain_complaints";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(services)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<ComplaintServices>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        nightly(desk, services)
            .await
            .map_err(|error| error.to_string())
    }
}

async fn nightly(desk: &JobContext, services: &ComplaintServices) -> Result<()> {
    let now = desk.clock.now();
    let kept = retention::run(&desk.database, services, now).await;
    // The anchor reveals a truncated trail, so it is stored even when the retention failed.
    let anchored = desk
        .database
        .read(async |c| audit::write_anchor(c, &services.audit, &desk.documents, today(now)).await)
        .await;
    kept.and(anchored.map(|_| ()))
}

/// Registers the jobs of whistle-blowing with the worker.
pub(crate) fn define(options: WorkerOptions, services: ComplaintServices) -> Result<WorkerOptions> {
    options
        .add_extension(services)
        .define_job::<RetentionJob>()
        .with_cron("43 18 * * * retain_complaints")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::RetentionJob;

    /// A job that cannot be deserialized from `null` would fail every time.
    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<RetentionJob>("null").is_ok());
    }
}
