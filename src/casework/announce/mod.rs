//! Notifications to users, and events for streams and webhooks, written in the transaction of the
//! change. The workflow chooses the recipients; this module writes to them.

pub(crate) mod event;
pub(crate) mod notice;
pub(crate) mod notify;
mod store;

pub use event::{ApplicationEvent, EventKind, FanOutEvent};
pub use notice::{About, Notice, NotificationKind};
pub use notify::{holders_of, notify, notify_by_tag};
pub use store::customer_users;
