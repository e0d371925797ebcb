//! Shared by both workflows: the desk that takes a file and hands it over, the journal, the two
//! clocks, registers, documents, jobs.

pub(crate) mod announce;
pub(crate) mod calendar_http;
pub mod calendars;
pub(crate) mod desk;
pub mod documents;
pub mod file_kind;
pub(crate) mod journal;
pub(crate) mod ledger;
pub(crate) mod next;
pub(crate) mod number_pattern;
pub(crate) mod number_pattern_http;
mod refusal;
pub(crate) mod register;
pub(crate) mod spreadsheet;
pub mod worker;
pub mod workflow;
