//! `GET /job-failures`: failed background jobs, for administrators: the job's name, the number of
//! attempts and the error code. Neither the payload nor the error text is shown, because both may
//! contain personal data.

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, Row as _};

use crate::database::Database;
use crate::error::Result;
use crate::identity::{Admins, Restricted};
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// A job that failed and has not succeeded since.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobFailureView {
    /// The job id in the engine's queue.
    #[schema(example = 4711)]
    pub id: i64,
    /// The name of the job.
    #[schema(example = "spread_event")]
    pub task: String,
    /// The code of the last error.
    #[schema(example = "busy")]
    pub code: String,
    /// The number of attempts.
    #[schema(example = 3)]
    pub attempts: i32,
    /// The maximum number of attempts.
    #[schema(example = 25)]
    pub most_attempts: i32,
    /// When it last failed.
    pub failed_at: DateTime<Utc>,
    /// When the next attempt is due; null when the job was given up.
    pub next_at: Option<DateTime<Utc>>,
}

/// List the failed jobs (pekerjaan yang gagal).
///
/// Newest first: background jobs that failed and have not succeeded since. Failed webhook calls are
/// listed at each webhook. For administrators.
#[utoipa::path(tag = "operations", params(PageQuery), responses((status = 200, body = Page<JobFailureView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/job-failures")]
pub async fn list_job_failures(
    _: Restricted<Admins>,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<JobFailureView>>> {
    let limit = page_size(query.0.limit)?;
    let before = cursor
        .0
        .read(query.0.cursor.as_deref(), "job-failures", &())?;
    let rows = database
        .0
        .read(async |c| list(c, before, limit + 1).await)
        .await?;
    Ok(Reply::page(cursor.0.page(
        rows,
        limit,
        "job-failures",
        &(),
        |row| row.id,
    )?))
}

/// Lists at most `limit` failed jobs with ids below `before`, newest first. An error text that is
/// not one of our codes is replaced by `internal_error`. Not checked at compile time: the engine's
/// tables are in none of our migrations.
async fn list(
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
