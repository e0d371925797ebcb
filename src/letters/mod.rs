//! Letters that bear a signature: set in type, numbered, signed, stored as they are for ever, and checked by anybody who holds one. What a letter says is its
//! workflow's business; it comes in as a paper to be set.

pub mod attempts;
mod issue;
pub mod kind;
pub mod new_letter;
mod page;
pub mod pdf;
pub mod public;
pub mod register;
mod scan;
mod signing_queue;
pub mod signing_request;
pub mod status;
mod store;
mod token;
pub mod verification;
pub mod views;

use std::sync::Arc;

use crate::web::Registry;

pub use self::issue::issue;
pub use self::kind::LetterKind;
pub use self::new_letter::{Belongs, Issued, NewLetter};
use self::signing_queue::SigningQueue;
pub use self::signing_request::SigningRequest;
pub use self::status::LetterStatus;
pub use self::store::{of_draft, supersede, supersede_of_application, void};
pub use self::views::LetterView;
use crate::gateways::signing::{Authority, Signing};

/// Who signs, and under which address letters can be checked. Cheap to clone; provided by `app.rs`.
#[derive(Debug, Clone)]
pub struct Letters {
    /// The provider.
    pub signing: Signing,
    public_url: Arc<str>,
    turns: SigningQueue,
}

impl Letters {
    /// Signed by `signing`, checked under `public_url` (without a slash at the end).
    #[must_use]
    pub fn new(signing: Signing, public_url: &str) -> Self {
        Self {
            signing,
            public_url: public_url.into(),
            turns: SigningQueue::default(),
        }
    }

    /// The office's own test authority, when it signs.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        match &self.signing {
            Signing::Local(authority) => Some(authority),
            Signing::Bsre(_) => None,
        }
    }
}

/// Every operation of letters.
pub fn routes(config: &mut impl Registry) {
    config
        .service(public::show_letter_authority)
        .service(verification::verify_letter)
        .service(public::check_letter)
        .service(register::list_letters)
        .service(register::read_letter)
        .service(attempts::list_signature_attempts);
}
