//! Keeps every reply of a service, for tests that ask afterwards what was said to whom.

use std::sync::{Arc, Mutex};

use uuid::Uuid;

/// A reply somebody had.
#[derive(Clone)]
pub struct Heard {
    /// Whose it was: the account, none for reporters; and whether there was a token.
    pub who: (Uuid, bool),
    /// The method.
    pub method: String,
    /// Path and query as they were asked.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An ear at one service. Closed until somebody wants to listen: most tests do not, and replies are many.
#[derive(Clone, Default)]
pub struct Ear(Arc<Mutex<Option<Vec<Heard>>>>);

impl Ear {
    /// Listens from now on.
    pub fn open(&self) {
        self.0.lock().unwrap().get_or_insert_default();
    }

    /// What was heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.0.lock().unwrap().clone().unwrap_or_default()
    }

    pub(super) fn hear(&self, reply: impl FnOnce() -> Heard) {
        if let Some(heard) = self.0.lock().unwrap().as_mut() {
            heard.push(reply());
        }
    }
}
