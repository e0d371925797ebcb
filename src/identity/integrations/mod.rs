//! Keys with which programs of others read (kunci integrasi): scoped, for reading only, never beyond what their owner may read, and dead with their owner's
//! account. A key is shown once; only its SHA-256 is kept.

mod admit;
mod key;
mod manage;
mod operations;

use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::HttpRequest;
use governor::{Quota, RateLimiter};

pub use self::admit::admit;
pub use self::key::is_key;
pub use self::manage::{IntegrationChange, IntegrationForm, change, create, revoke, visible};
pub use self::operations::ScopedOperations;
pub use super::scope::Scope;
use super::throttle::{Counter, Ticks, counter, too_many};
use crate::clock::Clock;
use crate::error::Result;
use crate::ids::{IntegrationId, UserId};
use crate::secrecy::{MasterKey, SealingKey};
use crate::web::idempotent_write::SealedUnder;
use crate::web::retry_key::retry_key;

/// What is kept in memory for all keys. Cheap to clone; clones count together.
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
    /// Each key may ask so often a minute.
    #[must_use]
    pub fn new(master: &MasterKey, per_minute: u32, clock: Clock) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let counter = Arc::new(RateLimiter::new(
            quota,
            governor::state::keyed::DashMapStateStore::default(),
            Ticks::of(&clock),
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
        counter(&self.counter, &integration, &self.clock).map_err(too_many)
    }

    /// Under what the reply with a new key is kept for a retry: it holds a secret, so it is sealed.
    ///
    /// # Errors
    /// `invalid_parameter` when the `Idempotency-Key` is none.
    pub fn sealed_under(&self, request: &HttpRequest, who: UserId) -> Result<Option<SealedUnder>> {
        let Some(key) = retry_key(request)? else {
            return Ok(None);
        };
        let bound = format!("{who}|{key}");
        Ok(Some(SealedUnder {
            tag: self.tags.tag(bound.as_bytes()),
            seal: self.seals.derive(bound.as_bytes()),
        }))
    }
}
