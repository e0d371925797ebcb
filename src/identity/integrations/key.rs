//! The key itself: 256 random bits behind a prefix by which programs that look for leaked secrets know it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrecy::{random_bytes, sha256};

/// What every key begins with.
const PREFIX: &str = "sdk_";

/// A new key and what is kept of it.
pub fn new_key() -> (String, [u8; 32]) {
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let digest = digest(&key);
    (key, digest)
}

/// Whether a bearer token is meant to be a key.
#[must_use]
pub fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// What is kept of a key.
pub fn digest(key: &str) -> [u8; 32] {
    sha256(key.as_bytes())
}
