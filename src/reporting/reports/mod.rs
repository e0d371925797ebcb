//! The reports over HTTP.

pub mod realization;
pub mod sla;
