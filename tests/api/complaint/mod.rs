//! Whistle-blowing as its callers see it.

mod attachments;
mod attempts;
pub mod canary;
mod codes;
mod conflicts;
mod counting;
mod disclosures;
mod failures;
mod floods;
mod guards;
mod guesses;
mod hiding;
mod keeping;
mod locks;
mod minutes;
mod order;
mod probing;
mod races;
mod retries;
mod rights;
mod shielding;
mod story;
mod sweep;
mod traces;
mod turns;
pub mod wing;
