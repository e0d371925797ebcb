//! The papers of whistle-blowing as they are printed. They say less than the caller may read: nothing that a reporter wrote, no name but the signer's. They are
//! set on request, in silence, and never kept.

pub mod answer;

pub use answer::{AnswerLetter, answer_letter};
