//! Printed papers of whistle-blowing. They contain less than the caller may read: no text of the
//! reporter, and no name except the signer's. They are typeset on request, without logs, and not
//! stored.

mod answer;
mod disposition;
mod receipt;
pub mod samples;
mod words;

pub use answer::{AnswerLetter, answer_letter, signed_answer};
pub use disposition::disposition_sheet;
pub use receipt::receipt_slip;
