//! A mail with its words, ready to be carried.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Who gets it. `Debug` shows neither name nor address: they belong into no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The name, as the account has it.
    pub name: String,
    /// The address.
    pub address: String,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient")
    }
}

/// A mail with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, which makes its Message-ID.
    pub id: Uuid,
    /// When it was queued: its `Date`, also when it is sent again.
    pub written_at: DateTime<Utc>,
    /// Who gets it.
    pub to: Recipient,
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// `id` or `en`.
    pub language: &'static str,
}
