//! HTTP operations on attachments. The reporter uploads files and downloads the clean copies; the
//! handlers that read the complaint get the same copies from the release time on. Originals need a
//! disclosure.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, get, post};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::download::Download;
use crate::casework::desk::Desk;
use crate::casework::documents::{file_name, intake};
use crate::complaint::act::DelayedAct;
use crate::complaint::audit_events;
use crate::complaint::papers::attached::{
    AttachmentView, Attachments, MAX_FILE_SIZE, TRANSFER_TIME,
};
use crate::complaint::read_transaction;
use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::sealed_file::{AttachmentMeta, FileInfo};
use crate::complaint::services::upload_limiter::UploadPermit;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store::attachments::{self, NewAttachment};
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::ids::{AttachmentId, ComplaintId};
use crate::secrecy::sha256;
use crate::web::body::BodyDigest;
use crate::web::body_reader::ReadTimeout;
use crate::web::{PathParam, Reply};

/// Path of an attachment of the reporter's own complaint.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtOwnAttachment {
    /// Id of the attachment.
    pub attachment: AttachmentId,
}

/// Path of an attachment of a complaint.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtAttachment {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Id of the attachment.
    pub attachment: AttachmentId,
}

/// A request body that is a file. It is read only after the caller is authenticated and has an
/// upload permit.
pub struct FileBody(Payload);

impl FromRequest for FileBody {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(payload.take())))
    }
}

impl FileBody {
    /// Receives the file; its size and its kind are judged while it arrives. A file without a name
    /// is called `fallback`.
    pub(super) async fn receive(
        self,
        request: &HttpRequest,
        permit: &UploadPermit,
        fallback: &str,
    ) -> Result<ReceivedFile> {
        let receiving =
            intake::receive_and_detect(request.headers(), self.0, MAX_FILE_SIZE, ReadTimeout::FILE);
        let (bytes, kind) = permit
            .run(TRANSFER_TIME, receiving)
            .await
            .ok_or_else(|| Error::new(Code::RequestTimeout))??;
        request.extensions_mut().insert(BodyDigest(sha256(&bytes)));
        let meta = AttachmentMeta {
            name: file_name::from_headers(request.headers(), fallback, kind),
            kind,
            original: FileInfo::of(&bytes),
        };
        Ok(ReceivedFile { meta, bytes })
    }
}

/// A file as received.
pub(super) struct ReceivedFile {
    meta: AttachmentMeta,
    bytes: Zeroizing<Vec<u8>>,
}

/// Stores the file as an attachment of the act's complaint. Its row without a copy is the order to
/// make one.
pub(super) async fn add_file(
    act: &mut DelayedAct,
    key: &CaseKey,
    file: &ReceivedFile,
) -> Result<AttachmentView> {
    let new = NewAttachment {
        case: act.case(),
        on: act.day(),
        surfaces_at: act.surfaces_at(),
        meta: &file.meta,
        original: &file.bytes,
    };
    attachments::add(act.parts().1, key, &new).await
}

/// Attach a file to my complaint (melampirkan berkas).
///
/// At most 10 MiB and 20 attachments: PDF, JPEG, PNG, DOCX or XLSX, detected by content. Handlers
/// see a copy that the service makes of its pixels and its plain text, within seconds, from the
/// office's next release time on; the original stays sealed. You may also attach files after the
/// complaint is closed.
#[utoipa::path(
    tag = "reporter", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = AttachmentView)),
    security(("reporter" = [])), extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/complaints/mine/attachments")]
pub async fn attach_to_complaint(
    context: ReporterContext,
    request: HttpRequest,
    body: FileBody,
) -> Result<Reply<AttachmentView>> {
    let (case, services) = (context.case(), context.services());
    let permit = services.uploads.acquire(case).await?;
    let key = context
        .read_with_key(async |_, key| Ok(key.clone()))
        .await?;
    let file = body.receive(&request, &permit, "lampiran").await?;
    let mut act = context.begin().await?;
    let view = add_file(&mut act, &key, &file).await?;
    let place = format!("/api/v1/complaints/mine/attachments/{}", view.id);
    act.commit("reporter_wrote", Reply::created(place, view))
        .await
}

/// List the attachments of my complaint (lampiran).
///
/// In the order of receipt.
#[utoipa::path(tag = "reporter", responses((status = 200, body = Attachments)), security(("reporter" = [])))]
#[get("/complaints/mine/attachments")]
pub async fn list_own_attachments(context: ReporterContext) -> Result<Reply<Attachments>> {
    let items =
        context.read_with_key(async |c, key| attachments::list(c, key, context.case(), None).await);
    Ok(Reply::ok(Attachments {
        items: items.await?,
    }))
}

/// Download an attachment of my complaint (mengunduh lampiran).
///
/// Sends the clean copy that the office sees, a PDF. While it is being made, the answer is
/// `copy_pending`.
#[utoipa::path(
    tag = "reporter", params(AtOwnAttachment), security(("reporter" = [])), extensions(("x-problem-codes" = json!(["copy_pending", "conflict"]))),
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"))))
)]
#[get("/complaints/mine/attachments/{attachment}")]
pub async fn download_own_attachment(
    context: ReporterContext,
    at: PathParam<AtOwnAttachment>,
) -> Result<Download> {
    let permit = context.services().uploads.acquire(context.case()).await?;
    let download = context.read_with_key(async |c, key| {
        let found = attachments::find(c, key, context.case(), at.0.attachment, None)
            .await?
            .or_not_found()?;
        let bytes = attachments::read_copy(c, key, &found).await?;
        Ok(Download::new(found.seq, bytes, Some(permit)))
    });
    download.await
}

/// List the attachments (lampiran pengaduan).
///
/// In the order of receipt, from their release time on.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = Attachments)))]
#[get("/complaints/{id}/attachments")]
pub async fn list_attachments(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<Attachments>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let (key, _) =
            read_transaction::open_key_for_reader(c, &desk, viewer, services, at.0.id).await?;
        attachments::list(c, &key, at.0.id, Some(desk.request_time().now)).await
    });
    Ok(Reply::ok(Attachments {
        items: items.await?,
    }))
}

/// Download an attachment (mengunduh lampiran pengaduan).
///
/// Sends the clean copy, a PDF, under a neutral name. While it is being made, or screened for names
/// of staff, the answer is `copy_pending`. The reporter's access log shows the day and your role.
#[utoipa::path(
    tag = "complaints", params(AtAttachment), extensions(("x-problem-codes" = json!(["copy_pending", "conflict"]))),
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"))))
)]
#[get("/complaints/{id}/attachments/{attachment}")]
pub async fn download_attachment(desk: Desk, at: PathParam<AtAttachment>) -> Result<Download> {
    let AtAttachment { id, attachment } = at.0;
    let download = read_transaction::read_content(&desk, id, async |c, viewer, services| {
        let (key, role) =
            read_transaction::open_key_for_reader(c, &desk, viewer, services, id).await?;
        let found = attachments::find(c, &key, id, attachment, Some(desk.request_time().now))
            .await?
            .or_not_found()?;
        let bytes = attachments::read_copy(c, &key, &found).await?;
        let reading = audit_events::record_reading(
            c,
            (desk.signed_in(), role),
            desk.request_time(),
            services,
            id,
        )
        .await?;
        Ok((Download::new(found.seq, bytes, None), reading))
    });
    download.await
}
