//! Background jobs of the mirror. Both are idempotent: existing files and folders in Drive are
//! found by their mark.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use super::orders::{MirrorDocument, MirrorFolder};
use super::{Mirror, files, folders};
use crate::casework::worker::JobContext;
use crate::jobs::Job;

impl TaskHandler for MirrorFolder {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(mirror)) =
            (context.get_ext::<JobContext>(), context.get_ext::<Mirror>())
        else {
            return Err("the worker has no desk".to_owned());
        };
        folders::mirror(desk, mirror, self.application)
            .await
            .map_err(|error| error.to_string())
    }
}

impl TaskHandler for MirrorDocument {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(mirror)) =
            (context.get_ext::<JobContext>(), context.get_ext::<Mirror>())
        else {
            return Err("the worker has no desk".to_owned());
        };
        files::mirror(desk, mirror, self.document)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Registers the jobs of the mirror with the job engine.
pub fn define(options: WorkerOptions, mirror: Mirror) -> WorkerOptions {
    options
        .add_extension(mirror)
        .define_job::<MirrorFolder>()
        .define_job::<MirrorDocument>()
}
