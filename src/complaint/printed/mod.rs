//! The papers of whistle-blowing as they are printed. They say less than the caller may read: nothing that a reporter wrote, no name but the signer's. They are
//! set on request, in silence, and never kept.

mod answer;
mod disposition;
mod receipt;
pub mod samples;
mod words;

pub use answer::{AnswerLetter, answer_letter, signed_answer};
pub use disposition::disposition_sheet;
pub use receipt::receipt_slip;
