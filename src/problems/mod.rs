//! `GET /problems`: the catalogue of refusals with cause, remedy and example, as JSON for programs
//! and as a page for browsers. It is built from the table of refusals and the table of the faults
//! inside `errors`.

mod cause;
pub(crate) mod example;
mod page;

use actix_web::{Either, get};
use serde::Serialize;

use crate::error::faults::{self, FaultKind};
use crate::error::{Code, Error, Result, Text};
use crate::sop::text::Term;
use crate::web::html::{ReaderPreferences, TextDocument};
use crate::web::problem::Language;
use crate::web::{PathParam, Problem, Reply};

/// A kind of problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemKind {
    /// The stable code.
    #[schema(value_type = Code)]
    pub code: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// The title.
    pub title: Term,
    /// The cause.
    pub cause: Text,
    /// The remedy.
    pub remedy: Term,
    /// A complete example in your language, as `application/problem+json`.
    pub example: Problem,
}

/// The kinds of problem, and the kinds of fault inside them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemKinds {
    /// The kinds of problem in the order of their statuses.
    pub items: Vec<ProblemKind>,
    /// The fault codes inside `errors` of `invalid_content` and `invalid_parameter`.
    pub faults: &'static [FaultKind],
}

fn kind(code: Code, language: Language) -> ProblemKind {
    let row = code.row();
    ProblemKind {
        code: row.code,
        status: row.status,
        title: row.title,
        cause: cause::cause(code),
        remedy: row.remedy,
        example: example::example(code, language),
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
pub(crate) async fn list_problems(
    reader: ReaderPreferences,
) -> Either<Reply<ProblemKinds>, TextDocument> {
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
    tag = "problems", security(()), params(("code" = Code, Path, description = "The stable code", example = "out_of_order")),
    responses((status = 200, content((ProblemKind = "application/json"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/problems/{code}")]
pub(crate) async fn read_problem(
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
