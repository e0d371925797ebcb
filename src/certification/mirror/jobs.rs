//! The jobs of the mirror. Both may run again: what is at Drive already is found by its mark.

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

/// The engine's options with the jobs of the mirror.
#[must_use]
pub fn define(options: WorkerOptions, mirror: Mirror) -> WorkerOptions {
    options
        .add_extension(mirror)
        .define_job::<MirrorFolder>()
        .define_job::<MirrorDocument>()
}
