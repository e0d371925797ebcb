//! The jobs of identity.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use super::Identity;
use super::password_reset::{self, PreparePasswordReset};
use crate::database::Database;
use crate::jobs::Job;

/// What the handlers work with.
#[derive(Clone)]
struct Bureau {
    identity: Identity,
    database: Database,
}

impl std::fmt::Debug for Bureau {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bureau")
    }
}

impl TaskHandler for PreparePasswordReset {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(bureau) = context.get_ext::<Bureau>() else {
            return Err("the worker has no bureau".to_owned());
        };
        password_reset::prepare(&bureau.identity, &bureau.database, &self)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The engine's options with the jobs of identity.
#[must_use]
pub fn define(options: WorkerOptions, identity: Identity, database: Database) -> WorkerOptions {
    options
        .add_extension(Bureau { identity, database })
        .define_job::<PreparePasswordReset>()
}
