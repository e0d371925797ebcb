//! `GET /problems`: the catalogue of refusals with cause, remedy and example, as JSON for programs
//! and as a page for browsers. It is built from the table of refusals and the table of the faults
//! inside `errors`.

mod cause;
pub(crate) mod example;
pub mod faults;
mod page;

use actix_web::{Either, get};
use serde::Serialize;

use crate::error::{Code, Error, Result};
use crate::web::html::{ReaderPreferences, TextDocument};
use crate::web::problem::Language;
use crate::web::{PathParam, Problem, Reply};

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
    /// The title, in Indonesian.
    #[schema(example = "Berkas tidak pada tahap ini")]
    pub title_id: &'static str,
    /// The title, in English.
    #[schema(example = "The file is not at this stage")]
    pub title_en: &'static str,
    /// The cause, in Indonesian.
    #[schema(
        example = "Berkas sedang pada tahap lain dari SOP, atau langkah ini sudah dikerjakan."
    )]
    pub cause_id: String,
    /// The cause, in English.
    #[schema(example = "The file is at another stage of the SOP, or the step is done already.")]
    pub cause_en: String,
    /// The remedy, in Indonesian.
    #[schema(example = "Muat ulang berkas; lihat next untuk langkah berikutnya.")]
    pub remedy_id: &'static str,
    /// The remedy, in English.
    #[schema(example = "Reload the file; next lists the possible steps.")]
    pub remedy_en: &'static str,
    /// A complete example in your language, as `application/problem+json`.
    pub example: Problem,
}

/// The kinds of problem, and the kinds of fault inside them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemKinds {
    /// The kinds of problem in the order of their statuses.
    pub items: Vec<ProblemKind>,
    /// The fault codes inside `errors` of `invalid_content` and `invalid_parameter`.
    pub faults: &'static [FaultKind],
}

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
/// Every code of a refusal with cause, remedy and example, and every code inside `errors`. Browsers
/// get an HTML page in their preferred language.
#[utoipa::path(
    tag = "problems", security(()),
    responses((status = 200, content((ProblemKinds = "application/json"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/problems")]
pub async fn list_problems(reader: ReaderPreferences) -> Either<Reply<ProblemKinds>, TextDocument> {
    let items = Code::ALL
        .iter()
        .map(|code| kind(*code, reader.language))
        .collect();
    let kinds = ProblemKinds {
        items,
        faults: faults::TABLE,
    };
    if reader.wants_html {
        Either::Right(page::list_page(&kinds, reader.language))
    } else {
        Either::Left(Reply::ok(kinds).read_only().in_language(reader.language))
    }
}

/// Read a problem (masalah).
///
/// The resource to which the `type` of a problem points. Browsers get an HTML page in their
/// preferred language.
#[utoipa::path(
    tag = "problems", security(()), params(("code" = String, Path, description = "The stable code", example = "out_of_order")),
    responses((status = 200, content((ProblemKind = "application/json"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/problems/{code}")]
pub async fn read_problem(
    code: PathParam<String>,
    reader: ReaderPreferences,
) -> Result<Either<Reply<ProblemKind>, TextDocument>> {
    let found = Code::ALL
        .iter()
        .find(|known| known.row().code == code.0)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let kind = kind(*found, reader.language);
    Ok(if reader.wants_html {
        Either::Right(page::problem_page(&kind, reader.language))
    } else {
        Either::Left(Reply::ok(kind).read_only().in_language(reader.language))
    })
}
