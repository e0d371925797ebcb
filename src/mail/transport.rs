//! A rendered mail, and the interface to the mail transport in `gateways::mail`.

use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Future of a delivery.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), DeliveryFailure>> + Send + 'a>>;

/// A mail transport.
pub trait MailTransport: Send + Sync {
    /// Delivers `message`. May be called again for the same message, which then has the same
    /// Message-ID.
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivery<'a>;
}

/// A delivery failure, with a code for staff. The server's reply is not included, because it may
/// contain an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryFailure {
    /// A temporary failure: try again later.
    Temporary(String),
    /// A permanent failure.
    Permanent(String),
}

impl DeliveryFailure {
    /// The code.
    pub fn code(&self) -> &str {
        match self {
            Self::Temporary(code) | Self::Permanent(code) => code,
        }
    }
}

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
