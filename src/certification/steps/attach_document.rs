//! The customer attaches a document: the upload is streamed into the document store and recorded as
//! the next version for a checklist row.

use actix_web::dev::Payload;
use actix_web::put;
use serde::Deserialize;
use std::future::{Ready, ready};

use crate::casework::desk::Desk;
use crate::casework::documents::intake::{self, LargestUpload, Received, SizeLimits, UploadRules};
use crate::casework::documents::store::{self as documents, DocumentOwner};
use crate::casework::documents::{DocumentView, file_name};
use crate::certification::checklist::Checklist;
use crate::certification::mirror::Mirror;
use crate::certification::schemes::Requirement;
use crate::certification::sop::Task;
use crate::error::{Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::{ApplicationId, CustomerId};
use crate::web::body_reader::ReadTimeout;
use crate::web::{PathParam, Provided, Reply};

/// Path of a checklist row of an application.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtRequirement {
    /// Id of the application.
    pub id: ApplicationId,
    /// Code of the checklist row.
    #[param(example = "P01")]
    pub requirement: String,
}

/// The request body as a stream.
pub struct BodyStream(Payload);

impl actix_web::FromRequest for BodyStream {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(_: &actix_web::HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(payload.take())))
    }
}

/// Attach a document (mengunggah dokumen).
///
/// Stores the body as the next version for this checklist row. The content determines the file
/// type. A display name can be given in `Content-Disposition: attachment; filename*=…`.
#[utoipa::path(
    tag = "documents", params(AtRequirement), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = DocumentView)), extensions(("x-task" = json!("attach_document")))
)]
#[put("/applications/{id}/documents/{requirement}")]
pub async fn attach_document(
    desk: Desk,
    at: PathParam<AtRequirement>,
    body: BodyStream,
    store: Provided<DocumentStore>,
    largest: Provided<LargestUpload>,
    mirror: Provided<Mirror>,
) -> Result<Reply<DocumentView>> {
    let AtRequirement { id, requirement } = at.0;
    let (row, customer) = check_before_upload(&desk, id, &requirement).await?;
    let limits = SizeLimits {
        request: largest.0.0,
        per_kind: &|_| u64::from(row.max_megabytes) * 1_000_000,
    };
    let headers = desk.request().headers();
    let rules = UploadRules {
        limits,
        accepts: row.accepts,
        pace: ReadTimeout::FILE,
    };
    let received = intake::receive(
        &store.0,
        customer,
        headers,
        body.0,
        &rules,
        desk.request_time().now,
    )
    .await?;
    let name = file_name::from_headers(headers, &requirement, received.kind);
    record_version(&desk, &mirror.0, (id, &requirement), &name, received).await
}

/// Checks permission and checklist before the body is read, so that a refused upload is refused at
/// once.
async fn check_before_upload(
    desk: &Desk,
    id: ApplicationId,
    code: &str,
) -> Result<(&'static Requirement, CustomerId)> {
    let header = desk.check(id, Task::AttachDocument).await?;
    let checklist = desk
        .database()
        .read(async |c| Checklist::of(c, id, &header.file.form).await)
        .await?;
    Ok((
        checklist.row_for_document(code, header.stage)?,
        header.file.customer,
    ))
}

/// Records the received file as the next version, if the application still accepts it.
async fn record_version(
    desk: &Desk,
    mirror: &Mirror,
    (id, code): (ApplicationId, &str),
    name: &str,
    received: Received,
) -> Result<Reply<DocumentView>> {
    let mut file = desk.take(id, Task::AttachDocument).await?;
    let stage = file.header().stage;
    Checklist::read(&mut file)
        .await?
        .row_for_document(code, stage)?;
    let owner = DocumentOwner {
        office_id: file.header().office,
        customer_id: file.header().file.customer,
        case_id: id,
        requirement: code,
        file_name: name,
        uploaded_by: desk.signed_in().user,
    };
    let now = file.now();
    let stored = documents::add_version(&mut file, &owner, &received, now).await?;
    mirror.add(&mut file, id, stored.id, now).await?;
    let location = format!(
        "/api/v1/applications/{id}/documents/{code}/versions/{}",
        stored.version
    );
    let reply = |_| {
        received.keep();
        Reply::created(location, DocumentView::from(&stored))
    };
    file.hand_over_with(stage, reply).await
}
