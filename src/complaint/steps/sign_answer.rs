//! Step 6: the head, or who acts for the head, signs the letter of answer. Its number is random.

use actix_web::post;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Reply};

/// Sign the letter of answer (menandatangani surat jawaban).
///
/// Whoever drafted it cannot sign it. The reporter can read it shortly after.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["four_eyes"]))))]
#[post("/complaints/{id}/answer/signature")]
pub async fn sign_answer(desk: Desk, at: At<AtComplaint>) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::SignAnswer).await?;
    answer::sign(&mut file).await?;
    file.hand_over(Stage::AnswerSigned).await
}
