//! The disposition (lembar disposisi) on paper: the order of the head and the covering note of the
//! forwarding, without any text of the reporter.

use serde_json::json;

use super::words;
use crate::complaint::views::{ComplaintPaper, ComplaintView};
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words};

/// The disposition in `view` as a document to typeset.
///
/// # Errors
/// `not_found` when there is no disposition that the reader of the view may read.
pub fn disposition_sheet(view: &ComplaintView) -> Result<Document> {
    let disposition = view
        .disposition
        .as_ref()
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let written =
        |paper: &ComplaintPaper| json!({"text": paper.text, "on": day_in_words(today(paper.at))});
    let body = json!({
        "complaint": view.public_number,
        "received": day_in_words(view.received_on),
        "channel": words::channel(&view.channel),
        "category": words::category(view.category),
        "disposition": written(disposition),
        "forwarding": view.forwarding.as_ref().map(written),
    });
    let name = format!("{}-disposisi", view.public_number);
    let paper = Document::new(
        Template::Disposition,
        "Lembar Disposisi",
        today(disposition.at),
        &name,
        &LetterEnding::Issued,
        &body,
    );
    paper.map(Document::confidential)
}
