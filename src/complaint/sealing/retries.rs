//! Idempotency keys of requests with a secret in the reply. The stored reply is found by a tag of
//! the caller's `Idempotency-Key` and sealed under a key derived from that key and the body
//! (`IdempotentWrite::begin_sealed`). The reply opens only to a request with both, so the key must
//! be random.

use actix_web::HttpRequest;

use super::keys::Keys;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::idempotency_key::{EXAMPLE, idempotency_key};
use crate::web::idempotent_write::SealedReplyKey;
use crate::web::random_key::is_random;

/// Tag and key for the stored reply to `request`; none when the caller sent no key. `of` separates
/// the keys of one reporter from those of another.
///
/// # Errors
/// `invalid_parameter` when the key is not random, or is the example in the contract.
pub fn sealed_under(
    request: &HttpRequest,
    keys: &Keys,
    of: &str,
) -> Result<Option<SealedReplyKey>> {
    let Some(key) = idempotency_key(request)? else {
        return Ok(None);
    };
    if !is_random(key) || key == EXAMPLE {
        return Err(Error::new(Code::InvalidParameter).detail(
            "Idempotency-Key di sini harus dibuat acak oleh program: UUID versi 4, 32 angka heksadesimal, atau 22 karakter base64url; bukan kata, urutan, atau contoh.",
            "Idempotency-Key must be generated at random here: a version 4 UUID, 32 hexadecimal digits, or 22 base64url characters; no words, sequences or examples.",
        ));
    }
    let (tag, seal) = keys.retry_key(&format!("{of}|{key}"));
    Ok(Some(SealedReplyKey { tag, seal }))
}

/// The same for a member of staff. The key need not be random: decrypting the stored reply takes
/// the service's own keys as well, and those open the complaint anyway.
pub fn sealed_under_for_staff(
    request: &HttpRequest,
    keys: &Keys,
    user: UserId,
) -> Result<Option<SealedReplyKey>> {
    let Some(key) = idempotency_key(request)? else {
        return Ok(None);
    };
    let (tag, seal) = keys.retry_key(&format!("{user}|{key}"));
    Ok(Some(SealedReplyKey { tag, seal }))
}
