//! Port for signing PDFs. There are two providers: the office's own test authority (`local`) and
//! the national e-sign client service (`bsre`). The signer's credentials pass through and are not
//! stored.

pub(crate) mod bsre;
pub(crate) mod credentials;
pub(crate) mod failure;
pub(crate) mod local;

use chrono::{DateTime, Utc};

pub(crate) use self::bsre::Bsre;
pub(crate) use self::credentials::{Credentials, Nik, Passphrase};
pub(crate) use self::failure::{Outcome, SigningFailure};
pub use self::local::Authority;

/// A PDF to sign, with the text of its signature.
pub struct SignatureRequest {
    /// The finished PDF.
    pub pdf: Vec<u8>,
    /// Name of the signer.
    pub name: String,
    /// Capacity of the signer.
    pub capacity: String,
    /// The office that the signer represents.
    pub office: String,
    /// Place of signing: the office's city.
    pub place: String,
    /// Reason: the kind of letter.
    pub reason: String,
    /// URL of the public page for verifying the letter.
    pub verify_url: String,
    /// Time of signing.
    pub at: DateTime<Utc>,
}

/// A signing provider. Cheap to clone.
#[derive(Clone)]
pub enum SigningProvider {
    /// The office's own test authority.
    Local(Authority),
    /// The national e-sign service.
    Bsre(Bsre),
}

impl SigningProvider {
    /// The code of the provider, as settings and records name it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Local(_) => "local",
            Self::Bsre(_) => "bsre",
        }
    }

    /// True if the signer must send NIK and passphrase.
    pub(crate) fn needs_credentials(&self) -> bool {
        matches!(self, Self::Bsre(_))
    }

    /// Checks that the signer can sign, before a letter number is taken.
    pub(crate) async fn prepare(&self, credentials: &Credentials) -> Result<(), SigningFailure> {
        match self {
            Self::Local(_) => Ok(()),
            Self::Bsre(bsre) => bsre.check_signer(credentials).await,
        }
    }

    /// Signs the PDF of `signature_request`.
    ///
    /// # Errors
    /// When the provider refuses, does not answer, or returns a file that is not a signed copy.
    pub(crate) async fn sign(
        &self,
        signature_request: &SignatureRequest,
        credentials: &Credentials,
    ) -> Result<Vec<u8>, SigningFailure> {
        match self {
            Self::Local(authority) => authority
                .sign(signature_request)
                .map_err(SigningFailure::internal),
            Self::Bsre(bsre) => bsre.sign(signature_request, credentials).await,
        }
    }
}

impl std::fmt::Debug for SigningProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
