//! While the customer holds the file: a document is streamed into the customer's folder and recorded as the next version of a checklist row.

use actix_web::dev::Payload;
use actix_web::put;
use serde::Deserialize;
use std::future::{Ready, ready};

use crate::casework::desk::Desk;
use crate::casework::documents::intake::{self, LargestUpload, Limits, Received, Terms};
use crate::casework::documents::store::{self as documents, Belongs};
use crate::casework::documents::{DocumentView, file_name};
use crate::certification::checklist::Checklist;
use crate::certification::mirror::Mirror;
use crate::certification::schemes::Requirement;
use crate::certification::sop::Task;
use crate::error::{Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::{ApplicationId, CustomerId};
use crate::web::arrival::Pace;
use crate::web::{At, Provided, Reply};

/// A row of the application's checklist, in the path.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtRequirement {
    /// Id of the application.
    pub id: ApplicationId,
    /// Code of the checklist's row.
    #[param(example = "P01")]
    pub requirement: String,
}

/// The bytes of the body, as they come.
pub struct Stream(Payload);

impl actix_web::FromRequest for Stream {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(_: &actix_web::HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(payload.take())))
    }
}

/// Attach a document (mengunggah dokumen).
///
/// Streams the body into the store as the next version for this row of the checklist. Its type is judged by its content. A name for display can be
/// given in `Content-Disposition: attachment; filename*=…`.
#[utoipa::path(
    tag = "documents", params(AtRequirement), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = DocumentView)), extensions(("x-task" = json!("attach_document")))
)]
#[put("/applications/{id}/documents/{requirement}")]
pub async fn attach_document(
    desk: Desk,
    at: At<AtRequirement>,
    body: Stream,
    store: Provided<DocumentStore>,
    largest: Provided<LargestUpload>,
    mirror: Provided<Mirror>,
) -> Result<Reply<DocumentView>> {
    let AtRequirement { id, requirement } = at.0;
    let (row, customer) = ask_first(&desk, id, &requirement).await?;
    let limits = Limits {
        request: largest.0.0,
        per_kind: &|_| u64::from(row.max_megabytes) * 1_000_000,
    };
    let headers = desk.request().headers();
    let terms = Terms {
        limits,
        accepts: row.accepts,
        pace: Pace::FILE,
    };
    let received = intake::receive(
        &store.0,
        customer,
        headers,
        body.0,
        &terms,
        desk.request_time().now,
    )
    .await?;
    let name = file_name::given(headers, &requirement, received.kind);
    record(&desk, &mirror.0, (id, &requirement), &name, received).await
}

/// The gate and the checklist, before the first byte of the body is read: nobody sends fifty megabytes to hear a no.
async fn ask_first(
    desk: &Desk,
    id: ApplicationId,
    code: &str,
) -> Result<(&'static Requirement, CustomerId)> {
    let header = desk.ask(id, Task::AttachDocument).await?;
    let checklist = desk
        .database()
        .read(async |c| Checklist::of(c, id, &header.file.form).await)
        .await?;
    Ok((
        checklist.row_for_document(code, header.stage)?,
        header.file.customer,
    ))
}

/// Records what was received as the next version, if the file is still where it was.
async fn record(
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
    let belongs = Belongs {
        office_id: file.header().office,
        customer_id: file.header().file.customer,
        case_id: id,
        requirement: code,
        file_name: name,
        uploaded_by: desk.who().user,
    };
    let now = file.now();
    let stored = documents::add_version(&mut file, &belongs, &received, now).await?;
    mirror.add(&mut file, id, stored.id, now).await?;
    let location = format!(
        "/api/v1/applications/{id}/documents/{code}/versions/{}",
        stored.version
    );
    let answer = |_| {
        received.keep();
        Reply::created(location, DocumentView::from(&stored))
    };
    file.hand_over_with(stage, answer).await
}
