//! Work for later, where the workflows look for it.

pub use crate::jobs::{Job, queue, queue_after};
