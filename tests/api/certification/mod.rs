//! Certification over HTTP.

pub mod attempts;
mod billing;
mod clocks;
mod costs;
mod deficiencies;
mod desks;
pub mod documents;
pub mod drafts;
mod exits;
mod expiry;
mod fake_drive;
mod four_eyes;
mod mirror;
mod notices;
pub mod office;
mod payments;
mod races;
mod rights;
mod schemes;
mod statements;
mod story;
mod tariffs;
mod teams;
mod visibility;

pub use office::Office;
