//! The reports over HTTP.

pub(crate) mod realization;
pub(crate) mod sla;
