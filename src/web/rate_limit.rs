//! Rate limits per client network, in memory, reported in `RateLimit` headers
//! (draft-ietf-httpapi-ratelimit-headers). Networks are stored as keyed hashes. Confidential
//! requests are counted separately and by larger networks, and their replies carry no `RateLimit`
//! headers: neighbours share the count and could watch it change.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::client_address::{FORWARDING_HEADERS, TrustedProxies, client_address};
use super::confidential::is_confidential;
use super::operations::decoded_path;
use super::provided;
use crate::error::{Code, Error};

/// Above this number of tracked networks, those without recent requests are forgotten.
const MAX_TRACKED: usize = 50_000;

/// The keyed hash of a network. The key exists only in this process.
type NetworkHash = u64;

type Limiter = RateLimiter<
    NetworkHash,
    DefaultKeyedStateStore<NetworkHash>,
    DefaultClock,
    StateInformationMiddleware,
>;

/// The rate limits, shared by all workers. Cheap to clone.
#[derive(Clone)]
pub struct RateLimits {
    general: Arc<Limiter>,
    /// Separate, so that a flood on other routes does not block reporters.
    reporters: Arc<Limiter>,
    hasher: RandomState,
    per_minute: NonZeroU32,
    proxies: TrustedProxies,
}

impl RateLimits {
    /// Allows `per_minute` requests a minute per client address as determined with `proxies`.
    pub fn new(per_minute: u32, proxies: TrustedProxies) -> Self {
        let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let limiter = || {
            Arc::new(
                RateLimiter::keyed(Quota::per_minute(per_minute))
                    .with_middleware::<StateInformationMiddleware>(),
            )
        };
        Self {
            general: limiter(),
            reporters: limiter(),
            hasher: RandomState::new(),
            per_minute,
            proxies,
        }
    }
}

/// Middleware: counts the request and rejects it above the limit. Only paths below `/api/` are
/// counted, so health checks and metrics are not. For confidential requests it also removes the
/// origin of the request.
pub async fn rate_limit<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let limits: RateLimits = provided(request.request())?;
    let confidential = is_confidential(request.request());
    let caller = client_address(request.request(), &limits.proxies)
        .map(|address| limits.hasher.hash_one(network(address, confidential)));
    if confidential {
        remove_origin(&mut request);
    }
    let Some(caller) = caller.filter(|_| decoded_path(request.request()).starts_with("/api/"))
    else {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    };
    let limiter = if confidential {
        &limits.reporters
    } else {
        &limits.general
    };
    if limiter.len() > MAX_TRACKED {
        limiter.retain_recent();
    }
    let policy = format!("\"default\";q={};w=60", limits.per_minute);
    match limiter.check_key(&caller) {
        Ok(_) if confidential => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
        Ok(state) => {
            let mut response = next.call(request).await?;
            let left = format!("\"default\";r={}", state.remaining_burst_capacity());
            insert_headers(response.headers_mut(), &policy, &left);
            Ok(response.map_into_left_body())
        }
        Err(until) => {
            let seconds = until
                .wait_time_from(DefaultClock::default().now())
                .as_secs()
                + 1;
            let refusal =
                Error::new(Code::TooManyRequests).header("retry-after", seconds.to_string());
            let with_headers = |refusal: Error| {
                refusal
                    .header("ratelimit-policy", policy)
                    .header("ratelimit", format!("\"default\";r=0;t={seconds}"))
            };
            let refusal = if confidential {
                refusal
            } else {
                with_headers(refusal)
            };
            Ok(request.error_response(refusal).map_into_right_body())
        }
    }
}

fn insert_headers(headers: &mut HeaderMap, policy: &str, left: &str) {
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The network that is counted as one caller: a /64 of IPv6; a single IPv4 address, or a /24 of
/// IPv4 for confidential requests.
fn network(address: IpAddr, coarse: bool) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) if coarse => IpAddr::V4((address.to_bits() & !0xff).into()),
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// Removes the peer address and the identifying headers, so that no later layer can use, store or
/// log the origin of a confidential request.
fn remove_origin(request: &mut ServiceRequest) {
    let head = request.head_mut();
    head.peer_addr = None;
    for name in FORWARDING_HEADERS.into_iter().chain([header::USER_AGENT]) {
        head.headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_a_reporter_are_counted_as_one() {
        let coarse = |address: &str| network(address.parse().unwrap(), true);
        assert_eq!(coarse("203.0.113.7"), coarse("203.0.113.200"));
        assert_eq!(coarse("::ffff:203.0.113.7"), coarse("203.0.113.200"));
        assert_ne!(coarse("203.0.113.7"), coarse("203.0.114.7"));
        assert_eq!(coarse("2001:db8:1:2::7"), coarse("2001:db8:1:2:ffff::1"));
        assert_ne!(coarse("2001:db8:1:2::7"), coarse("2001:db8:1:3::7"));
        let fine = |address: &str| network(address.parse().unwrap(), false);
        assert_ne!(fine("203.0.113.7"), fine("203.0.113.200"));
    }

    #[test]
    fn an_address_is_kept_under_a_key_of_its_own_limiter() {
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let limits = || RateLimits::new(1, TrustedProxies::default());
        let (one, other) = (limits(), limits());
        assert_eq!(
            one.hasher.hash_one(address),
            one.clone().hasher.hash_one(address)
        );
        assert_ne!(one.hasher.hash_one(address), other.hasher.hash_one(address));
    }
}
