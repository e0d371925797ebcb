//! The documents of a case: received as a stream, examined by content, stored in numbered versions,
//! served as a stream. The workflow decides on rights and on the kinds that each requirement
//! accepts.

pub(crate) mod content;
pub(crate) mod download;
pub(crate) mod file_name;
pub(crate) mod intake;
pub(crate) mod pdf;
pub(crate) mod range;
pub(crate) mod store;
mod upload;
pub(crate) mod view;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use intake::{Received, SizeLimits, UploadRules, receive};
pub(crate) use store::StoredDocument;
pub(crate) use view::DocumentView;
