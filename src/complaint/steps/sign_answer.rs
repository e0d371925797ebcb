//! Step 6: the head, or who acts for the head, signs the letter of answer. Its number is random.

use actix_web::post;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::sop::Task;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::letters::SigningRequest;
use crate::letters::signing_request::SignatureForm;
use crate::web::{At, Reply};

/// Sign the letter of answer (menandatangani surat jawaban).
///
/// It is set in type, signed electronically and stored sealed, all at once or not at all. Where the national service signs, the body must say the signer's NIK
/// and passphrase, which are kept nowhere; else it may be left out. Whoever drafted it cannot sign it. The reporter can read it shortly after.
#[utoipa::path(
    tag = "complaints", params(AtComplaint), request_body = Option<SignatureForm>, responses((status = 200, body = ComplaintView)),
    extensions(("x-problem-codes" = json!(["four_eyes", "signature_refused", "signing_failed", "signing_unavailable"])))
)]
#[post("/complaints/{id}/answer/signature")]
pub async fn sign_answer(
    desk: Desk,
    at: At<AtComplaint>,
    pen: SigningRequest,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::SignAnswer).await?;
    let signed = answer::sign(&mut file, &pen).await;
    pen.hand_over(file, signed).await
}
