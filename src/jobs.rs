//! Work for later: queued in the transaction of the change that wants it, done by the job engine at least once, so every handler may run again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::postgres::types::PgInterval;

use crate::error::{Error, Result};

/// A job that can be queued.
pub trait Job: Serialize {
    /// What the engine calls it.
    const NAME: &'static str;
    /// Jobs of one line are done one after another: a slow outer world holds up nothing else. None: side by side.
    const LINE: Option<&'static str> = None;

    /// Names this very job: queued again it replaces the one that waits.
    fn key(&self) -> String;
}

/// Queues `job` to run at `at` or soon after.
///
/// # Errors
/// When the server refuses.
pub async fn queue<J: Job>(
    connection: &mut PgConnection,
    job: &J,
    at: DateTime<Utc>,
) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::internal)?;
    sqlx::query("select from graphile_worker.add_job($1, payload => $2::json, queue_name => $5, run_at => $3, job_key => $4)")
        .bind(J::NAME)
        .bind(payload)
        .bind(at)
        .bind(job.key())
        .bind(J::LINE)
        .execute(connection)
        .await?;
    Ok(())
}

/// The longest a job that came early waits before it looks again: the service's clock may be set right meanwhile.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Queues `job` to run once `left` has gone by, or after `LONGEST_WAIT`. For a job that finds by the service's clock that its time has not come, while by
/// the database's, which the engine goes by, it has: so the wait is counted from the database's present, and no rule rests on that.
///
/// # Errors
/// When the server refuses.
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
        .bind(J::LINE)
        .execute(connection)
        .await?;
    Ok(())
}
