//! Retries of requests whose replies hold a secret: the reply is found by a tag of the caller's own Idempotency-Key and sealed under a key made of it and of the
//! body (`IdempotentWrite::begin_sealed`). So it opens only to a request with both, and the key must be one that no second sender chooses.

use actix_web::HttpRequest;

use super::keys::Keys;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::idempotent_write::SealedUnder;
use crate::web::random_key::is_random;
use crate::web::retry_key::{SHOWN, retry_key};

/// What the reply to `request` is kept under; nothing when the caller sent no key. `of` keeps one reporter's keys apart from another's.
///
/// # Errors
/// `invalid_parameter` when the key was not drawn at random, or is the one that the contract shows.
pub fn sealed_under(request: &HttpRequest, keys: &Keys, of: &str) -> Result<Option<SealedUnder>> {
    let Some(key) = retry_key(request)? else {
        return Ok(None);
    };
    if !is_random(key) || key == SHOWN {
        return Err(Error::new(Code::InvalidParameter).detail(
            "Idempotency-Key di sini harus dibuat acak oleh program: UUID versi 4, 32 angka heksadesimal, atau 22 karakter base64url; bukan kata, urutan, atau contoh.",
            "Idempotency-Key must be drawn at random here: a UUID of version 4, 32 hexadecimal digits, or 22 characters of base64url; no words, no sequence, no example.",
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
    let Some(key) = retry_key(request)? else {
        return Ok(None);
    };
    let (tag, seal) = keys.retry_key(&format!("{user}|{key}"));
    Ok(Some(SealedUnder { tag, seal }))
}
