//! The interface to the mail transport in `gateways::mail`.

use std::future::Future;
use std::pin::Pin;

use super::message::Message;

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
