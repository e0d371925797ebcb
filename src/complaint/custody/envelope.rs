//! Encryption to a public key: HPKE (RFC 9180), base mode, with X-Wing, HKDF-SHA-256 and
//! ChaCha20-Poly1305. X-Wing combines X25519 and ML-KEM-768: data copied today stays closed to a
//! later quantum computer, and a flaw in ML-KEM alone does not open it.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, single_shot_open,
    single_shot_seal,
};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrecy::random_bytes;

/// Ciphertext overhead: the encapsulated key in front and the tag behind.
#[cfg(test)]
pub const OVERHEAD: usize = ENCAPSULATED + 16;
/// Bytes of an encapsulated key.
const ENCAPSULATED: usize = 1_120;

/// Public key.
#[derive(Clone)]
pub struct PublicKey(<XWing as Kem>::PublicKey);

impl PublicKey {
    /// Parses the 1,216 bytes of a public key.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <XWing as Kem>::PublicKey::from_bytes(bytes).ok().map(Self)
    }

    /// Encodes the public key.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// Encrypts `plain` to this key, with the purpose `info` and the `associated_data`.
    pub fn seal(&self, info: &str, associated_data: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let (encapsulated, text) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.0,
            info.as_bytes(),
            plain,
            associated_data,
        )
        .map_err(Error::internal)?;
        Ok([encapsulated.to_bytes().as_slice(), &text].concat())
    }
}

/// Private key: a seed of 32 bytes, wiped from memory by the library.
pub struct PrivateKey(<XWing as Kem>::PrivateKey);

impl PrivateKey {
    /// Generates a private key.
    pub fn random() -> Self {
        Self::from_seed(&Zeroizing::new(random_bytes()))
    }

    /// Derives the private key of a seed.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(
            <XWing as Kem>::PrivateKey::from_bytes(seed.as_slice())
                .expect("32 bytes are a seed of X-Wing"),
        )
    }

    /// Seed of the key.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        let mut seed = Zeroizing::new([0; 32]);
        self.0.write_exact(seed.as_mut_slice());
        seed
    }

    /// The matching public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(XWing::sk_to_pk(&self.0))
    }

    /// Decrypts data sealed for the purpose `info` and the `associated_data`; none when it
    /// was changed, moved, or sealed to another key.
    pub fn open(
        &self,
        info: &str,
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (encapsulated, text) = sealed.split_at_checked(ENCAPSULATED)?;
        let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.0,
            &encapsulated,
            info.as_bytes(),
            text,
            associated_data,
        );
        opened.ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::sha256;

    #[test]
    fn the_public_key_is_that_of_the_x_wing_draft() {
        let seed = hex::decode("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
            .unwrap();
        let private = PrivateKey::from_seed(&Zeroizing::new(seed.try_into().unwrap()));
        let digest = "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb";
        assert_eq!(
            hex::encode(sha256(&private.public().to_bytes())),
            digest,
            "of pk in its first test vector"
        );
    }

    #[test]
    fn what_is_sealed_opens_for_its_holder_purpose_and_place_only() {
        let private = PrivateKey::random();
        let mut sealed = private
            .public()
            .seal("purpose", b"place", b"plain")
            .unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD);
        let again = PrivateKey::from_seed(&private.seed());
        assert_eq!(
            again.open("purpose", b"place", &sealed).unwrap().as_slice(),
            b"plain"
        );
        assert!(
            PrivateKey::random()
                .open("purpose", b"place", &sealed)
                .is_none(),
            "another key"
        );
        assert!(
            private.open("another", b"place", &sealed).is_none(),
            "another purpose"
        );
        assert!(
            private.open("purpose", b"another", &sealed).is_none(),
            "another place"
        );
        for changed in [0, 1_100, OVERHEAD] {
            sealed[changed] ^= 1;
            assert!(
                private.open("purpose", b"place", &sealed).is_none(),
                "byte {changed}"
            );
            sealed[changed] ^= 1;
        }
        assert!(
            private
                .open("purpose", b"place", &sealed[..1_000])
                .is_none()
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(PublicKey::from_bytes(&[0; 1_215]).is_none());
        assert!(PublicKey::from_bytes(&[255; 1_216]).is_none());
        let public = PrivateKey::random().public().to_bytes();
        assert_eq!(PublicKey::from_bytes(&public).unwrap().to_bytes(), public);
    }
}
