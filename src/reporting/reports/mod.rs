//! What is asked of the record over HTTP.

pub mod realization;
pub mod sla;
