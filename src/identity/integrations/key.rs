//! The secret of an integration key: 256 random bits with a prefix by which secret scanners
//! recognise it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrecy::{random_bytes, sha256};

/// Prefix of every key.
const PREFIX: &str = "sdk_";

/// A new key and its digest.
pub fn new_key() -> (String, [u8; 32]) {
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let digest = digest(&key);
    (key, digest)
}

/// True if a bearer token is an integration key.
pub fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// The digest under which a key is stored.
pub fn digest(key: &str) -> [u8; 32] {
    sha256(key.as_bytes())
}
