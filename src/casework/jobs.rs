//! Re-exports the job queue for the workflows.

pub use crate::jobs::{Job, queue, queue_after};
