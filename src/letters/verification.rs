//! `POST /public/letters/verification`: checks whether a PDF is one of our letters, and unchanged.
//! The file is streamed, and neither stored nor parsed.

use actix_web::http::header;
use actix_web::{HttpRequest, post, web};
use serde::Serialize;

use super::scan::Scan;
use super::store::{self, LetterLookup};
use super::views::PublicLetter;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::web::body::reject_content_encoding;
use crate::web::body_reader::{BodyReader, ReadTimeout};
use crate::web::{Provided, Reply};

/// Largest accepted file in MiB, about twenty times the size of a letter.
const MAX_MIB: usize = 10;

/// The result of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One of our letters, unchanged. Its `status` tells whether it is still valid.
    Authentic,
    /// The file contains the token of one of our letters, but is not the signed file.
    Changed,
    /// Not one of our letters.
    Unknown,
}

/// The result of verifying a file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LetterVerification {
    /// The result.
    pub verdict: Verdict,
    /// The letter in the file, or the letter the file was made from.
    pub letter: Option<PublicLetter>,
}

/// Verify a letter (memeriksa berkas surat).
///
/// Send the PDF as the body, at most 10 MiB; other files are refused. The reply tells whether the
/// file is one of our letters and unchanged, and shows no more than the letter's public page. The
/// file is not stored.
#[utoipa::path(
    tag = "letters", request_body(content = Vec<u8>, content_type = "application/pdf"), responses((status = 200, body = LetterVerification)), security(()),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["body_too_large", "unsupported_media_type", "malformed_body", "request_timeout"])))
)]
#[post("/public/letters/verification")]
pub async fn verify_letter(
    request: HttpRequest,
    file: web::Payload,
    database: Provided<Database>,
) -> Result<Reply<LetterVerification>> {
    must_be_pdf(&request)?;
    reject_content_encoding(request.headers())?;
    let (digest, tokens) = scan_body(file).await?;
    let found = database.0.read(async |c| {
        if let Some(letter) = store::find_public(c, LetterLookup::Sha256(&digest)).await? {
            return Ok((Verdict::Authentic, Some(letter)));
        }
        for token in &tokens {
            if let Some(letter) = store::find_public(c, LetterLookup::Token(token)).await? {
                return Ok((Verdict::Changed, Some(letter)));
            }
        }
        Ok((Verdict::Unknown, None))
    });
    let (verdict, letter) = found.await?;
    Ok(Reply::ok(LetterVerification { verdict, letter }))
}

fn must_be_pdf(request: &HttpRequest) -> Result<()> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/pdf") {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType)
        .detail("Kirim application/pdf.", "Send application/pdf."))
}

async fn scan_body(mut file: web::Payload) -> Result<([u8; 32], Vec<[u8; 32]>)> {
    let incomplete = || {
        Error::new(Code::MalformedBody)
            .detail("Isi tidak diterima secara utuh.", "The body is incomplete.")
    };
    let (mut scan, mut size, mut body_reader) =
        (Scan::default(), 0, BodyReader::new(ReadTimeout::FILE));
    while let Some(chunk) = body_reader.next(&mut file, incomplete).await? {
        size += chunk.len();
        if size > MAX_MIB << 20 {
            return Err(
                Error::new(Code::BodyTooLarge).detail("Paling besar 10 MiB.", "At most 10 MiB.")
            );
        }
        scan.update(&chunk);
    }
    if !scan.is_pdf() {
        return Err(Error::new(Code::UnsupportedMediaType).detail(
            "Isi berkas kosong atau bukan PDF.",
            "The file is empty or is not a PDF.",
        ));
    }
    Ok(scan.finish())
}
