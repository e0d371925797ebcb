//! Step 7, return: the head or a team lead returns the draft with a reason.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::notice::drafting;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Return the draft (mengembalikan konsep surat).
///
/// The clock of step 6 continues with the remaining time.
#[utoipa::path(tag = "audit notice", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/audit-notice/return")]
pub async fn return_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<Reason>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::ReturnAuditNotice).await?;
    drafting::send_back(&mut file, &form.0.reason).await?;
    file.hand_over(Stage::Confirmed).await
}
