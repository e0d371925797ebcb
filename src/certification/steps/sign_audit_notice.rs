//! Step 7: the head, or who acts for the head, signs the audit notice. The number is taken in the same transaction.

use actix_web::post;

use super::AtApplication;
use crate::certification::letter;
use crate::certification::sop::Task;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::letters::SigningRequest;
use crate::letters::signing_request::SignatureForm;
use crate::web::{At, Reply};

/// Sign the audit notice (menandatangani surat pemberitahuan audit).
///
/// Gives it its number from a register without gaps; it is set in type, signed electronically and stored, all at once or not at all. Where the national service
/// signs, the body must say the signer's NIK and passphrase, which are kept nowhere; else it may be left out. Whoever drafted or initialled it cannot sign
/// it. An acting head signs as Plh. or Plt., within the days of the appointment. It is a
/// conflict when the notice no longer keeps to what the customer agreed to, as when its first day is not in the future any more: return the draft.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = Option<SignatureForm>, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["four_eyes", "conflict", "signature_refused", "signing_failed", "signing_unavailable"])))
)]
#[post("/applications/{id}/audit-notice/signature")]
pub async fn sign_audit_notice(
    at: At<AtApplication>,
    mut pen: SigningRequest,
) -> Result<Reply<ApplicationView>> {
    let mut file = pen.take(at.0.id, Task::SignAuditNotice).await?;
    let signed = letter::sign(&mut file, &pen).await;
    pen.hand_over(file, signed).await
}
