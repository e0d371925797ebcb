//! Integration keys (kunci integrasi), with which programs of others read. A key is limited to its
//! scopes and to reading, never has more rights than its owner, and stops working when the owner's
//! account is deactivated. The secret is shown once; only its SHA-256 is stored.

mod authenticate;
mod manage;

use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use governor::{Quota, RateLimiter};

pub use self::authenticate::authenticate;
pub use self::manage::{IntegrationChange, IntegrationForm, change, create, find_visible, revoke};
use super::throttle::{Counter, LimiterClock, count_request, too_many};
use crate::clock::Clock;
use crate::error::Result;
use crate::ids::{IntegrationId, UserId};
use crate::secrecy::{MasterKey, SealingKey, random_bytes, sha256};
use crate::web::idempotency_key::idempotency_key;
use crate::web::idempotent_write::SealedReplyKey;

/// Prefix of every key, by which secret scanners recognise it.
const PREFIX: &str = "sdk_";

/// Rate limits and reply keys for all integration keys. Cheap to clone; clones share the counts.
#[derive(Clone)]
pub struct Integrators {
    counter: Arc<Counter<IntegrationId>>,
    clock: Clock,
    tags: SealingKey,
    seals: SealingKey,
}

impl std::fmt::Debug for Integrators {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Integrators")
    }
}

impl Integrators {
    /// Creates the limiter; `per_minute` is the number of requests per key and minute.
    pub fn new(master: &MasterKey, per_minute: u32, clock: Clock) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let counter = Arc::new(RateLimiter::new(
            quota,
            governor::state::keyed::DashMapStateStore::default(),
            LimiterClock::of(&clock),
        ));
        Self {
            counter,
            clock,
            tags: master.derive("integration/retry-tag/v1"),
            seals: master.derive("integration/retry-reply/v1"),
        }
    }

    /// Counts a request with a key.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After`.
    pub fn count(&self, integration: IntegrationId) -> Result<()> {
        count_request(&self.counter, &integration, &self.clock).map_err(too_many)
    }

    /// The key under which a reply with a secret is sealed and stored for a retry; `None` without
    /// an `Idempotency-Key`.
    ///
    /// # Errors
    /// `invalid_parameter` when the `Idempotency-Key` is malformed.
    pub fn reply_seal(
        &self,
        request: &HttpRequest,
        caller: UserId,
    ) -> Result<Option<SealedReplyKey>> {
        let Some(key) = idempotency_key(request)? else {
            return Ok(None);
        };
        let bound = format!("{caller}|{key}");
        Ok(Some(SealedReplyKey {
            tag: self.tags.tag(bound.as_bytes()),
            seal: self.seals.derive(bound.as_bytes()),
        }))
    }
}

/// A new key, 256 random bits behind the prefix, and its digest.
fn new_key() -> (String, [u8; 32]) {
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let digest = digest(&key);
    (key, digest)
}

/// True if a bearer token is an integration key.
pub fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// The digest under which a key is stored.
fn digest(key: &str) -> [u8; 32] {
    sha256(key.as_bytes())
}
