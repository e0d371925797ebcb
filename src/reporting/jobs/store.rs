//! The SQL of report jobs. Each statement that a caller's request leads to names the owner: of another's job nothing is found.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{JobResult, JobState, JobView, KEPT};
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::ids::OfficeId;
use crate::reporting::realization::reader::RecordReader;
use crate::reporting::realization::report_request::ReportRequest as Asked;

/// The job for `asked`: that which is under way, or a new one.
///
/// # Errors
/// When the server refuses.
pub async fn begin(
    connection: &mut PgConnection,
    reader: &RecordReader,
    asked: &Asked,
    rows_total: i64,
) -> Result<JobView> {
    let (request, digest) = asked.serialized()?;
    // An update that changes nothing, because `do nothing` would not say which row stood in the way.
    let id = sqlx::query_scalar!(
        r#"
        insert into report_job (id, office_id, owner_id, roles, request, request_sha256, rows_total, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (owner_id, request_sha256) where state in ('queued', 'running') do update set rows_total = report_job.rows_total
        returning id
        "#,
        Uuid::new_v4(),
        reader.who.office.0,
        reader.who.user.0,
        &reader.who.roles.codes(),
        request,
        &digest[..],
        rows_total,
        reader.now,
        reader.now + KEPT,
    )
    .fetch_one(&mut *connection)
    .await?;
    find(connection, &reader.who, id, reader.now)
        .await?
        .map(|(job, _)| job)
        .ok_or_else(|| Error::internal("a job was lost"))
}

/// A job of `who` and where its result lies, unless it has expired or they no longer hold the roles it was made with.
///
/// # Errors
/// When the server refuses.
pub async fn find(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<(JobView, Option<String>)>> {
    let row = sqlx::query!(
        r#"
        select state, rows_total, rows_done, object_key, media_type, file_name, size, created_at, expires_at
        from report_job
        where id = $1
          and owner_id = $2
          and roles <@ $3
          and expires_at > $4
        "#,
        id,
        who.user.0,
        &who.roles.codes(),
        now,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let state = state(&row.state)?;
        let result = row
            .file_name
            .zip(row.media_type)
            .zip(row.size)
            .filter(|_| state == JobState::Done);
        let result = result.map(|((file_name, media_type), size)| JobResult {
            href: format!("/api/v1/jobs/{id}/result"),
            file_name,
            media_type,
            size,
        });
        // What was made between two looks at the progress was never written down.
        let rows_done = if state == JobState::Done {
            row.rows_total
        } else {
            row.rows_done
        };
        let percent = if state == JobState::Done {
            100
        } else {
            (row.rows_done * 100)
                .checked_div(row.rows_total)
                .unwrap_or(0)
                .clamp(0, 99)
        };
        let (created_at, expires_at) = (row.created_at, row.expires_at);
        let job = JobView {
            id,
            state,
            percent,
            rows_done,
            rows_total: row.rows_total,
            created_at,
            expires_at,
            result,
        };
        Ok((job, row.object_key.filter(|_| state == JobState::Done)))
    })
    .transpose()
}

fn state(code: &str) -> Result<JobState> {
    match code {
        "queued" => Ok(JobState::Queued),
        "running" => Ok(JobState::Running),
        "done" => Ok(JobState::Done),
        "failed" => Ok(JobState::Failed),
        other => Err(Error::internal(format!("report_job.state holds {other}"))),
    }
}

/// A job to be done.
#[derive(Debug)]
pub struct Due {
    /// Its office.
    pub office: OfficeId,
    /// What was asked for.
    pub asked: Asked,
    /// What an attempt before left in the store.
    pub left_over: Option<String>,
}

/// Takes the job, whose result will lie at `key`; nothing when it is done or gone.
///
/// # Errors
/// When the server refuses.
pub async fn take(
    connection: &mut PgConnection,
    id: Uuid,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Option<Due>> {
    let row = sqlx::query!(
        r#"
        with before as (select id, object_key from report_job where id = $1 for update)
        update report_job j
        set state = 'running',
            object_key = $2,
            rows_done = 0
        from before b
        where j.id = b.id
          and j.state in ('queued', 'running', 'failed')
          and j.expires_at > $3
        returning j.office_id, j.request as "request: Json<Asked>", b.object_key as "left_over?"
        "#,
        id,
        key,
        now,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Due {
        office: OfficeId(row.office_id),
        asked: row.request.0,
        left_over: row.left_over,
    }))
}

/// Says how many rows have been fetched.
///
/// # Errors
/// When the server refuses.
pub async fn progress(connection: &mut PgConnection, id: Uuid, rows_done: i64) -> Result<()> {
    sqlx::query!(
        r#"
        update report_job
        set rows_done = $2
        where id = $1
          and state = 'running'
        "#,
        id,
        rows_done,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says that the result lies at `key`; false when another attempt has taken over meanwhile, or the job is gone.
///
/// # Errors
/// When the server refuses.
pub async fn finish(
    connection: &mut PgConnection,
    id: Uuid,
    key: &str,
    asked: &Asked,
    size: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update report_job
        set state = 'done',
            media_type = $3,
            file_name = $4,
            size = $5,
            finished_at = $6
        where id = $1
          and object_key = $2
          and state = 'running'
        "#,
        id,
        key,
        asked.format.media_type(),
        asked.file_name(),
        size,
        now,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Says that an attempt failed.
///
/// # Errors
/// When the server refuses.
pub async fn fail(connection: &mut PgConnection, id: Uuid, key: &str) -> Result<()> {
    sqlx::query!(
        r#"
        update report_job
        set state = 'failed'
        where id = $1
          and object_key = $2
          and state = 'running'
        "#,
        id,
        key,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// At most a hundred jobs that have expired: id and where their result lies.
///
/// # Errors
/// When the server refuses.
pub async fn expired(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, Option<String>)>> {
    let rows = sqlx::query!(
        r#"
        select id, object_key
        from report_job
        where expires_at <= $1
        order by expires_at
        limit 100
        "#,
        now,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.object_key))
        .collect())
}

/// Forgets a job.
///
/// # Errors
/// When the server refuses.
pub async fn forget(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!(
        r#"
        delete from report_job
        where id = $1
        "#,
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
