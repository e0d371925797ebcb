//! The SQL of failed jobs. Not checked at compile time: the engine's tables are in none of our
//! migrations.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _};

use super::view::JobFailureView;
use crate::error::Result;

/// Lists at most `limit` failed jobs with ids below `before`, newest first. An error text that is
/// not one of our codes is replaced by `internal_error`.
pub(super) async fn list(
    connection: &mut PgConnection,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<JobFailureView>> {
    let failed = sqlx::query(
        "
        select id, task_identifier, attempts::integer as attempts, max_attempts::integer as most, run_at, updated_at,
               case when last_error ~ '^[a-z_]{1,40}$' then last_error else 'internal_error' end as code
        from graphile_worker.jobs
        where last_error is not null
          and ($1::bigint is null or id < $1)
        order by id desc
        limit $2
        ",
    );
    let rows = failed
        .bind(before)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    let view = |row: &sqlx::postgres::PgRow| {
        let (attempts, most): (i32, i32) = (row.try_get("attempts")?, row.try_get("most")?);
        let next: DateTime<Utc> = row.try_get("run_at")?;
        Ok(JobFailureView {
            id: row.try_get("id")?,
            task: row.try_get("task_identifier")?,
            code: row.try_get("code")?,
            attempts,
            most_attempts: most,
            failed_at: row.try_get("updated_at")?,
            next_at: (attempts < most).then_some(next),
        })
    };
    rows.iter().map(view).collect()
}
