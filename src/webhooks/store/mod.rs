//! The SQL of webhooks and of their deliveries.

pub(super) mod calls;
pub(super) mod deliveries;
pub(super) mod webhooks;
