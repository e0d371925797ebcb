//! `GET /problems`: every refusal with its cause, its remedy and an example, for programs as JSON and for people as a page. All of it comes from the one
//! table of refusals, and from the table of the faults that stand inside `errors`.

mod cause;
pub mod example;
pub mod faults;
mod page;

use actix_web::{Either, get};
use serde::Serialize;

use crate::error::{Code, Error, Result};
use crate::web::html::{Document, Reader};
use crate::web::problem::Language;
use crate::web::{At, Problem, Reply};

use self::faults::FaultKind;

/// A kind of problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemKind {
    /// The stable code.
    #[schema(example = "out_of_order")]
    pub code: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// In Indonesian.
    #[schema(example = "Berkas tidak pada tahap ini")]
    pub title_id: &'static str,
    /// In English.
    #[schema(example = "The file is not at this stage")]
    pub title_en: &'static str,
    /// What leads to it, in Indonesian.
    #[schema(
        example = "Berkas sedang pada tahap lain dari SOP, atau langkah ini sudah dikerjakan."
    )]
    pub cause_id: String,
    /// What leads to it, in English.
    #[schema(example = "The file is at another stage of the SOP, or the step is done already.")]
    pub cause_en: String,
    /// What to do, in Indonesian.
    #[schema(example = "Muat ulang berkas; lihat next untuk langkah berikutnya.")]
    pub remedy_id: &'static str,
    /// What to do, in English.
    #[schema(example = "Reload the file; next says what can be done.")]
    pub remedy_en: &'static str,
    /// A whole one, in your language, as `application/problem+json`.
    pub example: Problem,
}

/// The kinds of problem, and of the faults in them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemKinds {
    /// In the order of their statuses.
    pub items: Vec<ProblemKind>,
    /// The codes that stand inside `errors` of `invalid_content` and `invalid_parameter`.
    pub faults: &'static [FaultKind],
}

/// Words change with the programme only: the digest alone tells one edition from another.
const VERSION: i64 = 1;

fn kind(code: Code, language: Language) -> ProblemKind {
    let (row, cause) = (code.row(), cause::cause(code));
    ProblemKind {
        code: row.code,
        status: row.status,
        title_id: row.title_id,
        title_en: row.title_en,
        cause_id: cause.id.into_owned(),
        cause_en: cause.en.into_owned(),
        remedy_id: row.remedy_id,
        remedy_en: row.remedy_en,
        example: example::example(code, None, language),
    }
}

/// List the problems (daftar masalah).
///
/// Every code a reply can carry with cause, remedy and example, and every code inside `errors`. A browser gets a page, in the language it asks for.
#[utoipa::path(
    tag = "problems", security(()),
    responses((status = 200, content((ProblemKinds = "application/json"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/problems")]
pub async fn list_problems(reader: Reader) -> Either<Reply<ProblemKinds>, Document> {
    let items = Code::ALL
        .iter()
        .map(|code| kind(*code, reader.language))
        .collect();
    let kinds = ProblemKinds {
        items,
        faults: faults::TABLE,
    };
    if reader.wants_page {
        Either::Right(page::of_all(&kinds, reader.language))
    } else {
        Either::Left(Reply::ok(kinds).version(VERSION).spoken(reader.language))
    }
}

/// Read a problem (masalah).
///
/// What `type` in a problem points to. A browser gets a page, in the language it asks for.
#[utoipa::path(
    tag = "problems", security(()), params(("code" = String, Path, description = "The stable code", example = "out_of_order")),
    responses((status = 200, content((ProblemKind = "application/json"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/problems/{code}")]
pub async fn read_problem(
    code: At<String>,
    reader: Reader,
) -> Result<Either<Reply<ProblemKind>, Document>> {
    let found = Code::ALL
        .iter()
        .find(|known| known.row().code == code.0)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let kind = kind(*found, reader.language);
    Ok(if reader.wants_page {
        Either::Right(page::of_one(&kind, reader.language))
    } else {
        Either::Left(Reply::ok(kind).version(VERSION).spoken(reader.language))
    })
}
