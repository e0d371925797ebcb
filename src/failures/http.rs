//! `GET /job-failures`.

use actix_web::get;

use super::store;
use super::view::JobFailureView;
use crate::database::Database;
use crate::error::Result;
use crate::identity::{Admins, Restricted};
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

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
        .read(async |c| store::list(c, before, limit + 1).await)
        .await?;
    Ok(Reply::page(cursor.0.page(
        rows,
        limit,
        "job-failures",
        &(),
        |row| row.id,
    )?))
}
