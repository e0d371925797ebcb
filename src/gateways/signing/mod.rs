//! The signature port: a PDF goes in, the same PDF with an electronic signature comes out. Two providers stand behind it: the office's own test authority
//! (`local`), and the national e-sign client service (`bsre`). What a signer proves themselves with passes through and is kept nowhere.

pub mod bsre;
pub mod credentials;
pub mod failure;
pub mod local;

use chrono::{DateTime, Utc};

pub use self::bsre::Bsre;
pub use self::credentials::{Credentials, Nik, Passphrase};
pub use self::failure::{Failure, Outcome};
pub use self::local::Authority;

/// What is to be signed, and what the signature says beside it.
pub struct Order {
    /// The finished PDF.
    pub pdf: Vec<u8>,
    /// The name of whoever signs.
    pub name: String,
    /// In which capacity.
    pub capacity: String,
    /// The office in whose name.
    pub office: String,
    /// Where: the office's city.
    pub place: String,
    /// Why: what the letter is.
    pub reason: String,
    /// Where the letter can be checked: the URL of its public page.
    pub check_at: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who signs PDFs. Cheap to clone.
#[derive(Clone)]
pub enum Signing {
    /// The office's own test authority.
    Local(Authority),
    /// The national e-sign service.
    Bsre(Bsre),
}

impl Signing {
    /// The code of the provider, as settings and records name it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Local(_) => "local",
            Self::Bsre(_) => "bsre",
        }
    }

    /// Whether signers must prove themselves with NIK and passphrase.
    #[must_use]
    pub fn asks_for_credentials(&self) -> bool {
        matches!(self, Self::Bsre(_))
    }

    /// Finds out, before a number is taken, whether this signer can sign at all.
    ///
    /// # Errors
    /// When the provider says no, does not answer, or answers nonsense.
    pub async fn prepare(&self, credentials: &Credentials) -> Result<(), Failure> {
        match self {
            Self::Local(_) => Ok(()),
            Self::Bsre(bsre) => bsre.check_signer(credentials).await,
        }
    }

    /// The PDF of `order`, signed.
    ///
    /// # Errors
    /// When the provider says no, does not answer, or gives back what is no signed copy of it.
    pub async fn sign(&self, order: &Order, credentials: &Credentials) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Local(authority) => authority.sign(order).map_err(Failure::of_our_own),
            Self::Bsre(bsre) => bsre.sign(order, credentials).await,
        }
    }
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
