//! Beside the steps: the head withdraws a signed notice, and the next is drafted. Its number stays in the register, void with the reason.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::letter;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Withdraw the signed notice (membatalkan surat yang telah ditandatangani).
///
/// Its number is void and is never given again; its public page says so. Sent or not, the file goes back to step 6 for the next draft, and once that is signed
/// the page of the withdrawn letter says that it was superseded. A billing that was sent with it stays as it is until the next notice goes out.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/applications/{id}/audit-notice/voiding")]
pub async fn void_audit_notice(
    desk: Desk,
    at: At<AtApplication>,
    form: Body<Reason>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::VoidAuditNotice).await?;
    letter::withdraw(&mut file, &form.0.reason).await?;
    file.hand_over(Stage::Confirmed).await
}
