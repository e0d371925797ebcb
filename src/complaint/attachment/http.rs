//! Attachments over HTTP: the reporter sends files and gets the clean copies back; those who read the whole complaint get the same copies, from the surfacing
//! time on. The original is given to nobody here: it takes a disclosure.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, get, post};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::copying;
use super::download::Download;
use crate::casework::desk::Desk;
use crate::casework::documents::{file_name, intake};
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::complaint::audit_events;
use crate::complaint::papers::attached::{AttachmentView, Attachments, FAIR, LARGEST};
use crate::complaint::read_transaction;
use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::sealing::sealed_file::Part;
use crate::complaint::services::release_slots::next_surfacing;
use crate::complaint::services::upload_limiter::UploadPermit;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store::attachments::{self, NewAttachment};
use crate::complaint::store::{self, delayed_audit};
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::ids::{AttachmentId, ComplaintId};
use crate::secrecy::sha256;
use crate::web::arrival::Pace;
use crate::web::body::BodyDigest;
use crate::web::{At, Provided, Reply};

/// An attachment of the reporter's own complaint, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtOwnAttachment {
    /// Id of the attachment.
    pub attachment: AttachmentId,
}

/// An attachment of a complaint, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtAttachment {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Id of the attachment.
    pub attachment: AttachmentId,
}

/// The file that is the body. Nothing of it is read before the caller is known and has a seat.
pub struct File(Payload);

impl FromRequest for File {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(payload.take())))
    }
}

impl File {
    pub(super) async fn receive(
        self,
        request: &HttpRequest,
        seat: &UploadPermit,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let receiving = intake::collect(request.headers(), self.0, LARGEST, Pace::FILE);
        let bytes = seat
            .lend(FAIR, receiving)
            .await
            .ok_or_else(|| Error::new(Code::RequestTimeout))??;
        request.extensions_mut().insert(BodyDigest(sha256(&bytes)));
        Ok(bytes)
    }
}

/// Attach a file to my complaint (melampirkan berkas).
///
/// Up to 10 MiB: PDF, JPEG, PNG, DOCX or XLSX, judged by its content; up to 20 of them. Handlers see a clean copy without what files tell about who made
/// them, from the office's next surfacing time on; the original stays sealed. Also possible after the complaint is closed.
#[utoipa::path(
    tag = "reporter", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = AttachmentView)),
    security(("reporter" = [])), extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/complaints/mine/attachments")]
pub async fn attach_to_complaint(
    context: ReporterContext,
    request: HttpRequest,
    body: File,
    clock: Provided<Clock>,
) -> Result<Reply<AttachmentView>> {
    let (case, services) = (context.case(), context.services());
    let seat = services.room.seat(case).await?;
    let key = context
        .read(async |c, services| store::key_of(c, case, services).await)
        .await?;
    let file = body.receive(&request, &seat).await?;
    let copies = copying::copy(
        file,
        |kind| file_name::given(request.headers(), "lampiran", kind),
        &services.room,
    )
    .await?;
    // A slow file may arrive after the surfacing time that was next when it began.
    let at = RequestTime {
        now: clock.0.now(),
        ..context.request_time().clone()
    };
    let mut work = context.begin().await?;
    let (_, surfaces_at) = next_surfacing(&mut work, &at, services).await?;
    let view = attachments::add(
        &mut work,
        &key,
        &NewAttachment {
            case,
            on: today(at.now),
            surfaces_at,
            copies: &copies,
        },
    )
    .await?;
    delayed_audit::enqueue(&mut work, case, "reporter_wrote", None, &at, services).await?;
    work.finish(Reply::created(
        format!("/api/v1/complaints/mine/attachments/{}", view.id),
        view,
    ))
    .await
}

/// List the attachments of my complaint (lampiran).
///
/// In the order they came.
#[utoipa::path(tag = "reporter", responses((status = 200, body = Attachments)), security(("reporter" = [])))]
#[get("/complaints/mine/attachments")]
pub async fn list_own_attachments(context: ReporterContext) -> Result<Reply<Attachments>> {
    let items = context.read(async |c, services| {
        let key = store::key_of(c, context.case(), services).await?;
        attachments::list(c, &key, context.case(), None).await
    });
    Ok(Reply::ok(Attachments {
        items: items.await?,
    }))
}

/// Download an attachment of my complaint (mengunduh lampiran).
///
/// The clean copy: what the office sees.
#[utoipa::path(
    tag = "reporter", params(AtOwnAttachment), security(("reporter" = [])),
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"))))
)]
#[get("/complaints/mine/attachments/{attachment}")]
pub async fn download_own_attachment(
    context: ReporterContext,
    at: At<AtOwnAttachment>,
) -> Result<Download> {
    let seat = context.services().room.seat(context.case()).await?;
    let download = context.read(async |c, services| {
        let key = store::key_of(c, context.case(), services).await?;
        let found = attachments::find(c, &key, context.case(), at.0.attachment, None)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let bytes = attachments::whole(c, &key, &found, Part::Clean).await?;
        Ok(Download::new(found.seq, &found.meta, bytes, Some(seat)))
    });
    download.await
}

/// List the attachments (lampiran pengaduan).
///
/// In the order they came, from their surfacing time on.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = Attachments)))]
#[get("/complaints/{id}/attachments")]
pub async fn list_attachments(desk: Desk, at: At<AtComplaint>) -> Result<Reply<Attachments>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let (key, _) = read_transaction::key_of_reader(c, &desk, viewer, services, at.0.id).await?;
        attachments::list(c, &key, at.0.id, Some(desk.request_time().now)).await
    });
    Ok(Reply::ok(Attachments {
        items: items.await?,
    }))
}

/// Download an attachment (mengunduh lampiran pengaduan).
///
/// The clean copy, under a name that says nothing. The reporter is told, in days, that somebody of your role opened the complaint.
#[utoipa::path(
    tag = "complaints", params(AtAttachment),
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream"))))
)]
#[get("/complaints/{id}/attachments/{attachment}")]
pub async fn download_attachment(desk: Desk, at: At<AtAttachment>) -> Result<Download> {
    let AtAttachment { id, attachment } = at.0;
    let download = read_transaction::read(&desk, async |c, viewer, services| {
        let (key, role) = read_transaction::key_of_reader(c, &desk, viewer, services, id).await?;
        let found = attachments::find(c, &key, id, attachment, Some(desk.request_time().now))
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let bytes = attachments::whole(c, &key, &found, Part::Clean).await?;
        audit_events::shown(c, (desk.who(), role), desk.request_time(), services, id).await?;
        Ok(Download::new(found.seq, &found.meta, bytes, None))
    });
    download.await
}
