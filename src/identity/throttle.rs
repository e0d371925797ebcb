//! Throttles guessing without a lock-out that an attacker could cause. Requests per address are
//! counted in memory. Failures per account are counted in the database, separately for addresses of
//! recent sign-ins and for all other addresses together: attacks from elsewhere use up the shared
//! count, never the owner's. Unknown accounts are counted the same way.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use sqlx::PgConnection;

use super::address::Address;
use super::email::comparison_form;
use super::store::second_factors;
use super::store::sign_ins::{self, SignInOutcome};
use super::store::throttle::{self as store, Attempt, FailureCount};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{SignInId, UserId};
use crate::secrecy::SealingKey;

/// Maximum number of failures of one account within `WINDOW`: from all unknown addresses together,
/// and from each known address.
const FAILURES: i64 = 10;
/// How long a failure counts.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long an address stays known after a successful sign-in.
pub const KNOWN_FOR: TimeDelta = TimeDelta::days(30);
/// Burst of sign-ins from one address, and the time until one more is allowed.
const LOGINS: (NonZeroU32, Duration) = (
    NonZeroU32::new(60).expect("60 is not zero"),
    Duration::from_secs(2),
);
/// Burst of registrations from one address, and the time until one more is allowed. Limited because
/// each one costs a password hash and sends a mail to an unverified address.
const REGISTRATIONS: (NonZeroU32, Duration) = (
    NonZeroU32::new(20).expect("20 is not zero"),
    Duration::from_mins(3),
);
/// Burst of requests about mailed tokens from one address, and the time until one more is allowed.
/// Counted per address and not per account.
const TOKEN_REQUESTS: (NonZeroU32, Duration) = (
    NonZeroU32::new(20).expect("20 is not zero"),
    Duration::from_secs(30),
);
/// Number of addresses above which idle ones are removed from memory.
const MAX_ADDRESSES: usize = 50_000;

/// In-memory rate limiter per `K`.
pub(super) type Counter<K> =
    RateLimiter<K, DashMapStateStore<K>, LimiterClock, NoOpMiddleware<Nanos>>;

type Limiter = Counter<Address>;

/// Adapts `Clock` to the rate limiter: nanoseconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct LimiterClock(Clock);

impl LimiterClock {
    /// Wraps this clock.
    pub(super) fn of(clock: &Clock) -> Self {
        Self(clock.clone())
    }
}

impl governor::clock::Clock for LimiterClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let nanoseconds = self.0.now().timestamp_nanos_opt().unwrap_or_default();
        Nanos::new(u64::try_from(nanoseconds).unwrap_or_default())
    }
}

/// All counts. Cheap to clone; clones share the counts.
#[derive(Clone)]
pub struct Throttle {
    tags: SealingKey,
    clock: Clock,
    logins: Arc<Limiter>,
    registrations: Arc<Limiter>,
    token_requests: Arc<Limiter>,
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttle")
    }
}

impl Throttle {
    /// Creates the counts; `tags` is the key for the tags of accounts and addresses.
    ///
    /// # Panics
    /// Never: no period is zero.
    pub fn new(tags: SealingKey, clock: Clock) -> Self {
        let limiter = |(burst, every): (NonZeroU32, Duration)| {
            let quota = Quota::with_period(every)
                .expect("the period is not zero")
                .allow_burst(burst);
            Arc::new(RateLimiter::new(
                quota,
                DashMapStateStore::default(),
                LimiterClock(clock.clone()),
            ))
        };
        Self {
            logins: limiter(LOGINS),
            registrations: limiter(REGISTRATIONS),
            token_requests: limiter(TOKEN_REQUESTS),
            tags,
            clock,
        }
    }

    /// Counts a sign-in from `address`.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After`.
    pub fn count_login(&self, address: Address) -> Result<()> {
        self.count(&self.logins, address)
    }

    /// Counts a registration from `address`.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After`.
    pub fn count_registration(&self, address: Address) -> Result<()> {
        self.count(&self.registrations, address)
    }

    /// Counts a request from `address` about a mailed token.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After`.
    pub fn count_token_request(&self, address: Address) -> Result<()> {
        self.count(&self.token_requests, address)
    }

    /// Deletes the failures from `address` for the account `email` of `user`, and makes the address
    /// known: its user has proved to read the account's mail. If a second factor protects the
    /// account, nothing changes, because that proves no second factor, and wrong codes are counted
    /// here too.
    pub async fn clear_failures(
        &self,
        connection: &mut PgConnection,
        (user, email): (UserId, &str),
        address: Address,
    ) -> Result<()> {
        if !second_factors::list(connection, user).await?.is_empty() {
            return Ok(());
        }
        let (account_tag, address_tag) = self.tags_of(email, address);
        store::clear_failures(connection, &account_tag, &address_tag, self.clock.now()).await
    }

