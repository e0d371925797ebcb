//! Scans of a complaint on paper: the clerk who typed it in adds them within an hour, with the permit from the reply. They are cleaned and sealed as a
//! reporter's attachments, and the clerk reads nothing back.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, post};
use serde::Serialize;

use super::copying;
use super::http::File;
use crate::casework::desk::Desk;
use crate::casework::documents::file_name;
use crate::casework::workflow::Asking;
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::complaint::sealing::retries;
use crate::complaint::sealing::scan_permit;
use crate::complaint::services::ComplaintServices;
use crate::complaint::services::release_slots::next_surfacing;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::attachments::{self, NewAttachment};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{self, delayed_audit};
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::sop::role::{Role, codes};
use crate::web::{IdempotentWrite, Provided, Reply};

/// Who types in papers, by the SOP.
fn clerks() -> Vec<Role> {
    Role::all()
        .filter(|role| SOP.row(Task::EnterPaperComplaint).actor.admits(*role))
        .collect()
}

/// A clerk with a permit that holds. As the first argument of a handler it refuses everybody else before the body is read.
pub struct Permitted {
    desk: Desk,
    services: ComplaintServices,
    case: ComplaintId,
}

impl FromRequest for Permitted {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload).into_inner();
        let permitted = |desk: Desk| {
            desk.who().must_be_one_of(&clerks())?;
            let services = ComplaintServices::of(request)?;
            let permit = request
                .headers()
                .get("scan-permit")
                .and_then(|permit| permit.to_str().ok())
                .unwrap_or_default();
            let case = scan_permit::read(
                &services.keys,
                permit,
                desk.who().user,
                desk.request_time().now,
            )
            .ok_or_else(no_permit)?;
            Ok(Self {
                desk,
                services,
                case,
            })
        };
        ready(desk.and_then(permitted))
    }
}

/// One refusal, whether there is none, it is another's, or it is over.
fn no_permit() -> Error {
    Error::new(Code::Forbidden).detail(
        "Scan-Permit tidak ada, bukan milik Anda, atau sudah lewat satu jam.",
        "There is no Scan-Permit, it is not yours, or its hour is over.",
    )
}

/// That a scan was taken in. Of the complaint it says nothing.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TakenScan {
    /// What its content is.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// How many visible things had to be left out of the copy because they cannot be cleaned.
    #[schema(example = 0)]
    pub left_out: u64,
}

/// Add a scan to a complaint on paper (menambahkan pindaian).
///
/// For the clerk who typed it in, within an hour, with the `scan_permit` of that reply in the header `Scan-Permit`. Write-only as the paper itself: up to 10
/// MiB, judged and cleaned as attachments of reporters are, and known to the handlers from the next surfacing time on. An `Idempotency-Key` must hold 128
/// random bits here.
#[utoipa::path(
    tag = "complaints", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = TakenScan)),
    params(("Scan-Permit" = String, Header, description = "`scan_permit` of the reply that took in the paper")),
    extensions(("x-roles" = json!(codes(&clerks()))), ("x-random-key" = json!(true)), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/complaints/paper/scans")]
pub async fn attach_scan(
    at: Permitted,
    request: HttpRequest,
    body: File,
    clock: Provided<Clock>,
) -> Result<Reply<TakenScan>> {
    let Permitted {
        desk,
        services,
        case,
    } = at;
    let seat = services.room.seat(case).await?;
    let file = body.receive(&request, &seat).await?;
    let copies = copying::copy(
        file,
        |kind| file_name::given(request.headers(), "pindaian", kind),
        &services.room,
    )
    .await?;
    // A slow file may arrive after the surfacing time that was next when it began.
    let at = RequestTime {
        now: clock.0.now(),
        ..desk.request_time().clone()
    };
    let under = retries::sealed_under(
        &request,
        &services.keys,
        &format!("scan|{}", hex::encode(case.0.as_bytes())),
    )?;
    let mut work = IdempotentWrite::begin_sealed(desk.database(), &request, under, at.now).await?;
    // What is put in is the reporter's own, as if they did it: of this case alone, and nothing of it goes to the clerk.
    Viewer::enter(&mut work, Asking::Reporter, Some(case), &services.keys).await?;
    let key = store::key_of(&mut work, case, &services).await?;
    let (_, surfaces_at) = next_surfacing(&mut work, &at, &services).await?;
    let taken = attachments::add(
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
    delayed_audit::enqueue(
        &mut work,
        case,
        "attach_scan",
        Some(desk.who().user),
        &at,
        &services,
    )
    .await?;
    work.finish(Reply::created(
        "/api/v1/complaints/paper/scans",
        TakenScan {
            media_type: taken.media_type,
            left_out: taken.left_out,
        },
    ))
    .await
}
