//! The jobs of certification.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use super::confirmation::ExpireConfirmation;
use super::steps::expire_application::expire_application;
use crate::casework::jobs::Job;
use crate::casework::worker::JobDesk;
use crate::casework::workflow::Desktop;

impl TaskHandler for ExpireConfirmation {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobDesk>() else { return Err("the worker has no desk".to_owned()) };
        let desktop = Desktop { now: desk.clock.now(), calendars: desk.calendars.clone() };
        expire_application(&desk.database, &desktop, self.application, self.seq).await.map_err(|error| error.to_string())
    }
}

/// The engine's options with the jobs of certification.
#[must_use]
pub fn define(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<ExpireConfirmation>()
}
