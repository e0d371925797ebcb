//! Background jobs of certification.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use super::confirmation::ExpireConfirmation;
use super::steps::expire_application::expire_application;
use crate::casework::jobs::{Job, queue_after};
use crate::casework::worker::JobContext;
use crate::casework::workflow::RequestTime;
use crate::error::Result;

impl TaskHandler for ExpireConfirmation {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        let request_time = RequestTime {
            now: desk.clock.now(),
            calendars: desk.calendars.clone(),
        };
        expire(desk, &request_time, self)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Expires the application, or queues the job again if the deadline has not passed: the job engine
/// uses the database's clock, which may be ahead of the service's.
async fn expire(
    desk: &JobContext,
    request_time: &RequestTime,
    job: ExpireConfirmation,
) -> Result<()> {
    match expire_application(&desk.database, request_time, job.application, job.seq).await? {
        Some(left) => {
            desk.database
                .read(async |c| queue_after(c, &job, left).await)
                .await
        }
        None => Ok(()),
    }
}

/// Registers the jobs of certification with the job engine.
pub fn define(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<ExpireConfirmation>()
}
