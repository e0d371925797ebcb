//! Names in texts: persons, holders of posts, and the reporter.

pub mod naming;
mod posts;
pub mod self_identification;
