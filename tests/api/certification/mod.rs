//! Certification as its callers see it.

mod office;
mod story;

pub use office::Office;
