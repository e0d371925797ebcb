//! Whistle-blowing as its callers see it.

mod retries;
mod story;
pub mod wing;
