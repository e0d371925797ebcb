//! Certification as its callers see it.

pub mod attempts;
mod billing;
mod clocks;
mod deficiencies;
mod desks;
mod documents;
mod drafts;
mod exits;
mod expiry;
mod four_eyes;
mod notices;
pub mod office;
mod races;
mod rights;
mod story;
mod visibility;

pub use office::Office;
