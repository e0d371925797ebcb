//! `GET /problems`: every refusal, what it means and what to do, from the one table.

use actix_web::{get, web};
use serde::Serialize;

use crate::error::{Code, Error, Result};
use crate::web::Reply;

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
    /// What to do, in Indonesian.
    #[schema(example = "Muat ulang berkas; lihat next untuk langkah berikutnya.")]
    pub remedy_id: &'static str,
    /// What to do, in English.
    #[schema(example = "Reload the file; next says what can be done.")]
    pub remedy_en: &'static str,
}

/// The kinds of problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemKinds {
    /// In the order of their statuses.
    pub items: Vec<ProblemKind>,
}

/// Words change with the programme only: the digest alone tells one edition from another.
const VERSION: i64 = 1;

fn kind(code: Code) -> ProblemKind {
    let row = code.row();
    ProblemKind {
        code: row.code,
        status: row.status,
        title_id: row.title_id,
        title_en: row.title_en,
        remedy_id: row.remedy_id,
        remedy_en: row.remedy_en,
    }
}

/// List the problems (daftar masalah).
///
/// Every code a reply can carry.
#[utoipa::path(tag = "problems", responses((status = 200, body = ProblemKinds)), security(()))]
#[get("/problems")]
pub async fn list_problems() -> Reply<ProblemKinds> {
    Reply::ok(ProblemKinds { items: Code::ALL.iter().copied().map(kind).collect() })
}

/// Read a problem (masalah).
///
/// What `type` in a problem points to.
#[utoipa::path(tag = "problems", params(("code" = String, Path, description = "The stable code", example = "out_of_order")), responses((status = 200, body = ProblemKind)), security(()))]
#[get("/problems/{code}")]
pub async fn read_problem(code: web::Path<String>) -> Result<Reply<ProblemKind>> {
    let found = Code::ALL.iter().copied().find(|known| known.row().code == code.as_str());
    found.map(|code| Reply::ok(kind(code)).version(VERSION)).ok_or_else(|| Error::new(Code::NotFound))
}
