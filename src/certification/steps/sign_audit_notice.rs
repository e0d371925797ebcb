//! Step 7: the head, or who acts for the head, signs the audit notice. The number is taken in the same transaction.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::notice::drafting;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Reply};

/// Sign the audit notice (menandatangani surat pemberitahuan audit).
///
/// Gives it its number from a register without gaps. Whoever drafted or initialled it cannot sign it. An acting head signs as Plh. or Plt., within the days of the appointment.
#[utoipa::path(tag = "audit notice", params(AtApplication), responses((status = 200, body = ApplicationView)), extensions(("x-problem-codes" = json!(["four_eyes", "conflict"]))))]
#[post("/applications/{id}/audit-notice/signature")]
pub async fn sign_audit_notice(desk: Desk, at: At<AtApplication>) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::SignAuditNotice).await?;
    drafting::sign(&mut file).await?;
    file.hand_over(Stage::NoticeSigned).await
}
