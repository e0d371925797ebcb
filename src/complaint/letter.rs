//! The letter of answer as a PDF: since its signature the bytes that were signed, opened from under the key of the case; before it the draft as it would look.
//! Nothing of it is kept but the sealed bytes, and nothing outside the case leads to it.

use actix_web::{HttpRequest, HttpResponse, Responder as _, get};

use super::counter::Counter;
use super::mine::{OwnAnswer, is_answered};
use super::printed::{AnswerLetter, answer_letter};
use super::steps::AtComplaint;
use super::store::viewer::Viewer;
use super::store::{self, letters, papers};
use super::views::{AnswerView, Reads};
use super::{reading, showing};
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::error::{Code, Error, Result};
use crate::letters::download::{self, Shape};
use crate::sop::role::Role;
use crate::typesetting::{Finish, Paper, Typesetter};
use crate::web::{At, Provided, Query, Reply};

/// A letter on its way out.
enum Letter {
    /// As data.
    Data(Box<AnswerView>),
    /// As it was signed.
    Signed(String, Vec<u8>),
    /// As it would look.
    Draft(Paper),
}

/// Read the letter of answer (surat jawaban).
///
/// The newest draft, with its signature once it has one. With `?format=pdf` the letter itself: since its signature the bytes that were signed, before it the draft
/// with KONSEP across each page.
#[utoipa::path(
    tag = "complaints", params(AtComplaint, Shape),
    responses((status = 200, content((AnswerView = "application/json"), (Vec<u8> = "application/pdf")))),
)]
#[get("/complaints/{id}/answer")]
pub async fn read_answer(desk: Desk, at: At<AtComplaint>, shape: Query<Shape>, typesetter: Provided<Typesetter>) -> Result<HttpResponse> {
    let asking = Asking::Person(desk.who());
    let pdf = shape.0.is_pdf(desk.request());
    let read = reading::read(&desk, async |c, viewer, cabinet| {
        let found = store::find(c, at.0.id, viewer, asking, cabinet).await?;
        let found =
            found.filter(|record| Reads::of(desk.who().roles, record.staff_reads) != Reads::Cover).ok_or_else(|| Error::new(Code::NotFound))?;
        let key = cabinet.open(found.id, &found.wrapped).await?;
        let answer = showing::answer(&papers::list(c, found.id).await?, &key)?.ok_or_else(|| Error::new(Code::NotFound))?;
        if !pdf {
            return Ok(Letter::Data(Box::new(answer)));
        }
        if let Some(signature) = &answer.signature {
            return signed(letters::read(c, &key, found.id, answer.draft).await?, &signature.number);
        }
        let about = AnswerLetter {
            public_number: &found.public_number,
            received_on: found.received_on,
            letter: &answer.letter,
            title: Role::Head.office_term(),
        };
        answer_letter(&about, &Finish::Draft).map(Letter::Draft)
    });
    match read.await? {
        Letter::Data(answer) => {
            let version = i64::from(answer.draft) * 4 + i64::from(answer.returned.is_some()) + 2 * i64::from(answer.signature.is_some());
            Ok(Reply::ok(answer).version(version).respond_to(desk.request()))
        }
        Letter::Signed(number, bytes) => Ok(download::pdf(desk.request(), &number, bytes)),
        Letter::Draft(paper) => {
            let name = paper.file_name().trim_end_matches(".pdf").to_owned();
            Ok(download::pdf(desk.request(), &name, typesetter.0.set(paper).await?))
        }
    }
}

/// Read the answer (surat jawaban).
///
/// Once the office has sent it. With `?format=pdf` the signed letter, as the office signed it.
#[utoipa::path(
    tag = "reporter", params(Shape),
    responses((status = 200, content((OwnAnswer = "application/json"), (Vec<u8> = "application/pdf")))),
    security(("reporter" = [])), extensions(("x-problem-codes" = json!(["not_found"])))
)]
#[get("/complaints/mine/answer")]
pub async fn read_own_answer(counter: Counter, shape: Query<Shape>, request: HttpRequest) -> Result<HttpResponse> {
    let pdf = shape.0.is_pdf(&request);
    let read = counter.read(async |c, tools| {
        let viewer = Viewer::enter(c, Asking::Reporter, Some(counter.case()), &tools.keys).await?;
        let found = store::find(c, counter.case(), &viewer, Asking::Reporter, tools).await?.filter(|record| is_answered(record.stage));
        let found = found.ok_or_else(|| Error::new(Code::NotFound))?;
        let key = tools.open(found.id, &found.wrapped).await?;
        let answer = showing::answer(&papers::list(c, found.id).await?, &key)?.filter(|answer| answer.signature.is_some());
        let answer = answer.ok_or_else(|| Error::new(Code::NotFound))?;
        match &answer.signature {
            Some(signature) if pdf => signed(letters::read(c, &key, found.id, answer.draft).await?, &signature.number),
            Some(_) | None => Ok(Letter::Data(Box::new(answer))),
        }
    });
    match read.await? {
        Letter::Signed(number, bytes) => Ok(download::pdf(&request, &number, bytes)),
        Letter::Data(answer) => {
            let AnswerView { letter, signature, .. } = *answer;
            let own = signature.map(|signature| OwnAnswer { letter, signature });
            Ok(Reply::ok(own.ok_or_else(|| Error::new(Code::NotFound))?).respond_to(&request))
        }
        Letter::Draft(_) => Err(Error::internal("a draft has no place before the reporter")),
    }
}

fn signed(kept: Option<letters::Kept>, number: &str) -> Result<Letter> {
    // Answers that were signed before letters were set in type have none.
    let kept = kept.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Letter::Signed(number.to_owned(), kept.pdf))
}
