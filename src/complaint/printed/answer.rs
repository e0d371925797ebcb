//! The letter of answer (surat jawaban) on paper. It goes to a number, because nobody who writes it knows to whom.

use chrono::NaiveDate;
use serde_json::json;

use crate::complaint::paper::Answer;
use crate::error::Result;
use crate::typesetting::{Finish, Paper, Template, day_in_words};

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

/// The letter of answer as a paper to be set.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn answer_letter(answer: &AnswerLetter<'_>, finish: &Finish) -> Result<Paper> {
    let AnswerLetter { public_number, received_on, letter, title } = answer;
    let (date, name) = match finish {
        // The day of the complaint, because no other day of a draft is anybody's business.
        Finish::Draft | Finish::Issued => (*received_on, format!("{public_number}-konsep-jawaban")),
        Finish::Final(end) => (end.date, end.number.clone()),
    };
    let body = json!({
        "complaint": public_number,
        "received": day_in_words(*received_on),
        "subject": letter.subject,
        "text": letter.body,
        "title": title,
    });
    Paper::new(Template::Answer, "Surat Jawaban", date, &name, finish, &body).map(Paper::confidential)
}
