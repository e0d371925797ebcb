//! `GET /events`: what happens, as a stream of server-sent events for whoever is signed in. Everything is read from a table, by the same rules as all reads;
//! what the database calls out (`LISTEN`) only says that it is worth looking.

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
