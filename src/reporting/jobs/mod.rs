//! Reports that take longer than a caller should wait: a job makes one, whoever asked sees how far it is and fetches it, and after a day it is gone.

pub mod http;
pub mod make;
pub mod store;
pub mod work;

use actix_web::http::header;
use actix_web::{HttpResponse, Responder as _};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;

use self::work::MakeReport;
use super::realization::formats::Format;
use super::realization::reader::RecordReader;
use super::realization::report_request::ReportRequest;
use crate::casework::jobs::queue;
use crate::error::Result;
use crate::web::Reply;

/// Above so many rows a caller does not wait for what needs all of them before its first byte.
const MANY: i64 = 20_000;
/// How long a job and what it made are kept.
pub const KEPT: TimeDelta = TimeDelta::days(1);

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for its turn.
    Queued,
    /// Being made.
    Running,
    /// Ready to fetch.
    Done,
    /// It could not be made; ask again.
    Failed,
}

/// A job (pekerjaan latar).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: Uuid,
    /// How far it is.
    pub state: JobState,
    /// How far, in percent.
    #[schema(example = 40, minimum = 0, maximum = 100)]
    pub percent: i64,
    /// Rows fetched so far.
    #[schema(example = 40_000)]
    pub rows_done: i64,
    /// Rows in all.
    #[schema(example = 100_000)]
    pub rows_total: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it and its result are gone.
    pub expires_at: DateTime<Utc>,
    /// What it made, once it is done.
    #[schema(required)]
    pub result: Option<JobResult>,
}

/// What a job made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct JobResult {
    /// Where to fetch it.
    #[schema(example = "/api/v1/jobs/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70/result")]
    pub href: String,
    /// Its name.
    #[schema(example = "realisasi-sertifikasi-2026-07-01-2026-07-31.xlsx")]
    pub file_name: String,
    /// Its media type.
    #[schema(example = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    pub media_type: String,
    /// Its size in bytes.
    #[schema(example = 25_000_000)]
    pub size: i64,
}

/// Whether `asked` is better made by a job: when the caller says so (`Prefer: respond-async`), or when it needs every one of many rows before its first
/// byte. `sums` says whether a page of JSON comes with them.
///
/// # Errors
/// When the server refuses.
pub async fn is_better(reader: &RecordReader, asked: &ReportRequest, sums: bool) -> Result<bool> {
    let wishes = reader
        .request
        .headers()
        .get_all("prefer")
        .filter_map(|value| value.to_str().ok());
    if wishes
        .flat_map(|value| value.split(','))
        .any(|wish| wish.trim().eq_ignore_ascii_case("respond-async"))
    {
        return Ok(true);
    }
    let needs_all = match asked.format {
        Format::Json => sums,
        Format::Csv => false,
        Format::Xlsx | Format::Svg | Format::Pdf => true,
    };
    Ok(needs_all && reader.source(&asked.filter).count(MANY + 1).await? > MANY)
}

/// Queues `asked` for `reader` and answers 202. The same asked for again while it is being made is the same job.
///
/// # Errors
/// When the server refuses.
pub async fn begin(reader: &RecordReader, asked: &ReportRequest) -> Result<HttpResponse> {
    let mut transaction = reader.database.begin().await?;
    let rows_total = super::realization::store::count(
        &mut transaction,
        reader.who.office,
        &asked.filter,
        i64::MAX,
    )
    .await?;
    let job = store::begin(&mut transaction, reader, asked, rows_total).await?;
    queue(&mut transaction, &MakeReport { job: job.id }, reader.now).await?;
    transaction.commit().await?;
    let location = format!("/api/v1/jobs/{}", job.id);
    let mut reply = Reply::ok(job).respond_to(&reader.request);
    *reply.status_mut() = actix_web::http::StatusCode::ACCEPTED;
    for (name, value) in [
        ("location", location.as_str()),
        ("preference-applied", "respond-async"),
        ("retry-after", "1"),
    ] {
        if let (Ok(name), Ok(value)) = (
            header::HeaderName::from_bytes(name.as_bytes()),
            header::HeaderValue::from_str(value),
        ) {
            reply.headers_mut().insert(name, value);
        }
    }
    Ok(reply)
}
