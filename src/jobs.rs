//! Background jobs: queued in the transaction of the change that needs them, and run by the job
//! engine at least once, so every handler must be repeatable.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::postgres::types::PgInterval;

use crate::error::{Error, Result};

/// A job that can be queued.
pub trait Job: Serialize {
    /// The task identifier in the engine.
    const NAME: &'static str;
    /// The queue of the job. Jobs of one queue run one after another, so that a slow external
    /// service delays nothing else; without a queue they run in parallel.
    const QUEUE: Option<&'static str> = None;

    /// The key of the job: queued again, it replaces the waiting job with the same key.
    fn key(&self) -> String;
}

/// Queues `job` to run at `at` or soon after.
pub async fn queue<J: Job>(
    connection: &mut PgConnection,
    job: &J,
    at: DateTime<Utc>,
) -> Result<()> {
    queue_all(connection, std::slice::from_ref(job), at).await
}

/// Queues each of `jobs` to run at `at` or soon after, in one statement.
pub async fn queue_all<J: Job>(
    connection: &mut PgConnection,
    jobs: &[J],
    at: DateTime<Utc>,
) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let payloads: Vec<_> = jobs
        .iter()
        .map(serde_json::to_value)
        .collect::<serde_json::Result<_>>()
        .map_err(Error::internal)?;
    let keys: Vec<_> = jobs.iter().map(Job::key).collect();
    sqlx::query(
        "
        select
        from unnest($2::json[], $4::text[]) as t (payload, key),
            graphile_worker.add_job($1, payload => t.payload, queue_name => $5, run_at => $3, job_key => t.key)
        ",
    )
    .bind(J::NAME)
    .bind(payloads)
    .bind(at)
    .bind(keys)
    .bind(J::QUEUE)
    .execute(connection)
    .await?;
    Ok(())
}

/// The longest wait of a job that ran early: the service's clock may be corrected meanwhile.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Queues `job` to run after `left`, or after `LONGEST_WAIT`. For a job that is not yet due by the
/// service's clock although the engine, which uses the database's clock, has started it. The wait
/// is therefore counted from the database's time, and no rule depends on it.
pub async fn queue_after<J: Job>(
    connection: &mut PgConnection,
    job: &J,
    left: TimeDelta,
) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::internal)?;
    let wait = left.clamp(TimeDelta::zero(), LONGEST_WAIT);
    sqlx::query("select from graphile_worker.add_job($1, payload => $2::json, queue_name => $5, run_at => clock_timestamp() + $3, job_key => $4)")
        .bind(J::NAME)
        .bind(payload)
        .bind(PgInterval { months: 0, days: 0, microseconds: (wait.num_seconds() + 1) * 1_000_000 })
        .bind(job.key())
        .bind(J::QUEUE)
        .execute(connection)
        .await?;
    Ok(())
}
