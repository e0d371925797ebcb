//! Whistle-blowing as its callers see it.

mod story;
pub mod wing;
