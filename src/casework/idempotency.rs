//! Forgets answered requests after a day: long enough for any retry.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Deletes what is older than a day.
///
/// # Errors
/// When the server refuses.
pub async fn forget(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    // A sealed reply knows only its day: it is kept until the day after.
    sqlx::query!(
        "delete from sealed_reply where on_date < ($1 at time zone 'Asia/Jakarta')::date",
        now - KEPT
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!("delete from idempotency_record where at < $1", now - KEPT)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
