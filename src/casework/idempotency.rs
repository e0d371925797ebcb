//! Deletes stored replies of answered requests after 24 hours.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// How long a stored reply is kept.
const RETENTION: TimeDelta = TimeDelta::hours(24);

/// Deletes stored replies older than [`RETENTION`] and returns how many unsealed ones there were.
pub async fn delete_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
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
