//! Beside the steps: the head withdraws a signed notice. Its number stays in the register, void with the reason.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::letter;
use crate::certification::sop::Task;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Withdraw the signed notice (membatalkan surat yang telah ditandatangani).
///
/// Its number is void and is never given again; its public page says so. Not sent yet, it goes back to step 6 for the next draft; sent, the file stays where it is.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/applications/{id}/audit-notice/voiding")]
pub async fn void_audit_notice(desk: Desk, at: At<AtApplication>, form: Body<Reason>) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::VoidAuditNotice).await?;
    let stage = letter::withdraw(&mut file, &form.0.reason).await?;
    file.hand_over(stage).await
}
