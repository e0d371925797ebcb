//! Step 5: staff of the team draft the letter of answer.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::papers::form::{line_fault, prose_fault};
use crate::complaint::papers::of_staff::Answer;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{At, Body, Reply};

/// A letter of answer.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    /// Perihal.
    #[schema(
        example = "Jawaban atas pengaduan Saudara",
        min_length = 1,
        max_length = 200
    )]
    pub subject: String,
    /// Isi surat. It names nobody but the number of the complaint.
    #[schema(
        example = "Pengaduan Saudara terbukti. Uang yang dipungut telah dikembalikan dan petugas telah ditegur.",
        min_length = 1,
        max_length = 20000
    )]
    pub body: String,
    /// A letter that repeats eight words of the reporter in a row, in its subject or its body, is refused: who finds it would know what was reported. Say
    /// `true` if it must.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
}

impl Validate for AnswerForm {
    fn errors(&self) -> Vec<FieldError> {
        faults_of(&self.subject, &self.body)
    }
}

/// What is wrong with a letter of answer.
pub(super) fn faults_of(subject: &str, body: &str) -> Vec<FieldError> {
    let subject = line_fault(subject, "/subject".to_owned());
    subject
        .into_iter()
        .chain(prose_fault(body, "/body".to_owned(), 20_000))
        .collect()
}

/// Draft the letter of answer (membuat konsep surat jawaban).
///
/// From the settlement, and from the complaint itself only when the team's lead has said so.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = AnswerForm, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/answer")]
pub async fn draft_answer(
    desk: Desk,
    at: At<AtComplaint>,
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
