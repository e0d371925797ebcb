//! Serves the signed PDF of a letter unchanged; its number gives the file name.

use super::store;
use super::views::LetterView;
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::web::Pdf;

/// The signed PDF of an application's letter. The caller must have checked that the user may see
/// `letter`.
pub async fn signed_pdf(desk: &Desk, letter: &LetterView) -> Result<Pdf> {
    let (name, etag) = (file_name(&letter.number), format!("\"{}\"", &letter.sha256));
    if let Some(known) = Pdf::not_modified(desk.request(), &name, &etag) {
        return Ok(known);
    }
    let bytes = desk
        .database()
        .read(async |c| store::load_pdf(c, letter.id).await)
        .await?;
    Ok(Pdf::new(name, Some(etag), bytes))
}

/// `B/1/BSKJI/PA` becomes `B-1-BSKJI-PA.pdf`.
pub fn file_name(number: &str) -> String {
    let kept: String = number
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("{}.pdf", kept.trim_matches(['-', '.']))
}
