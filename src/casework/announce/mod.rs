//! What a change tells: notifications to people, and events for streams and webhooks. Written in the transaction of the change, or not at all. Who may be
//! told is the workflow's to find out; how it is told is written here.

pub mod event;
pub mod notice;
pub mod notify;
mod store;

pub use event::{ApplicationEvent, EventKind, SpreadEvent, publish};
pub use notice::{About, Kind, Notice};
pub use notify::{tell, tell_by_tag};
pub use store::{four_eyes_out, people_of};
