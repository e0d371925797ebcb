//! Whistle-blowing as its callers see it.

mod canary;
mod disclosures;
mod retries;
mod story;
pub mod wing;
