//! Runs the queued jobs: `graphile_worker` on a few connections of its own, beside the requests.

use graphile_worker::{
    IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions, WorkerShutdownConfig,
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity;

/// Jobs done at the same time: the slow ones, mail and the mirror, stand in a line of their own each, so others find a place.
const AT_ONCE: usize = 4;

/// What a handler works with.
#[derive(Clone)]
pub struct JobContext {
    /// Connections for jobs.
    pub database: Database,
    /// The time.
    pub clock: crate::clock::Clock,
    /// The calendars.
    pub calendars: super::calendars::Calendars,
    /// The documents.
    pub documents: crate::gateways::document_store::DocumentStore,
}

impl std::fmt::Debug for JobContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JobDesk")
    }
}

/// Sweeps what nobody needs any more: old idempotency records, sessions long ended, and uploads that were never recorded. Every hour.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sweep;

impl TaskHandler for Sweep {
    const IDENTIFIER: &'static str = "sweep";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        sweep(desk).await.map_err(|error| error.to_string())
    }
}

async fn sweep(desk: &JobContext) -> Result<()> {
    let now = desk.clock.now();
    let mut transaction = desk.database.begin().await?;
    super::idempotency::forget(&mut transaction, now).await?;
    identity::session::sweep(&mut transaction, now).await?;
    transaction.commit().await?;
    let strays = desk
        .documents
        .remove_strays(now - chrono::TimeDelta::days(1))
        .await?;
    if strays > 0 {
        tracing::info!(strays, "removed uploads that were never recorded");
    }
    Ok(())
}

/// The engine's options with everything both workflows share; a workflow adds its jobs with `define_job`.
///
/// # Errors
/// When the timetable cannot be read.
pub fn options(pool: PgPool, desk: JobContext) -> Result<WorkerOptions> {
    let options = WorkerOptions::default()
        .pg_pool(pool)
        .concurrency(AT_ONCE)
        .add_extension(desk)
        .define_job::<Sweep>();
    options
        .with_cron("17 * * * * sweep")
        .map_err(|error| Error::internal(error.to_string()))
}

/// Stops when `signal` is done: jobs under way finish, nothing new is begun. The process's own signals are `main`'s to hear.
#[must_use]
pub fn stopping(signal: impl Future<Output = ()> + Send + 'static) -> WorkerShutdownConfig {
    WorkerShutdownConfig::default()
        .listen_os_shutdown_signals(false)
        .shutdown_signal(signal)
}

#[cfg(test)]
mod tests {
    use super::Sweep;

    /// A job that cannot be read from what the timetable hands over fails every time.
    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<Sweep>("null").is_ok());
    }
}
