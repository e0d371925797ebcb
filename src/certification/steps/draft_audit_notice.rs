//! Step 6: operations staff draft the audit notice.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::notice::{NoticeForm, drafting};
use crate::certification::sop::Task;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Draft the audit notice (konsep surat pemberitahuan audit).
///
/// The notice must keep to the agreement with the customer. If the cost exceeds the accepted
/// estimate, a member was not proposed in that role or was objected to, or the chosen day is not in
/// the future, no draft is made: the file returns to step 4 (stage `verified`) with the reason in
/// its timeline.
#[utoipa::path(tag = "audit notice", params(AtApplication), request_body = NoticeForm, responses((status = 200, body = ApplicationView)), extensions(("x-problem-codes" = json!(["schedule_conflict", "impartiality"]))))]
#[post("/applications/{id}/audit-notice")]
pub async fn draft_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<NoticeForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::DraftAuditNotice).await?;
    let stage = drafting::draft(&mut file, form.0).await?;
    file.hand_over(stage).await
}
