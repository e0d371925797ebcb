//! The letter of answer (surat jawaban) on paper. It is addressed to a number, because its authors
//! do not know the reporter.

use chrono::NaiveDate;
use serde_json::json;

use crate::complaint::papers::of_staff::{Answer, Signature};
use crate::error::Result;
use crate::typesetting::{Document, LetterEnding, SignatureBlock, Signer, Template, day_in_words};

/// Content of the letter except its ending.
#[derive(Clone, Copy)]
pub struct AnswerLetter<'a> {
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
pub fn signed_answer(
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
pub fn answer_letter(answer: &AnswerLetter<'_>, finish: &LetterEnding) -> Result<Document> {
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
