//! `GET /jobs/{id}` and `GET /jobs/{id}/result`: for whoever asked for the report, and for nobody else.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use uuid::Uuid;

use super::{JobState, JobView, store};
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::sop::role::codes;
use crate::web::{PathParam, PdfFile, Provided, Reply};

/// A job, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtJob {
    /// Id of the job.
    pub id: Uuid,
}

/// Read a job (pekerjaan latar).
///
/// How far it is, in percent, and where its result is once it is done. Only whoever asked for it knows of it, and only while they hold the roles they asked
/// with; after a day it is gone.
#[utoipa::path(
    tag = "reports", params(AtJob), responses((status = 200, body = JobView)),
    extensions(("x-roles" = json!(codes(&readers()))))
)]
#[get("/jobs/{id}")]
pub async fn read_job(reader: RecordReader, at: PathParam<AtJob>) -> Result<Reply<JobView>> {
    let (job, _) = of_reader(&reader, at.0.id).await?;
    let version = job.rows_done + i64::from(job.state == JobState::Done);
    Ok(Reply::ok(job).version(version))
}

/// Download what a job made (mengunduh hasil).
///
/// As an attachment. Before the job is done there is nothing to download: 409.
#[utoipa::path(
    tag = "reports", params(AtJob),
    responses((status = 200, description = "The bytes", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "image/svg+xml"),
        (PdfFile = "application/pdf"), (crate::reporting::realization::page::RealizationPage = "application/json"),
    ))),
    extensions(("x-problem-codes" = json!(["conflict"])), ("x-roles" = json!(codes(&readers()))))
)]
#[get("/jobs/{id}/result")]
pub async fn download_job_result(
    reader: RecordReader,
    at: PathParam<AtJob>,
    documents: Provided<DocumentStore>,
) -> Result<HttpResponse> {
    let (job, key) = of_reader(&reader, at.0.id).await?;
    let Some((result, key)) = job.result.zip(key) else {
        return Err(Error::new(Code::Conflict).detail("Belum selesai.", "It is not done yet."));
    };
    let size = u64::try_from(result.size).map_err(Error::internal)?;
    let pieces = documents.0.read(&key, 0..size).await?;
    let mut reply = HttpResponse::Ok();
    reply.content_type(result.media_type);
    reply.insert_header((
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{}\"", result.file_name),
    ));
    reply
        .insert_header((header::CONTENT_LENGTH, size))
        .insert_header(ContentEncoding::Identity);
    Ok(reply.no_chunking(size).streaming(pieces))
}

async fn of_reader(reader: &RecordReader, id: Uuid) -> Result<(JobView, Option<String>)> {
    let found = reader
        .database
        .read(async |c| store::find(c, &reader.who, id, reader.now).await)
        .await?;
    found.ok_or_else(|| Error::new(Code::NotFound))
}
