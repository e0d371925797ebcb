//! What takes a mail out of the house: the one trait here, because the other side is really outside.

use std::future::Future;
use std::pin::Pin;

use super::message::Message;

/// A mail on its way.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<(), Undelivered>> + Send + 'a>>;

/// Takes mails out of the house.
pub trait Carrier: Send + Sync {
    /// Hands `message` to whoever delivers it. May be called again for the same message, which then bears the same Message-ID.
    fn carry<'a>(&'a self, message: &'a Message) -> Carrying<'a>;
}

/// Why a mail did not leave: a code for staff. What the other side said is not in it, because it may hold an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// It may do better later.
    Later(String),
    /// It never will.
    Never(String),
}

impl Undelivered {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Later(code) | Self::Never(code) => code,
        }
    }
}
