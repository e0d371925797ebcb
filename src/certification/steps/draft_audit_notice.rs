//! Step 6: operations staff draft the audit notice.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::notice::{NoticeForm, drafting};
use crate::certification::sop::Task;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Draft the audit notice (konsep surat pemberitahuan audit).
///
/// It keeps to what the customer agreed to. A cost above the accepted estimate, a member the customer was not shown in that role or objected to, or a chosen
/// day that is not in the future makes no draft: the file goes back to step 4 (stage `verified`), with the reason in its timeline.
#[utoipa::path(tag = "audit notice", params(AtApplication), request_body = NoticeForm, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/audit-notice")]
pub async fn draft_audit_notice(
    desk: Desk,
    at: At<AtApplication>,
    form: Body<NoticeForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::DraftAuditNotice).await?;
    let stage = drafting::draft(&mut file, form.0).await?;
    file.hand_over(stage).await
}
