//! Step 5: staff of the team draft the letter of answer.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::papers::form::{line_error, prose_error};
use crate::complaint::papers::of_staff::Answer;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// A draft letter of answer.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    /// Subject (perihal).
    #[schema(
        example = "Jawaban atas pengaduan Saudara",
        min_length = 1,
        max_length = 200
    )]
    pub subject: String,
    /// Text of the letter (isi surat). It refers to the complaint by its number and names no
    /// person.
    #[schema(
        example = "Pengaduan Saudara terbukti. Uang yang dipungut telah dikembalikan dan petugas telah ditegur.",
        min_length = 1,
        max_length = 20000
    )]
    pub body: String,
    /// Whether the letter may quote the reporter. Without it a letter is refused when its subject
    /// or text repeats eight words of the reporter in a row, because a finder of the letter would
    /// learn what was reported.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
}

impl Validate for AnswerForm {
    fn errors(&self) -> Vec<FieldError> {
        letter_errors(&self.subject, &self.body)
    }
}

/// Checks subject and text of a letter of answer.
pub(super) fn letter_errors(subject: &str, body: &str) -> Vec<FieldError> {
    let subject = line_error(subject, "/subject".to_owned());
    subject
        .into_iter()
        .chain(prose_error(body, "/body".to_owned(), 20_000))
        .collect()
}

/// Draft the letter of answer (membuat konsep surat jawaban).
///
/// The drafter reads the settlement, and the complaint itself only when the team lead allowed it.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = AnswerForm, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/answer")]
pub async fn draft_answer(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<AnswerForm>,
) -> Result<Reply<ComplaintView>> {
    let AnswerForm {
        subject,
        body,
        quotes_accepted,
    } = form.0;
    let mut file = desk.take(at.0.id, Task::DraftAnswer).await?;
    answer::draft(&mut file, Answer { subject, body }, quotes_accepted).await?;
    file.hand_over(Stage::AnswerDrafted).await
}
