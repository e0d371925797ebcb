//! A private key of the test authority or of one signature: ECDSA over P-256 with SHA-256, which
//! PDF readers accept. The type states its algorithm identifier itself, because the library would
//! derive it only with another version of the SHA-2 crate.

use der::asn1::ObjectIdentifier;
use p256::ecdsa::signature::{Keypair, Signer};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use x509_cert::spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrecy::random_bytes;

const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A private key. Its memory is wiped on drop.
pub struct Key(SigningKey);

impl Key {
    /// A new random key.
    ///
    /// # Errors
    /// When three random values in a row are no valid key, which means that the system's randomness
    /// is broken.
    pub fn random() -> Result<Self> {
        let keys = std::iter::repeat_with(|| {
            Self::from_bytes(Zeroizing::new(random_bytes::<32>()).as_slice())
        });
        keys.take(3)
            .find_map(std::result::Result::ok)
            .ok_or_else(|| Error::internal("no private key could be made"))
    }

    /// The key with these 32 bytes.
    ///
    /// # Errors
    /// When the bytes are no valid key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        SigningKey::from_slice(bytes)
            .map(Self)
            .map_err(Error::internal)
    }

    /// The bytes of the key, for sealing.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_bytes().to_vec())
    }
}

impl Keypair for Key {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        *self.0.verifying_key()
    }
}

impl DynSignatureAlgorithmIdentifier for Key {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA_256,
            parameters: None,
        })
    }
}

impl Signer<DerSignature> for Key {
    fn try_sign(
        &self,
        message: &[u8],
    ) -> std::result::Result<DerSignature, p256::ecdsa::signature::Error> {
        self.0.try_sign(message)
    }
}
