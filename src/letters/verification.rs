//! Whether a PDF that somebody holds is a letter of ours, and unchanged. The file streams past and is neither kept nor parsed.

use actix_web::http::header;
use actix_web::{HttpRequest, post, web};
use serde::Serialize;

use super::scan::Scan;
use super::store::{self, Held};
use super::views::PublicLetter;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::web::arrival::{Arrival, Pace};
use crate::web::body::must_not_be_encoded;
use crate::web::{Provided, Reply};

/// The largest file that is looked at, in MiB: a letter has a twentieth.
const LARGEST: usize = 10;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A letter of ours, unchanged. Whether it still holds, its `status` says.
    Authentic,
    /// It bears the code of a letter of ours, but is not the file that was signed.
    Changed,
    /// No letter of ours.
    Unknown,
}

/// What is known of a file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LetterVerification {
    /// What it is.
    pub verdict: Verdict,
    /// The letter it is, or that it was made from.
    pub letter: Option<PublicLetter>,
}

/// Verify a letter (memeriksa berkas surat).
///
/// The PDF as the body, at most 10 MiB; anything else is refused. Tells whether it is a letter of ours and unchanged, and no more of it than its public
/// page. The file is not kept.
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
    must_not_be_encoded(request.headers())?;
    let (digest, tokens) = scanned(file).await?;
    let found = database.0.read(async |c| {
        if let Some(letter) = store::public(c, Held::Bytes(&digest)).await? {
            return Ok((Verdict::Authentic, Some(letter)));
        }
        for token in &tokens {
            if let Some(letter) = store::public(c, Held::Token(token)).await? {
                return Ok((Verdict::Changed, Some(letter)));
            }
        }
        Ok((Verdict::Unknown, None))
    });
    let (verdict, letter) = found.await?;
    Ok(Reply::ok(LetterVerification { verdict, letter }))
}

fn must_be_pdf(request: &HttpRequest) -> Result<()> {
    let given = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/pdf") {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType)
        .detail("Kirim application/pdf.", "Send application/pdf."))
}

async fn scanned(mut file: web::Payload) -> Result<([u8; 32], Vec<[u8; 32]>)> {
    let broken = || {
        Error::new(Code::MalformedBody)
            .detail("Isi tidak tiba utuh.", "The body did not arrive whole.")
    };
    let (mut scan, mut size, mut arrival) = (Scan::default(), 0, Arrival::at(Pace::FILE));
    while let Some(piece) = arrival.next(&mut file, broken).await? {
        size += piece.len();
        if size > LARGEST << 20 {
            return Err(
                Error::new(Code::BodyTooLarge).detail("Paling besar 10 MiB.", "At most 10 MiB.")
            );
        }
        scan.see(&piece);
    }
    if !scan.is_pdf() {
        return Err(Error::new(Code::UnsupportedMediaType).detail(
            "Isi berkas kosong atau bukan PDF.",
            "The file is empty or no PDF.",
        ));
    }
    Ok(scan.finish())
}
