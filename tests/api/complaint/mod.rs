//! Whistle-blowing as its callers see it.

mod attachments;
mod canary;
mod codes;
mod conflicts;
mod disclosures;
mod keeping;
mod locks;
mod order;
mod retries;
mod story;
mod traces;
pub mod wing;
