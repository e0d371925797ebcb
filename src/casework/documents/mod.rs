//! The documents of a case: received as a stream, examined by content, stored in numbered versions,
//! served as a stream. The workflow decides on rights and on the kinds that each requirement
//! accepts.

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

pub use intake::{Received, SizeLimits, UploadRules, receive};
pub use store::StoredDocument;
pub use view::DocumentView;
