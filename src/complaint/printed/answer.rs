//! The letter of answer (surat jawaban) on paper. It goes to a number, because nobody who writes it knows to whom.

use chrono::NaiveDate;
use serde_json::json;

use crate::complaint::papers::of_staff::{Answer, Signature};
use crate::error::Result;
use crate::typesetting::{Document, Final, LetterEnding, Signer, Template, day_in_words};

/// What the letter is made of, beside how it ends.
#[derive(Clone, Copy)]
pub struct AnswerLetter<'a> {
    /// The number of the complaint.
    pub public_number: &'a str,
    /// The day the complaint was received on.
    pub received_on: NaiveDate,
    /// Subject and text.
    pub letter: &'a Answer,
    /// The title that will sign it, for a draft.
    pub title: &'a str,
}

/// The letter as it was signed. Without a place to verify it, room is left for ink.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn signed_answer(
    letter: &Answer,
    signature: &Signature,
    public_number: &str,
    received_on: NaiveDate,
) -> Result<Document> {
    let signer = Signer::of(&signature.capacity, &signature.signer);
    let end = Final {
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
        &LetterEnding::Final(Box::new(end)),
    )
}

/// The letter of answer as a paper to be set.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn answer_letter(answer: &AnswerLetter<'_>, finish: &LetterEnding) -> Result<Document> {
    let AnswerLetter {
        public_number,
        received_on,
        letter,
        title,
    } = answer;
    let (date, name) = match finish {
        // The day of the complaint, because no other day of a draft is anybody's business.
        LetterEnding::Draft | LetterEnding::Issued => {
            (*received_on, format!("{public_number}-konsep-jawaban"))
        }
        LetterEnding::Final(end) => (end.date, end.number.clone()),
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
