//! A rendered mail, ready for the transport.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The recipient. `Debug` shows neither name nor address, because logs must not contain them.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The display name of the account.
    pub name: String,
    /// The address.
    pub address: String,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient")
    }
}

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id of the mail, which is part of its Message-ID.
    pub id: Uuid,
    /// When it was queued: its `Date`, also when it is sent again.
    pub written_at: DateTime<Utc>,
    /// The recipient.
    pub to: Recipient,
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same text as HTML.
    pub html: String,
    /// `id` or `en`.
    pub language: &'static str,
}
