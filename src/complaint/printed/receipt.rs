//! The receipt (tanda terima) on paper. It names no person.

use serde_json::json;

use super::words;
use crate::complaint::receipt::{Receipt, ReceiptKind};
use crate::error::Result;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words};

/// Symbols of a digest or a signature on one line.
const LINE: usize = 22;

/// The receipt as a document to typeset.
pub fn receipt_slip(receipt: &Receipt) -> Result<Document> {
    let (of, event) = match receipt.kind {
        ReceiptKind::Complaint => (
            "Pengaduan melalui sistem whistle blowing",
            "Tanggal pengaduan diterima",
        ),
        ReceiptKind::Answer => ("Surat jawaban atas pengaduan", "Tanggal jawaban diterima"),
    };
    let body = json!({
        "kind": receipt.kind.code(),
        "of": of,
        "event": event,
        "number": receipt.public_number,
        "received": day_in_words(receipt.received_on),
        "channel": words::channel(&receipt.channel),
        "commitment": lines(&receipt.commitment),
        "salt": lines(&receipt.salt),
        "signature": lines(&receipt.signature),
    });
    let name = format!("{}-tanda-terima", receipt.public_number);
    let paper = Document::new(
        Template::Receipt,
        "Tanda Terima",
        receipt.received_on,
        &name,
        &LetterEnding::Issued,
        &body,
    );
    paper.map(Document::confidential)
}

/// Splits `text` into lines, so that a copied text contains only line ends between its symbols.
fn lines(text: &str) -> Vec<String> {
    let symbols: Vec<char> = text.chars().collect();
    symbols
        .chunks(LINE)
        .map(|line| line.iter().collect())
        .collect()
}
