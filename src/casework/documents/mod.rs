//! The documents of a case: taken in as a stream, judged by their content, kept for ever in numbered versions, sent back as a stream.
//! Who may do so, and which requirement takes what, is the workflow's business.

pub mod content;
pub mod download;
pub mod file_name;
pub mod intake;
pub mod pdf;
pub mod range;
pub mod store;
mod upload;
pub mod view;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use intake::{Limits, Received, Terms, receive};
pub use store::StoredDocument;
pub use view::DocumentView;
