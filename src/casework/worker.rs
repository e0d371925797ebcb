//! Runs the queued jobs: `graphile_worker` on its own few connections, apart from those of
//! requests.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{
    IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions, WorkerShutdownConfig,
};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity;

/// Jobs run at the same time. The slow jobs, mail and the mirror, have a queue each, so they cannot
/// occupy all workers.
const CONCURRENCY: usize = 4;

/// The context of a job.
#[derive(Clone)]
pub struct JobContext {
    /// The connection pool for jobs.
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
        f.write_str("JobContext")
    }
}

/// Deletes expired idempotency records, ended sessions, and uploads that were never recorded. Runs
/// every hour.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sweep;

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
    delete_expired_replies(&mut transaction, now).await?;
    identity::session::delete_expired(&mut transaction, now).await?;
    transaction.commit().await?;
    let strays = desk
        .documents
        .remove_strays(now - TimeDelta::days(1))
        .await?;
    if strays > 0 {
        tracing::info!(strays, "removed uploads that were never recorded");
    }
    Ok(())
}

/// How long a stored reply is kept.
const RETENTION: TimeDelta = TimeDelta::hours(24);

/// Deletes stored replies older than [`RETENTION`] and returns how many unsealed ones there were.
async fn delete_expired_replies(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    // A sealed reply stores only its date, so it is deleted one day later.
    sqlx::query!(
        "delete from sealed_reply where on_date < ($1 at time zone 'Asia/Jakarta')::date",
        now - RETENTION
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "delete from idempotency_record where at < $1",
        now - RETENTION
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The worker options with the jobs of casework; each workflow adds its jobs with `define_job`.
pub fn worker_options(pool: PgPool, desk: JobContext) -> Result<WorkerOptions> {
    let options = WorkerOptions::default()
        .pg_pool(pool)
        .concurrency(CONCURRENCY)
        .add_extension(desk)
        .define_job::<Sweep>();
    options
        .with_cron("17 * * * * sweep")
        .map_err(|error| Error::internal(error.to_string()))
}

/// Stops the worker when `signal` completes: running jobs finish, no new job starts. OS signals are
/// handled by `main`.
pub fn shutdown_on(signal: impl Future<Output = ()> + Send + 'static) -> WorkerShutdownConfig {
    WorkerShutdownConfig::default()
        .listen_os_shutdown_signals(false)
        .shutdown_signal(signal)
}

#[cfg(test)]
mod tests {
    use super::Sweep;

    /// A job that cannot be parsed from the cron payload would fail every time.
    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<Sweep>("null").is_ok());
    }
}
