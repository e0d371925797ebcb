//! Scans of a paper complaint. The clerk that entered the complaint adds scans within an hour, with
//! the scan permit from that reply. Scans are sealed and copied like a reporter's attachments, and
//! the clerk cannot read them back.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, post};
use serde::Serialize;

use super::http::{FileBody, add_file};
use crate::casework::desk::Desk;
use crate::complaint::act::DelayedAct;
use crate::complaint::sealing::scan_permit;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::sop::role::{Role, codes};
use crate::web::Reply;

/// Roles that may enter paper complaints, by the SOP.
fn clerk_roles() -> Vec<Role> {
    Role::all()
        .filter(|role| SOP.row(Task::EnterPaperComplaint).actor.admits(*role))
        .collect()
}

/// Request context of a clerk with a valid scan permit. As the first argument of a handler it
/// refuses all other callers before the body is read.
pub struct ScanContext {
    desk: Desk,
    services: ComplaintServices,
    case: ComplaintId,
}

impl FromRequest for ScanContext {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload).into_inner();
        let permitted = |desk: Desk| {
            desk.signed_in().must_be_one_of(&clerk_roles())?;
            let services = ComplaintServices::of(request)?;
            let permit = request
                .headers()
                .get("scan-permit")
                .and_then(|permit| permit.to_str().ok())
                .unwrap_or_default();
            let case = scan_permit::verify(
                &services.keys,
                permit,
                desk.signed_in().user,
                desk.request_time().now,
            )
            .ok_or_else(invalid_permit)?;
            Ok(Self {
                desk,
                services,
                case,
            })
        };
        ready(desk.and_then(permitted))
    }
}

/// One refusal for a missing, foreign or expired permit.
fn invalid_permit() -> Error {
    Error::new(Code::Forbidden).detail(
        "Scan-Permit tidak ada, bukan milik Anda, atau sudah lewat satu jam.",
        "The Scan-Permit is missing, belongs to another clerk, or expired after one hour.",
    )
}

/// Receipt of a scan. It says nothing about the complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TakenScan {
    /// Media type, detected by content.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
}

/// Add a scan to a complaint on paper (menambahkan pindaian).
///
/// For the clerk that entered the complaint, within an hour, with the `scan_permit` of that reply
/// in the header `Scan-Permit`. Scans cannot be read back. At most 10 MiB; scans are detected and
/// copied like attachments of reporters and visible to the handlers from the next release time on.
/// An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(
    tag = "complaints", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = TakenScan)),
    params(("Scan-Permit" = String, Header, description = "`scan_permit` from the reply for the paper complaint")),
    extensions(("x-roles" = json!(codes(&clerk_roles()))), ("x-random-key" = json!(true)), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/complaints/paper/scans")]
pub async fn attach_scan(
    at: ScanContext,
    request: HttpRequest,
    body: FileBody,
) -> Result<Reply<TakenScan>> {
    let ScanContext {
        desk,
        services,
        case,
    } = at;
    let permit = services.uploads.acquire(case).await?;
    let file = body.receive(&request, &permit, "pindaian").await?;
    // The scan is inserted in the reporter's context, limited to this case; the reply gives the
    // clerk nothing of the case.
    let scope = format!("scan|{}", hex::encode(case.0.as_bytes()));
    let mut act = DelayedAct::begin(&request, &scope, case)
        .await?
        .by_clerk(desk.signed_in().user);
    let (services, connection) = act.parts();
    let key = store::key_of(connection, case, services).await?;
    let taken = add_file(&mut act, &key, &file).await?;
    let scan = TakenScan {
        media_type: taken.media_type,
    };
    let reply = Reply::created("/api/v1/complaints/paper/scans", scan);
    act.commit("attach_scan", reply).await
}
