//! Retries of requests with a password in the body: the stored digest must not allow guessing the
//! password.

use actix_web::{HttpMessage as _, HttpRequest};

use super::Identity;
use crate::web::body::BodyDigest;

/// Replaces the digest of the body by a keyed one before `IdempotentWrite` stores it. With a plain
/// SHA-256, an attacker with access to the table could try passwords quickly.
pub fn key_body_digest(request: &HttpRequest, identity: &Identity) {
    let mut extensions = request.extensions_mut();
    if let Some(BodyDigest(digest)) = extensions.get::<BodyDigest>().copied() {
        extensions.insert(BodyDigest(identity.body_digest_key.tag(&digest)));
    }
}
