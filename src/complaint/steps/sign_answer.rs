//! Step 6: the head, or an acting head, signs the letter of answer. Its number is random.

use actix_web::post;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::sop::Task;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::letters::SigningRequest;
use crate::letters::signing_request::SignatureForm;
use crate::web::{PathParam, Reply};

/// Sign the letter of answer (menandatangani surat jawaban).
///
/// The letter is typeset, signed electronically and stored sealed; when one of these fails, nothing
/// is stored. Where the national service signs, the body must contain the signer's NIK and
/// passphrase, which are not stored; otherwise the body may be left out. The drafter cannot sign.
/// The reporter can read the answer shortly afterwards.
#[utoipa::path(
    tag = "complaints", params(AtComplaint), request_body = Option<SignatureForm>, responses((status = 200, body = ComplaintView)),
    extensions(("x-problem-codes" = json!(["four_eyes", "signature_refused", "signing_failed", "signing_unavailable"])))
)]
#[post("/complaints/{id}/answer/signature")]
pub async fn sign_answer(
    desk: Desk,
    at: PathParam<AtComplaint>,
    pen: SigningRequest,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::SignAnswer).await?;
    let signed = answer::sign(&mut file, &pen).await;
    pen.hand_over(file, signed).await
}
