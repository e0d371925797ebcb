//! How often one caller may ask: per network, in memory, told in `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers). Addresses are kept as a keyed
//! hash. Confidential exchanges are counted apart and more coarsely, and are not told what is left: neighbours share the count and could watch it move.

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
use super::params::decoded_path;
use super::provided;
use crate::error::{Code, Error};

/// Past this many callers remembered, those who have been quiet are forgotten.
const REMEMBERED: usize = 50_000;

/// The keyed hash of a network; the key dies with the process.
type Caller = u64;

type Limiter =
    RateLimiter<Caller, DefaultKeyedStateStore<Caller>, DefaultClock, StateInformationMiddleware>;

/// The limit of every caller; shared by all workers. Cheap to clone.
#[derive(Clone)]
pub struct Limit {
    everybody: Arc<Limiter>,
    /// A flood elsewhere silences no reporter.
    reporters: Arc<Limiter>,
    hashing: RandomState,
    per_minute: NonZeroU32,
    proxies: TrustedProxies,
}

impl Limit {
    /// So many requests a minute, by the address that these proxies tell.
    #[must_use]
    pub fn new(per_minute: u32, proxies: TrustedProxies) -> Self {
        let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let limiter = || {
            Arc::new(
                RateLimiter::keyed(Quota::per_minute(per_minute))
                    .with_middleware::<StateInformationMiddleware>(),
            )
        };
        Self {
            everybody: limiter(),
            reporters: limiter(),
            hashing: RandomState::new(),
            per_minute,
            proxies,
        }
    }
}

/// Counts the request and refuses it when there were too many. Health and numbers are not counted.
///
/// # Errors
/// What comes after says; its own refusal is a response already.
pub async fn limit<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let limit: Limit = provided(request.request())?;
    let confidential = is_confidential(request.request());
    let caller = client_address(request.request(), &limit.proxies)
        .map(|address| limit.hashing.hash_one(network(address, confidential)));
    if confidential {
        forget_origin(&mut request);
    }
    let Some(caller) = caller.filter(|_| decoded_path(request.request()).starts_with("/api/"))
    else {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    };
    let limiter = if confidential {
        &limit.reporters
    } else {
        &limit.everybody
    };
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    let policy = format!("\"default\";q={};w=60", limit.per_minute);
    match limiter.check_key(&caller) {
        Ok(_) if confidential => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
        Ok(state) => {
            let mut response = next.call(request).await?;
            let left = format!("\"default\";r={}", state.remaining_burst_capacity());
            tell(response.headers_mut(), &policy, &left);
            Ok(response.map_into_left_body())
        }
        Err(until) => {
            let seconds = until
                .wait_time_from(DefaultClock::default().now())
                .as_secs()
                + 1;
            let refusal =
                Error::new(Code::TooManyRequests).header("retry-after", seconds.to_string());
            let told = |refusal: Error| {
                refusal
                    .header("ratelimit-policy", policy)
                    .header("ratelimit", format!("\"default\";r=0;t={seconds}"))
            };
            let refusal = if confidential { refusal } else { told(refusal) };
            Ok(request.error_response(refusal).map_into_right_body())
        }
    }
}

fn tell(headers: &mut HeaderMap, policy: &str, left: &str) {
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Who is counted as one: a /64 of IPv6; of IPv4 an address, and in a confidential exchange a /24.
fn network(address: IpAddr, coarse: bool) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) if coarse => IpAddr::V4((address.to_bits() & !0xff).into()),
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// What comes after cannot learn, keep or log where a confidential request came from.
fn forget_origin(request: &mut ServiceRequest) {
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
        let limit = || Limit::new(1, TrustedProxies::default());
        let (one, other) = (limit(), limit());
        assert_eq!(
            one.hashing.hash_one(address),
            one.clone().hashing.hash_one(address)
        );
        assert_ne!(
            one.hashing.hash_one(address),
            other.hashing.hash_one(address)
        );
    }
}
