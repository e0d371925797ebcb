//! `GET /public/letters/{token}`: the public page behind a letter's QR code, as HTML or JSON. It
//! shows no personal data and no application.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder as _, get};
use serde::Deserialize;

use super::Letters;
use super::public_page;
use super::store::{self, LetterLookup};
use super::token::Token;
use super::views::PublicLetter;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::web::etags::{READ_ONLY, etag};
use crate::web::html::ReaderPreferences;
use crate::web::{PathParam, Provided, Reply};

/// The token of a letter, in the path.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtToken {
    /// Token from the QR code.
    #[param(example = "q1w2e3r4t5y6u7i8o9p0a1s2d3f")]
    pub token: String,
}

/// Check a letter (memeriksa keaslian surat).
///
/// The public page behind the QR code of a letter: number, date, subject, the signer's title, the
/// SHA-256 of the signed PDF, and whether the letter is valid. HTML for people (`Accept:
/// text/html`), JSON for programs. It contains no personal names.
#[utoipa::path(
    tag = "letters", params(AtToken),
    responses((status = 200, content((PublicLetter = "application/json"), (String = "text/html", example = "<!doctype html>\n<title>Surat</title>\n")))),
    security(()), extensions(("x-problem-codes" = json!(["not_found"])))
)]
#[get("/public/letters/{token}")]
pub async fn check_letter(
    at: PathParam<AtToken>,
    reader: ReaderPreferences,
    database: Provided<Database>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let unknown = || {
        Error::new(Code::NotFound).detail(
            "Tidak ada surat dengan kode ini.",
            "There is no letter with this code.",
        )
    };
    let token = Token::parse(&at.0.token).ok_or_else(unknown)?;
    let letter = database
        .0
        .read(async |c| store::find_public(c, LetterLookup::Token(&token.digest())).await)
        .await?
        .ok_or_else(unknown)?;
    if !reader.wants_html {
        let reply = Reply::ok(letter)
            .read_only()
            .customize()
            .insert_header((header::VARY, "accept"));
        return Ok(reply.respond_to(&request).map_into_boxed_body());
    }
    let (html, policy) = public_page::render(&letter, reader.language);
    let reply = HttpResponse::Ok()
        .insert_header((header::ETAG, etag(READ_ONLY, &html)))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::VARY, "accept, accept-language"))
        .insert_header((header::CONTENT_LANGUAGE, reader.language.tag()))
        .content_type("text/html; charset=utf-8")
        .body(html);
    Ok(reply)
}

/// Show the letters' authority (sertifikat otoritas penanda tangan).
///
/// The certificate (PEM) of the office's own test authority. Any PDF reader that trusts it can
/// verify the signature of a letter. Not available if the national service signs.
#[utoipa::path(
    tag = "letters",
    responses((status = 200, description = "The certificate", content((String = "application/x-pem-file", example = "-----BEGIN CERTIFICATE-----\n")))),
    security(()), extensions(("x-problem-codes" = json!(["not_found"])))
)]
#[get("/public/letter-authority")]
pub async fn show_letter_authority(letters: Provided<Letters>) -> Result<HttpResponse> {
    let authority = letters
        .0
        .authority()
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/x-pem-file")
        .body(authority.pem().to_owned()))
}
