//! The external handler answers the reporter.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use super::draft_answer::letter_errors;
use crate::casework::desk::Desk;
use crate::complaint::answer;
use crate::complaint::papers::of_staff::Answer;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::{FieldError, Result};
use crate::gateways::signing::{Credentials, Nik, Passphrase};
use crate::letters::SigningRequest;
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// An answer from outside the office, with the signer's credentials where the national service
/// signs.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalAnswerForm {
    /// Subject (perihal).
    #[schema(
        example = "Jawaban atas pengaduan Saudara",
        min_length = 1,
        max_length = 200
    )]
    pub subject: String,
    /// Text of the letter (isi surat).
    #[schema(
        example = "Pengaduan Saudara terbukti. Uang yang dipungut telah dikembalikan dan petugas telah ditegur.",
        min_length = 1,
        max_length = 20000
    )]
    pub body: String,
    /// Whether the letter may quote the reporter.
    #[serde(default)]
    #[schema(example = false)]
    pub quotes_accepted: bool,
    /// NIK of the signer, 16 digits. Passed to the signature provider and not stored.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{16}$", example = "1671010101900001", write_only)]
    pub nik: Option<Nik>,
    /// Passphrase of the signer's certificate. Passed to the signature provider and not stored.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "#1234Rahasia*", write_only)]
    pub passphrase: Option<Passphrase>,
}

impl Validate for ExternalAnswerForm {
    fn errors(&self) -> Vec<FieldError> {
        let signer = [
            self.nik.as_ref().and_then(Nik::field_error),
            self.passphrase.as_ref().and_then(Passphrase::field_error),
        ];
        letter_errors(&self.subject, &self.body)
            .into_iter()
            .chain(signer.into_iter().flatten())
            .collect()
    }
}

/// Answer a complaint from outside the office (jawaban dari luar kantor).
///
/// The reporter reads and acknowledges the answer like an answer of the office.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ExternalAnswerForm, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["signature_refused", "signing_failed", "signing_unavailable"]))))]
#[post("/complaints/{id}/external-answer")]
pub async fn settle_externally(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ExternalAnswerForm>,
) -> Result<Reply<ComplaintView>> {
    let ExternalAnswerForm {
        subject,
        body,
        quotes_accepted,
        nik,
        passphrase,
    } = form.0;
    let pen = SigningRequest::new(&desk, Credentials { nik, passphrase })?;
    let mut file = desk.take(at.0.id, Task::SettleExternally).await?;
    answer::draft(&mut file, Answer { subject, body }, quotes_accepted).await?;
    let signed = answer::sign(&mut file, &pen).await;
    pen.hand_over(file, signed.map(|_| Stage::Answered)).await
}
