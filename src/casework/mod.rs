//! What both workflows share: the desk that takes a file and hands it over, the journal, the two clocks, documents, jobs.

pub mod file_kind;
