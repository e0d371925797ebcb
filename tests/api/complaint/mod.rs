//! Whistle-blowing as its callers see it.

mod disclosures;
mod story;
pub mod wing;
