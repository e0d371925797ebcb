//! Background jobs of identity.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};

use super::Identity;
use super::password_reset::{self, PreparePasswordReset};
use crate::database::Database;
use crate::jobs::Job;

/// Context of the jobs.
#[derive(Clone)]
struct IdentityContext {
    identity: Identity,
    database: Database,
}

impl std::fmt::Debug for IdentityContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityContext")
    }
}

impl TaskHandler for PreparePasswordReset {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(identity_context) = context.get_ext::<IdentityContext>() else {
            return Err("the worker has no context for identity".to_owned());
        };
        password_reset::prepare(
            &identity_context.identity,
            &identity_context.database,
            &self,
        )
        .await
        .map_err(|error| error.to_string())
    }
}

/// Adds the jobs of identity to the worker options.
pub fn define(options: WorkerOptions, identity: Identity, database: Database) -> WorkerOptions {
    options
        .add_extension(IdentityContext { identity, database })
        .define_job::<PreparePasswordReset>()
}
