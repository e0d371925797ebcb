//! Names in texts: persons, holders of posts, and the reporter.

pub(crate) mod naming;
mod posts;
pub(crate) mod self_identification;
