//! The jobs of whistle-blowing. None is queued for a case: the moment a job is queued is in the database, and would be the moment of a complaint. They look
//! at what is due at times of their own. The timetable hands them `null`, which is what a struct without fields is read from.

pub mod release;
pub mod retention;

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::casework::worker::JobContext;
use crate::complaint::services::ComplaintServices;
use crate::error::{Error, Result};
use crate::identity::signed_in::today;

/// Releases the complaints that are due. The supervised task `release` of the service does it every minute and queues nothing; this job is for the rows
/// that earlier versions queued.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Surface;

impl TaskHandler for Surface {
    const IDENTIFIER: &'static str = "surface_complaints";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(services)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<ComplaintServices>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        release::look(&desk.database, services, &desk.calendars, desk.clock.now())
            .await
            .map_err(|error| error.to_string())
    }
}

/// Every night: what is kept no longer is shredded, and the trail is anchored outside the database.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Retain;

impl TaskHandler for Retain {
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
    // The anchor is what finds a trail that was cut off: it is dropped whatever became of the rest.
    let anchored = desk
        .database
        .read(async |c| audit::drop_anchor(c, &services.audit, &desk.documents, today(now)).await)
        .await;
    kept.and(anchored.map(|_| ()))
}

/// The engine's options with the jobs of whistle-blowing.
///
/// # Errors
/// When a timetable cannot be read.
pub fn define(options: WorkerOptions, services: ComplaintServices) -> Result<WorkerOptions> {
    let options = options
        .add_extension(services)
        .define_job::<Surface>()
        .define_job::<Retain>();
    options
        .with_cron("43 18 * * * retain_complaints")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Retain, Surface};

    /// A job that cannot be read from what the timetable hands over fails every time, and no complaint ever surfaces.
    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<Surface>("null").is_ok());
        assert!(serde_json::from_str::<Retain>("null").is_ok());
    }
}
