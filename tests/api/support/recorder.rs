//! Records every reply of a service, for tests that compare replies with their readers afterwards.

use std::sync::{Arc, Mutex};

use uuid::Uuid;

/// A recorded reply.
#[derive(Clone)]
pub struct RecordedReply {
    /// The reader: the account, nil for reporters; and whether there was a token.
    pub reader: (Uuid, bool),
    pub method: String,
    /// Path and query as requested.
    pub path: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Records the replies of one service. Off until a test opens it, because most tests do not need it
/// and there are many replies.
#[derive(Clone, Default)]
pub struct ReplyRecorder(Arc<Mutex<Option<Vec<RecordedReply>>>>);

impl ReplyRecorder {
    /// Records from now on.
    pub fn open(&self) {
        self.0.lock().unwrap().get_or_insert_default();
    }

    /// The replies recorded so far.
    pub fn replies(&self) -> Vec<RecordedReply> {
        self.0.lock().unwrap().clone().unwrap_or_default()
    }

    pub(super) fn record(&self, reply: impl FnOnce() -> RecordedReply) {
        if let Some(heard) = self.0.lock().unwrap().as_mut() {
            heard.push(reply());
        }
    }
}
