//! Printed papers of whistle-blowing. They contain less than the caller may read: no text of the
//! reporter, and no name except the signer's. They are typeset on request, without logs, and not
//! stored.

pub mod samples;

use chrono::NaiveDate;
use serde_json::json;

use crate::complaint::papers::form::Category;
use crate::complaint::papers::of_staff::{Answer, Signature};
use crate::complaint::receipt::{Receipt, ReceiptKind};
use crate::complaint::views::{ComplaintPaper, ComplaintView};
use crate::error::{OrNotFound as _, Result};
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, SignatureBlock, Signer, Template, day_in_words};

/// Symbols of a digest or a signature on one line.
const LINE: usize = 22;

/// The receipt as a document to typeset.
pub(crate) fn receipt_slip(receipt: &Receipt) -> Result<Document> {
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
        "channel": channel_label(&receipt.channel),
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

/// The disposition in `view` as a document to typeset.
///
/// # Errors
/// `not_found` when there is no disposition that the reader of the view may read.
pub(crate) fn disposition_sheet(view: &ComplaintView) -> Result<Document> {
    let disposition = view.disposition.as_ref().or_not_found()?;
    let written =
        |paper: &ComplaintPaper| json!({"text": paper.text, "on": day_in_words(today(paper.at))});
    let body = json!({
        "complaint": view.public_number,
        "received": day_in_words(view.received_on),
        "channel": channel_label(&view.channel),
        "category": category_label(view.category),
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

/// Content of the letter except its ending.
#[derive(Clone, Copy)]
pub(crate) struct AnswerLetter<'a> {
    /// Public number of the complaint.
    pub public_number: &'a str,
    /// Day of receipt of the complaint.
    pub received_on: NaiveDate,
    /// Subject and text.
    pub letter: &'a Answer,
    /// Title of the future signer, for a draft.
    pub title: &'a str,
}

/// The signed letter. Without a verification address, space is left for a handwritten signature.
pub(crate) fn signed_answer(
    letter: &Answer,
    signature: &Signature,
    public_number: &str,
    received_on: NaiveDate,
) -> Result<Document> {
    let signer = Signer::new(&signature.capacity, &signature.signer);
    let end = SignatureBlock {
        number: signature.number.clone(),
        date: signature.signed_on,
        signer,
        verification: None,
    };
    answer_letter(
        &AnswerLetter {
            public_number,
            received_on,
            letter,
            title: &signature.capacity,
        },
        &LetterEnding::Signed(Box::new(end)),
    )
}

/// The letter of answer as a document to typeset.
pub(crate) fn answer_letter(answer: &AnswerLetter<'_>, finish: &LetterEnding) -> Result<Document> {
    let AnswerLetter {
        public_number,
        received_on,
        letter,
        title,
    } = answer;
    let (date, name) = match finish {
        // A draft is dated with the day of the complaint and discloses no other day.
        LetterEnding::Draft | LetterEnding::Issued => {
            (*received_on, format!("{public_number}-konsep-jawaban"))
        }
        LetterEnding::Signed(end) => (end.date, end.number.clone()),
    };
    let body = json!({
        "complaint": public_number,
        "received": day_in_words(*received_on),
        "subject": letter.subject,
        "text": letter.body,
        "title": title,
    });
    Document::new(
        Template::Answer,
        "Surat Jawaban",
        date,
        &name,
        finish,
        &body,
    )
    .map(Document::confidential)
}

/// Label of a category.
fn category_label(category: Category) -> &'static str {
    match category {
        Category::Corruption => "Korupsi atau suap",
        Category::Gratuity => "Gratifikasi",
        Category::ConflictOfInterest => "Benturan kepentingan",
        Category::AbuseOfAuthority => "Penyalahgunaan wewenang",
        Category::Procurement => "Pelanggaran dalam pengadaan",
        Category::Service => "Pelanggaran dalam pelayanan",
        Category::Other => "Lainnya",
    }
}

/// Label of a channel.
fn channel_label(channel: &str) -> &'static str {
    match channel {
        "paper" => "formulir kertas di kantor",
        _ => "sistem elektronik",
    }
}
