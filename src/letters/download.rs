//! A PDF on its way out: the signed bytes as they are, or a draft as it would look now. Always as a file, never kept by caches in between.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::store;
use super::views::LetterView;
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::secrecy::sha256;

/// In which shape a letter is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LetterFormat)]
pub enum Format {
    /// As data.
    #[default]
    Json,
    /// As the letter itself.
    Pdf,
}

/// How a letter is shown.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Shape {
    /// `json` when not given, or `pdf`; `Accept: application/pdf` asks for the same.
    #[param(inline)]
    pub format: Option<Format>,
}

impl Shape {
    /// Whether the PDF is wanted. What the address says counts more than what the header says.
    #[must_use]
    pub fn is_pdf(self, request: &HttpRequest) -> bool {
        let accepted =
            || request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default().starts_with("application/pdf");
        self.format.map_or_else(accepted, |format| format == Format::Pdf)
    }
}

/// The signed PDF of an application's letter. Who may see it was decided before.
///
/// # Errors
/// When the server refuses.
pub async fn letter(desk: &Desk, letter: &LetterView) -> Result<HttpResponse> {
    let bytes = desk.database().read(async |c| store::bytes(c, letter.id).await).await?;
    Ok(pdf(desk.request(), &letter.number, bytes))
}

/// A reply with these bytes, in a file called like `name`.
#[must_use]
pub fn pdf(request: &HttpRequest, name: &str, bytes: Vec<u8>) -> HttpResponse {
    let etag = format!("\"{}\"", hex::encode(sha256(&bytes)));
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut reply = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, "private, no-store")).insert_header((header::VARY, "accept"));
    if known {
        return reply.finish();
    }
    let kept: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    // Compressed on the way it would not be the bytes that were signed.
    reply.insert_header(ContentEncoding::Identity);
    reply.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{kept}.pdf\"")));
    reply.content_type("application/pdf").body(bytes)
}
