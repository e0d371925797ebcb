//! The papers of a complaint for who handles it, and the printing of receipts for who holds one. What is printed is what the caller may read, at this moment;
//! nothing is kept.

use actix_web::{HttpRequest, get, post};

use crate::casework::desk::Desk;
use crate::casework::workflow::{Asking, Workflow as _};
use crate::complaint::answer::letter;
use crate::complaint::printed::{
    AnswerLetter, answer_letter, disposition_sheet, receipt_slip, signed_answer,
};
use crate::complaint::read_transaction;
use crate::complaint::receipt::Receipt;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::Task;
use crate::complaint::steps::AtComplaint;
use crate::complaint::views::{AnswerView, ComplaintPaper, ComplaintView};
use crate::error::{Code, Error, Result, fault};
use crate::sop::role::Role;
use crate::typesetting::{LetterEnding, Typesetter};
use crate::web::{
    At, Body, Format, FormatQuery, JsonOrPdf, NegotiatedFormat, Pdf, PdfFile, Provided, Reply,
};

/// Read the disposition (lembar disposisi).
///
/// The order of the head, as JSON or as the sheet itself (`?format=pdf`, or `Accept: application/pdf`). The sheet holds nothing that the reporter wrote.
/// Reading it counts as opening the complaint, and the reporter is told so in days.
#[utoipa::path(tag = "complaints", params(AtComplaint, FormatQuery), responses((status = 200, content((ComplaintPaper = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/complaints/{id}/disposition")]
pub async fn read_disposition(
    desk: Desk,
    at: At<AtComplaint>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<ComplaintPaper>> {
    let view = seen(&desk, at.0).await?;
    match wanted.0 {
        Format::Json => view
            .disposition
            .map(|paper| JsonOrPdf::Json(Reply::ok(paper)))
            .ok_or_else(|| Error::new(Code::NotFound)),
        Format::Pdf => typesetter
            .0
            .print(disposition_sheet(&view)?, desk.request())
            .await
            .map(JsonOrPdf::Pdf),
    }
}

/// Read the letter of answer (surat jawaban).
///
/// The newest draft, as JSON or as the letter itself (`?format=pdf`, or `Accept: application/pdf`), with KONSEP across it until it is signed, since then
/// the very bytes that were signed.
#[utoipa::path(tag = "complaints", params(AtComplaint, FormatQuery), responses((status = 200, content((AnswerView = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/complaints/{id}/answer")]
pub async fn read_answer(
    desk: Desk,
    at: At<AtComplaint>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<AnswerView>> {
    let view = seen(&desk, at.0).await?;
    let answer = view.answer.ok_or_else(|| Error::new(Code::NotFound))?;
    if wanted.0 == Format::Json {
        return Ok(JsonOrPdf::Json(Reply::ok(answer)));
    }
    if let Some(signature) = &answer.signature
        && let Some(signed) =
            letter::of_draft(&desk, at.0.id, answer.draft, &signature.number).await?
    {
        return Ok(JsonOrPdf::Pdf(signed));
    }
    let (public_number, received_on, letter) = (
        view.public_number.as_str(),
        view.received_on,
        &answer.letter,
    );
    let paper = if let Some(signature) = &answer.signature {
        signed_answer(letter, signature, public_number, received_on)?
    } else {
        let title = Role::Head.office_term();
        answer_letter(
            &AnswerLetter {
                public_number,
                received_on,
                letter,
                title,
            },
            &LetterEnding::Draft,
        )?
    };
    typesetter
        .0
        .print(paper, desk.request())
        .await
        .map(JsonOrPdf::Pdf)
}

/// Print a receipt (mencetak tanda terima).
///
/// Takes a receipt as it was given and gives it on paper. The office keeps no receipt, so only who holds one can have it printed; whether the complaint still
/// exists is not looked up. A receipt that is not ours is refused.
#[utoipa::path(tag = "reporter", request_body = Receipt, responses((status = 200, content((PdfFile = "application/pdf")))), security(()), extensions(("x-reply-kept" = json!(false))))]
#[post("/complaints/receipts/printing")]
pub async fn print_receipt(
    request: HttpRequest,
    services: Provided<ComplaintServices>,
    typesetter: Provided<Typesetter>,
    receipt: Body<Receipt>,
) -> Result<Pdf> {
    if !receipt.0.is_genuine(services.0.keys.signer()) {
        let refusal = fault(
            "/signature",
            "not_genuine",
            "Tanda terima ini tidak diterbitkan oleh layanan ini.",
            "This service did not issue this receipt.",
        );
        return Err(Error::invalid(vec![refusal]));
    }
    typesetter
        .0
        .print(receipt_slip(&receipt.0)?, &request)
        .await
}

/// The complaint as the person at `desk` may read it; that they read it is written down, as always.
async fn seen(desk: &Desk, at: AtComplaint) -> Result<ComplaintView> {
    let show = read_transaction::read(desk, async |c, _, services| {
        Task::show(
            c,
            at.id,
            Asking::Person(desk.who()),
            desk.request_time(),
            services,
        )
        .await
    });
    show.await.map(|(view, _)| view)
}
