//! The receipt (tanda terima) on paper: what its holder shows us, in a form to keep. It names nobody.

use serde_json::json;

use super::words;
use crate::complaint::receipt::{Receipt, ReceiptKind};
use crate::error::Result;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words};

/// So many symbols of a digest or a signature stand on one line.
const LINE: usize = 22;

/// The receipt as a paper to be set.
///
/// # Errors
/// Our own fault when it has no JSON form.
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

/// `text` in pieces that fit on a line, so that nothing but line ends comes between its symbols when it is copied.
fn lines(text: &str) -> Vec<String> {
    let symbols: Vec<char> = text.chars().collect();
    symbols
        .chunks(LINE)
        .map(|line| line.iter().collect())
        .collect()
}
