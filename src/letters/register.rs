//! The register of letters (buku agenda surat keluar) for staff: every number in use, including
//! void ones, the letters themselves, and the attempts to sign: the national signing service fails
//! often, so staff can see the cause of a failure.

use actix_web::get;
use serde::Deserialize;

use super::pdf;
use super::store;
use super::views::{LetterView, SignatureAttempt};
use crate::casework::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::identity::Staff;
use crate::ids::LetterId;
use crate::web::page::{PageQuery, page_size};
use crate::web::{
    Cursor, Format, FormatQuery, JsonOrPdf, Page, PathParam, PdfFile, Provided, Query, Reply,
    RequestedFormat,
};

/// A letter, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtLetter {
    /// Id of the letter.
    pub id: LetterId,
}

/// List the letters (buku agenda surat keluar).
///
/// Letters of the applications you may see, newest first. Withdrawn letters keep their number and
/// state the reason.
#[utoipa::path(tag = "letters", params(PageQuery), responses((status = 200, body = Page<LetterView>)))]
#[get("/letters")]
pub async fn list_letters(
    desk: Desk,
    _: Staff,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<LetterView>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor.0.read(query.0.cursor.as_deref(), "letters", &())?;
    let rows = desk
        .database()
        .read(async |c| store::list(c, desk.signed_in(), after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "letters", &(), |row| (row.signed_at, row.id.0))
        .map(Reply::page)
}

/// Read a letter (surat).
///
/// The register entry as JSON, or the signed PDF, byte for byte as it was signed.
#[utoipa::path(
    tag = "letters", params(AtLetter, FormatQuery),
    responses((status = 200, content((LetterView = "application/json"), (PdfFile = "application/pdf")))),
)]
#[get("/letters/{id}")]
pub async fn read_letter(
    desk: Desk,
    _: Staff,
    at: PathParam<AtLetter>,
    wanted: RequestedFormat,
) -> Result<JsonOrPdf<LetterView>> {
    let found = desk
        .database()
        .read(async |c| store::find(c, desk.signed_in(), at.0.id).await)
        .await?;
    let letter = found.ok_or_else(|| Error::new(Code::NotFound))?;
    if wanted.0 == Format::Pdf {
        return pdf::signed_pdf(&desk, &letter).await.map(JsonOrPdf::Pdf);
    }
    Ok(JsonOrPdf::Json(Reply::ok(letter).read_only()))
}

/// List the attempts to sign (percobaan tanda tangan elektronik).
///
/// Newest first: attempts for letters of the applications you may see, and your own attempts for
/// answers to complaints. An attempt never contains the signer's credentials.
#[utoipa::path(tag = "letters", params(PageQuery), responses((status = 200, body = Page<SignatureAttempt>)))]
#[get("/signature-attempts")]
pub async fn list_signature_attempts(
    desk: Desk,
    _: Staff,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<SignatureAttempt>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "signature-attempts", &())?;
    let rows = desk
        .database()
        .read(async |c| store::attempts::list(c, desk.signed_in(), after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "signature-attempts", &(), |row| {
            (row.at, row.id)
        })
        .map(Reply::page)
}
