//! Printed papers: disposition and answer for the handlers of a complaint, and receipts for their
//! holders. Prints only what the caller may read at that moment; nothing is stored.

use actix_web::{HttpRequest, get, post};

use crate::casework::desk::Desk;
use crate::casework::workflow::Workflow as _;
use crate::complaint::answer;
use crate::complaint::printed::{
    AnswerLetter, answer_letter, disposition_sheet, receipt_slip, signed_answer,
};
use crate::complaint::read_transaction;
use crate::complaint::receipt::Receipt;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::Task;
use crate::complaint::steps::AtComplaint;
use crate::complaint::views::{AnswerView, ComplaintPaper, ComplaintView};
use crate::error::{Error, OrNotFound as _, Result, fault};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::typesetting::{LetterEnding, Typesetter};
use crate::web::{
    Body, Format, FormatQuery, JsonOrPdf, PathParam, Pdf, PdfFile, Provided, Reply, RequestedFormat,
};

/// Read the disposition (lembar disposisi).
///
/// The order of the head, as JSON or as the printed sheet. The sheet holds no text of the reporter.
/// The reporter's access log records the reading, by day.
#[utoipa::path(tag = "complaints", params(AtComplaint, FormatQuery), responses((status = 200, content((ComplaintPaper = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/complaints/{id}/disposition")]
pub async fn read_disposition(
    desk: Desk,
    at: PathParam<AtComplaint>,
    format: RequestedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<ComplaintPaper>> {
    let view = read_view(&desk, at.0).await?;
    match format.0 {
        Format::Json => view
            .disposition
            .map(|paper| JsonOrPdf::Json(Reply::ok(paper)))
            .or_not_found(),
        Format::Pdf => typesetter
            .0
            .pdf_response(disposition_sheet(&view)?, desk.request())
            .await
            .map(JsonOrPdf::Pdf),
    }
}

/// Read the letter of answer (surat jawaban).
///
/// The newest draft, as JSON or as the letter. A draft is marked KONSEP; a signed letter is
/// returned byte for byte.
#[utoipa::path(tag = "complaints", params(AtComplaint, FormatQuery), responses((status = 200, content((AnswerView = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/complaints/{id}/answer")]
pub async fn read_answer(
    desk: Desk,
    at: PathParam<AtComplaint>,
    format: RequestedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<AnswerView>> {
    let view = read_view(&desk, at.0).await?;
    let answer = view.answer.or_not_found()?;
    if format.0 == Format::Json {
        return Ok(JsonOrPdf::Json(Reply::ok(answer)));
    }
    if let Some(signature) = &answer.signature
        && let Some(signed) =
            answer::read_letter(&desk, at.0.id, answer.draft, &signature.number).await?
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
        .pdf_response(paper, desk.request())
        .await
        .map(JsonOrPdf::Pdf)
}

/// Print a receipt (mencetak tanda terima).
///
/// Returns a receipt as PDF. The office keeps no receipts, so the holder sends the receipt as it
/// was given; the complaint is not looked up. A receipt that this service did not issue is refused.
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
        .pdf_response(receipt_slip(&receipt.0)?, &request)
        .await
}

/// Reads the complaint for the caller. The reading is recorded in the access log and the audit
/// trail.
async fn read_view(desk: &Desk, at: AtComplaint) -> Result<ComplaintView> {
    let show = read_transaction::read(desk, async |c, _, services| {
        Task::show(
            c,
            at.id,
            Principal::User(desk.signed_in()),
            desk.request_time(),
            services,
        )
        .await
    });
    show.await.map(|(view, _)| view)
}
