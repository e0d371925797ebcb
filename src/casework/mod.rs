//! What the workflows share: the documents of a case and the kinds of file they may be.

pub mod documents;
pub mod file_kind;
