//! Whistle-blowing as its callers see it.

mod attachments;
mod disclosures;
mod retries;
mod story;
pub mod wing;
