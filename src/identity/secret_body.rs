//! A request whose body holds a password and may be repeated under an `Idempotency-Key`: what is kept of the body must not help to guess it.

use actix_web::{HttpMessage as _, HttpRequest};

use super::Identity;
use crate::web::body::BodyDigest;

/// Puts the digest of the body under a key of ours before `IdempotentWrite` stores it: a bare SHA-256 would let whoever reads the table try passwords fast.
pub fn keep_secret(request: &HttpRequest, identity: &Identity) {
    let mut extensions = request.extensions_mut();
    if let Some(BodyDigest(digest)) = extensions.get::<BodyDigest>().copied() {
        extensions.insert(BodyDigest(identity.digests.tag(&digest)));
    }
}
