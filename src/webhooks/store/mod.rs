//! The SQL of webhooks and of what was sent to them.

pub(super) mod calls;
pub(super) mod deliveries;
pub(super) mod webhooks;
