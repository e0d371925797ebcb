//! Shared by both workflows: the desk that takes a file and hands it over, the journal, the two
//! clocks, registers, documents, jobs.

pub mod announce;
pub mod calendar_http;
pub mod calendars;
pub mod desk;
pub mod documents;
pub mod file_kind;
pub mod journal;
pub mod ledger;
pub mod next;
pub mod number_pattern;
pub mod number_pattern_http;
mod refusal;
pub mod register;
pub mod worker;
pub mod workflow;
