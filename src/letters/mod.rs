//! Signed letters: typeset, numbered, signed, stored unchanged, and open to public verification.
//! The workflow that issues a letter supplies its content as a document.

mod issue;
pub(crate) mod letter;
pub(crate) mod pdf;
pub(crate) mod public;
mod public_page;
pub(crate) mod register;
mod scan;
mod signing_queue;
pub(crate) mod signing_request;
mod store;
mod token;
pub(crate) mod verification;
pub(crate) mod views;

use std::sync::Arc;

use crate::web::Registry;

pub use self::issue::issue;
pub use self::letter::{IssuedLetter, LetterKind, LetterOwner, LetterStatus, NewLetter};
use self::signing_queue::SigningQueue;
pub use self::signing_request::SigningRequest;
pub use self::store::{find_by_draft, supersede, supersede_earlier, void};
pub use self::views::LetterView;
use crate::gateways::signing::{Authority, SigningProvider};

/// The signing provider and the public address for verification. Cheap to clone; provided by
/// `app.rs`.
#[derive(Debug, Clone)]
pub struct Letters {
    /// The signing provider.
    pub signing: SigningProvider,
    public_url: Arc<str>,
    queue: SigningQueue,
}

impl Letters {
    /// Letters are signed by `signing` and verified under `public_url` (without a trailing slash).
    pub fn new(signing: SigningProvider, public_url: &str) -> Self {
        Self {
            signing,
            public_url: public_url.into(),
            queue: SigningQueue::default(),
        }
    }

    /// The office's own test authority, if it is the signing provider.
    pub fn authority(&self) -> Option<&Authority> {
        match &self.signing {
            SigningProvider::Local(authority) => Some(authority),
            SigningProvider::Bsre(_) => None,
        }
    }
}

/// Registers the operations on letters.
pub fn routes(config: &mut impl Registry) {
    config
        .service(public::show_letter_authority)
        .service(verification::verify_letter)
        .service(public::check_letter)
        .service(register::list_letters)
        .service(register::read_letter)
        .service(register::list_signature_attempts);
}
