//! Retries of requests whose replies hold a secret: the reply is kept under a name and a key made from the caller's own Idempotency-Key, so the key must be
//! one that nobody can guess.

use actix_web::HttpRequest;

use super::keys::Keys;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::retry_key::retry_key;
use crate::web::work::SealedUnder;

/// Characters that hold 128 bits when each is one of 64.
pub const SHORTEST: usize = 22;
/// What such a key is made of, as a regular expression.
pub const PATTERN: &str = "^[A-Za-z0-9_-]+$";
/// A key of fewer different characters was not drawn at random.
const LEAST_DIFFERENT: usize = 8;

/// What the reply to `request` is kept under; nothing when the caller sent no key. `of` keeps one reporter's keys apart from another's.
///
/// # Errors
/// `invalid_parameter` when the key is too short or too plain.
pub fn sealed_under(request: &HttpRequest, keys: &Keys, of: &str) -> Result<Option<SealedUnder>> {
    let Some(key) = retry_key(request)? else { return Ok(None) };
    if !is_random(key) {
        return Err(Error::new(Code::InvalidParameter).detail(
            "Idempotency-Key di sini harus acak 128 bit: 22 karakter base64url, 32 angka heksadesimal, atau UUID.",
            "Idempotency-Key must be 128 random bits here: 22 characters of base64url, 32 hexadecimal digits, or a UUID.",
        ));
    }
    let (tag, seal) = keys.retry_key(&format!("{of}|{key}"));
    Ok(Some(SealedUnder { tag, seal }))
}

/// The same for a member of staff. Whoever could open the record with a guessed key would need the service's own keys too, and those open the complaint.
///
/// # Errors
/// `invalid_parameter` when the key is none.
pub fn of_staff(request: &HttpRequest, keys: &Keys, user: UserId) -> Result<Option<SealedUnder>> {
    let Some(key) = retry_key(request)? else { return Ok(None) };
    let (tag, seal) = keys.retry_key(&format!("{user}|{key}"));
    Ok(Some(SealedUnder { tag, seal }))
}

fn is_random(key: &str) -> bool {
    let different: std::collections::BTreeSet<_> = key.bytes().collect();
    key.len() >= SHORTEST
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && different.len() >= LEAST_DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::is_random;

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        for guessable in ["", "1", "my-first-complaint", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0192f0c1 2b3c 7def 8123 456789abcdef"] {
            assert!(!is_random(guessable), "{guessable}");
        }
        assert!(is_random("5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4"));
        assert!(is_random("3f7c5f0e-6a8b-4f0d-9c1e-2b7d8a9e4c51"));
        assert!(is_random("Zk9_x2QpLm3RvT8sYw1aBc"));
    }
}
