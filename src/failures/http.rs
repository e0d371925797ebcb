//! `GET /job-failures`.

use actix_web::get;

use super::store;
use super::view::JobFailureView;
use crate::database::Database;
use crate::error::Result;
use crate::identity::Administrator;
use crate::web::page::{PageQuery, size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// List the failed jobs (pekerjaan yang gagal).
///
/// Newest first: work behind the scenes that failed and was not done since. Calls of webhooks are beside it, at each webhook. For administrators.
#[utoipa::path(tag = "operations", params(PageQuery), responses((status = 200, body = Page<JobFailureView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/job-failures")]
pub async fn list_job_failures(
    _: Administrator,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<JobFailureView>>> {
    let limit = size(query.0.limit)?;
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
