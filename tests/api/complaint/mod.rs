//! Whistle-blowing as its callers see it.

mod alarms;
pub mod attachments;
mod attempts;
pub mod canary;
mod codes;
mod conflicts;
mod counting;
mod disclosures;
mod guards;
mod hiding;
mod keeping;
mod locks;
mod order;
mod originals;
mod probing;
mod races;
mod retries;
mod rights;
mod story;
mod sweep;
mod traces;
pub mod wing;
