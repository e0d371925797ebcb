//! The reports over HTTP.

pub(crate) mod deposits;
pub(crate) mod pnbp;
pub(crate) mod realization;
pub(crate) mod sla;
