//! A signed letter on its way out: the bytes as they were signed, called like their number.

use super::store;
use super::views::LetterView;
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::web::Pdf;

/// The signed PDF of an application's letter. Who may see it was decided before.
///
/// # Errors
/// When the server refuses.
pub async fn letter(desk: &Desk, letter: &LetterView) -> Result<Pdf> {
    let (name, etag) = (file_name(&letter.number), format!("\"{}\"", &letter.sha256));
    if let Some(known) = Pdf::known(desk.request(), &name, &etag) {
        return Ok(known);
    }
    let bytes = desk
        .database()
        .read(async |c| store::bytes(c, letter.id).await)
        .await?;
    Ok(Pdf::new(name, Some(etag), bytes))
}

/// `B/1/BSKJI/PA` becomes `B-1-BSKJI-PA.pdf`.
#[must_use]
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
