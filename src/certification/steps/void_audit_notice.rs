//! Beside the steps: the head withdraws a signed notice, and a new one is drafted. The number stays
//! in the register, void with the reason.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::letter;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Withdraw the signed notice (membatalkan surat yang telah ditandatangani).
///
/// The number becomes void and is never reused; the letter's public page shows this. Sent or not,
/// the file returns to step 6 for the next draft. Once the next notice is signed, the public page
/// of the withdrawn letter shows that it was superseded. A billing sent with the withdrawn notice
/// is unchanged until the next dispatch.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/applications/{id}/audit-notice/voiding")]
pub async fn void_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<Reason>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::VoidAuditNotice).await?;
    letter::withdraw(&mut file, &form.0.reason).await?;
    file.hand_over(Stage::Confirmed).await
}