    /// Records an attempt on the account `email` before the password is checked, so that concurrent
    /// attempts are all counted. It counts as a failure until it is refunded. With `outcome` the log
    /// of sign-ins shows the attempt: with this outcome, until another one is known.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After` after too many failures; the attempt is then neither
    /// made nor counted.
    pub async fn record_attempt(
        &self,
        database: &Database,
        email: &str,
        address: Address,
        outcome: Option<SignInOutcome>,
    ) -> Result<Attempt> {
        let now = self.clock.now();
        let (account_tag, address_tag) = self.tags_of(email, address);
        let mut transaction = database.begin().await?;
        store::lock(&mut transaction, &account_tag).await?;
        let count = store::count(
            &mut transaction,
            &account_tag,
            &address_tag,
            now - WINDOW,
            now - KNOWN_FOR,
        )
        .await?;
        if count.failures >= FAILURES {
            return Err(too_many(seconds_to_wait(&count, now)));
        }
        let mut attempt = store::add(&mut transaction, account_tag, address_tag, now).await?;
        attempt.is_last = count.failures + 1 == FAILURES;
        if let Some(outcome) = outcome {
            let (id, email) = (SignInId::at(now), comparison_form(email));
            let place = address.network();
            sign_ins::add(&mut transaction, id, &email, outcome, &place, now).await?;
            attempt.sign_in = Some(id);
        }
        store::delete_expired(&mut transaction, now - WINDOW).await?;
        transaction.commit().await?;
        Ok(attempt)
    }

    fn count(&self, limiter: &Limiter, address: Address) -> Result<()> {
        count_request(limiter, &address, &self.clock).map_err(too_many)
    }

    fn tags_of(&self, email: &str, address: Address) -> (Vec<u8>, Vec<u8>) {
        let email = comparison_form(email);
        let account = self.tags.tag(format!("account|{email}").as_bytes());
        let address = self
            .tags
            .tag(&[b"address|", email.as_bytes(), b"|", &address.bytes()].concat());
        (account.to_vec(), address.to_vec())
    }
}

/// Counts one request of `key`. Returns the seconds to wait if there were too many.
pub(super) fn count_request<K: Clone + Eq + std::hash::Hash>(
    limiter: &Counter<K>,
    key: &K,
    clock: &Clock,
) -> std::result::Result<(), u64> {
    if limiter.len() > MAX_ADDRESSES {
        limiter.retain_recent();
    }
    let now = governor::clock::Clock::now(&LimiterClock(clock.clone()));
    limiter
        .check_key(key)
        .map_err(|not_until| not_until.wait_time_from(now).as_secs() + 1)
}

/// Seconds until the oldest failure expires.
fn seconds_to_wait(count: &FailureCount, now: DateTime<Utc>) -> u64 {
    let left = count
        .oldest
        .map_or(TimeDelta::zero(), |oldest| oldest + WINDOW - now);
    u64::try_from(left.num_seconds()).unwrap_or_default() + 1
}

/// The error for too many requests.
pub(super) fn too_many(seconds: u64) -> Error {
    Error::new(Code::TooManyRequests).header("retry-after", seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    fn address(last: u8) -> Address {
        Address::from_ip(std::net::IpAddr::from([192, 0, 2, last]))
    }

    fn throttle() -> (Throttle, Clock) {
        let clock = Clock::set_to("2026-07-06T01:00:00Z".parse().unwrap());
        (
            Throttle::new(MasterKey::random().derive("login-throttle"), clock.clone()),
            clock,
        )
    }

    #[test]
    fn one_address_cannot_try_without_end_and_does_not_spend_anothers_share() {
        let (throttle, clock) = throttle();
        for _ in 0..60 {
            throttle.count_login(address(1)).unwrap();
        }
        let Err(Error::Refused(refused)) = throttle.count_login(address(1)) else {
            panic!("the 61st was let through")
        };
        assert_eq!(
            (refused.code, refused.headers),
            (Code::TooManyRequests, vec![("retry-after", "3".to_owned())])
        );
        throttle.count_login(address(2)).unwrap();
        clock.advance(TimeDelta::seconds(2));
        throttle.count_login(address(1)).unwrap();
        assert!(throttle.count_login(address(1)).is_err());
    }

    #[test]
    fn tags_fold_case_and_tell_accounts_and_addresses_apart() {
        let (throttle, _) = throttle();
        assert_eq!(
            throttle.tags_of("Siti@contoh.id", address(1)),
            throttle.tags_of("siti@contoh.id", address(1))
        );
        assert_ne!(
            throttle.tags_of("siti@contoh.id", address(1)).0,
            throttle.tags_of("budi@contoh.id", address(1)).0
        );
        assert_ne!(
            throttle.tags_of("siti@contoh.id", address(1)).1,
            throttle.tags_of("siti@contoh.id", address(2)).1
        );
        assert_ne!(
            throttle.tags_of("siti@contoh.id", address(1)).1,
            throttle.tags_of("budi@contoh.id", address(1)).1
        );
    }

    #[test]
    fn the_wait_lasts_until_the_oldest_failure_is_forgotten() {
        let now: DateTime<Utc> = "2026-07-06T01:00:00Z".parse().unwrap();
        let count = FailureCount {
            failures: FAILURES,
            oldest: Some(now - TimeDelta::minutes(5)),
        };
        assert_eq!(seconds_to_wait(&count, now), 601);
    }
}
