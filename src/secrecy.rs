//! Cryptographic keys, sealing and tags. Keys implement neither a revealing `Debug` nor
//! `Serialize`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Maximum length in bytes of a normalised text. Longer input is no password and stays as it is, to
/// bound the cost.
const LONGEST_NORMALISED: usize = 4_000;

/// A key from which others are derived: `MASTER_KEY`, from the environment or, in private mode, from
/// the data folder, never from the database; and the root key of the installation, which is sealed
/// under it (`identity::root_key`).
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Parses 64 hexadecimal digits.
    ///
    /// # Errors
    /// When the text is not 32 bytes in hex, or all bytes are equal.
    pub fn from_hex(text: &str) -> Result<Self, &'static str> {
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), key.as_mut())
            .map_err(|_| "it must be 64 hexadecimal digits")?;
        if key.iter().all(|byte| *byte == key[0]) {
            return Err("it is not random");
        }
        Ok(Self(key))
    }

    /// The key with these bytes; `None` unless there are 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|key| Self(Zeroizing::new(key)))
    }

    /// The bytes, for sealing the key under another one.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// The id of the key, which does not reveal it.
    pub(crate) fn id(&self) -> String {
        hex::encode(&mac(self.0.as_ref(), b"key id")[..8])
    }

    /// Derives a key for one purpose: HMAC-SHA-256 of the label under this key.
    pub fn derive(&self, label: &str) -> SealingKey {
        SealingKey(Zeroizing::new(mac(self.0.as_ref(), label.as_bytes())))
    }

    /// The key as 64 hexadecimal digits, for its file.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// A new random key.
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(secret)")
    }
}

/// Normalises a password or passphrase to NFKC, so that different keyboards give the same text.
pub(crate) fn normalised(secret: &str) -> Zeroizing<String> {
    Zeroizing::new(if secret.len() > LONGEST_NORMALISED {
        secret.to_owned()
    } else {
        secret.nfkc().collect()
    })
}

/// A key for one purpose: for sealing, tags and derived keys.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// The key with these bytes, which must be random or derived from a passphrase by a slow
    /// function.
    pub(crate) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Seals `plain` with XChaCha20-Poly1305 and a random nonce, which precedes the ciphertext.
    /// `place` is the associated data: the result opens only with the same `place`.
    ///
    /// # Panics
    /// Never: the cipher refuses only messages beyond 256 GiB.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; 24] = random_bytes();
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a message of this size can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens a sealed message; `None` when it was altered or sealed with another `place` or key.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: text,
            aad: place.as_bytes(),
        };
        self.cipher()
            .decrypt(&XNonce::from(nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }

    /// Derives a key: HMAC-SHA-256 of the label, which for 32 bytes equals the expansion of HKDF.
    #[must_use]
    pub(crate) fn derive(&self, label: &[u8]) -> Self {
        Self(Zeroizing::new(mac(self.0.as_ref(), label)))
    }

    /// HMAC-SHA-256 of `message`.
    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        mac(self.0.as_ref(), message)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(secret)")
    }
}

/// Random bytes from the operating system.
///
/// # Panics
/// When the system has no source of randomness: continuing would be unsafe.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// The signature of Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body.
pub(crate) fn webhook_signature(key: &SealingKey, id: &str, timestamp: i64, body: &[u8]) -> String {
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(key.tag(&signed)))
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_only_unchanged() {
        let key = MasterKey::random().derive("a purpose");
        let mut sealed = key.seal("table|row 1", b"secret");
        assert_eq!(
            key.open("table|row 1", &sealed)
                .as_deref()
                .map(Vec::as_slice),
            Some(b"secret".as_slice())
        );
        assert!(key.open("table|row 2", &sealed).is_none());
        assert!(
            MasterKey::random()
                .derive("a purpose")
                .open("table|row 1", &sealed)
                .is_none()
        );
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open("table|row 1", &sealed).is_none());
        assert!(key.open("table|row 1", b"short").is_none());
    }

    #[test]
    fn a_master_key_is_32_random_bytes_in_hex() {
        assert!(MasterKey::from_hex(&"00".repeat(32)).is_err());
        assert!(MasterKey::from_hex("abc").is_err());
        assert!(MasterKey::from_hex(&MasterKey::random().to_hex()).is_ok());
    }
}
