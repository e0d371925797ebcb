//! The route outside the office answers the reporter itself.

use actix_web::post;

use super::AtComplaint;
use super::draft_answer::AnswerForm;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::paper::Answer;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Answer it from outside (jawaban dari luar kantor).
///
/// The reporter reads it and acknowledges it as they would an answer of the office.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = AnswerForm, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/external-answer")]
pub async fn settle_externally(desk: Desk, at: At<AtComplaint>, form: Body<AnswerForm>) -> Result<Reply<ComplaintView>> {
    let AnswerForm { subject, body, quotes_accepted } = form.0;
    let mut file = desk.take(at.0.id, Task::SettleExternally).await?;
    answer::draft(&mut file, Answer { subject, body }, quotes_accepted).await?;
    answer::sign(&mut file).await?;
    file.hand_over(Stage::Answered).await
}
