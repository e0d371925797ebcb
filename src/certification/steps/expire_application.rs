//! Side exit, by the service: expires an application after an unanswered confirmation. The job is
//! queued in the transaction that sends the sheet.

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use crate::casework::desk::take_as_service;
use crate::casework::worker::JobContext;
use crate::casework::workflow::RequestTime;
use crate::certification::confirmation::{self, ExpireConfirmation, Expiry};
use crate::certification::sop::{Stage, Task};
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::ApplicationId;
use crate::jobs::{Job, queue_after};

/// Expires the application if proposal `seq` is still current and its deadline has passed by the
/// service's clock. Returns the time left if the deadline has not passed: the job engine uses the
/// database's clock, which may be ahead, so the job must run again. Idempotent.
pub async fn expire_application(
    database: &Database,
    request_time: &RequestTime,
    id: ApplicationId,
    seq: i16,
) -> Result<Option<TimeDelta>> {
    let mut file =
        match take_as_service(database, request_time, (), id, Task::ExpireApplication).await {
            Ok(file) => file,
            Err(refusal) if matches!(refusal.code(), Some(Code::OutOfOrder | Code::NotFound)) => {
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
    match confirmation::expiry(&mut file, seq).await? {
        Expiry::Settled => Ok(None),
        Expiry::Early(left) => Ok(Some(left)),
        Expiry::Due => file.hand_over(Stage::Expired).await.map(|_| None),
    }
}

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

/// Expires the application, or queues the job again if the deadline has not passed.
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

/// Registers the job with the job engine.
pub fn define(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<ExpireConfirmation>()
}
