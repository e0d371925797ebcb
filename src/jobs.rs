//! Work for later: queued in the transaction of the change that wants it, done by the job engine at least once, so every handler may run again.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;

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
pub async fn queue<J: Job>(connection: &mut PgConnection, job: &J, at: DateTime<Utc>) -> Result<()> {
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
