//! `GET /events`: a stream of server-sent events for signed-in users. All events are read from a
//! table, by the same visibility rules as all reads; `LISTEN` notifications only trigger a read.

pub(crate) mod broadcaster;
mod frame;
pub(crate) mod http;
pub(crate) mod jobs;
pub(crate) mod listener;
mod position;
mod store;
mod stream;

pub use broadcaster::EventBroadcaster;
pub(crate) use position::EventCursorKey;
