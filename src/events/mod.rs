//! `GET /events`: a stream of server-sent events for signed-in users. All events are read from a
//! table, by the same visibility rules as all reads; `LISTEN` notifications only trigger a read.

pub mod broadcaster;
mod frame;
pub mod http;
pub mod jobs;
pub mod listener;
mod position;
mod store;
mod stream;

pub use broadcaster::EventBroadcaster;
pub use position::EventCursorKey;
