//! The provider `local`: PAdES-B-B signatures under the office's own test certification authority.
//! They can be verified against its certificate, but do not have the legal force of a listed
//! authority (PSrE).

mod authority;
mod cades;
mod certificate;
mod container;
mod key;
mod store;

pub use self::authority::Authority;

use self::container::PreparedPdf;
use super::SignatureRequest;
use crate::error::Result;
use crate::secrecy::sha256;

impl Authority {
    /// Signs the PDF with an incremental update: an invisible signature field with a signature
    /// over every other byte.
    ///
    /// # Errors
    /// An internal error when the PDF cannot be updated.
    pub fn sign(&self, signature_request: &SignatureRequest) -> Result<Vec<u8>> {
        let signer = self.issue(
            &signature_request.name,
            &signature_request.capacity,
            signature_request.at,
        )?;
        let opened = PreparedPdf::prepare(signature_request)?;
        let signature =
            cades::detached(&signer, self.certificate(), &sha256(&opened.signed_bytes()))?;
        opened.embed(&signature)
    }
}

#[cfg(test)]
mod tests;
