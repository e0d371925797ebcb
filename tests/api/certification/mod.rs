//! Certification as its callers see it.

pub mod office;
mod story;

pub use office::Office;
