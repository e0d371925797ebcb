//! Whom a text names: people, the holders of posts, and the reporter themself.

pub mod naming;
mod posts;
pub mod self_identification;
