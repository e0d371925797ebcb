//! How often one caller may ask: per signed-in token or per address, in memory, told in `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::params::decoded_path;
use super::provided;
use crate::error::{Code, Error};

/// Past this many callers remembered, those who have been quiet are forgotten.
const REMEMBERED: usize = 50_000;

type Limiter = RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>;

/// The limit of every caller; shared by all workers. Cheap to clone.
#[derive(Clone)]
pub struct Limit {
    limiter: Arc<Limiter>,
    per_minute: NonZeroU32,
    trust_proxy: bool,
}

impl Limit {
    /// So many requests a minute.
    #[must_use]
    pub fn new(per_minute: u32, trust_proxy: bool) -> Self {
        let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware::<StateInformationMiddleware>();
        Self { limiter: Arc::new(limiter), per_minute, trust_proxy }
    }
}

/// Counts the request and refuses it when there were too many. Health and numbers are not counted.
///
/// # Errors
/// What comes after says; its own refusal is a response already.
pub async fn limit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let limit: Limit = provided(request.request())?;
    let Some(caller) = caller(&request, limit.trust_proxy).filter(|_| decoded_path(request.request()).starts_with("/api/")) else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    if limit.limiter.len() > REMEMBERED {
        limit.limiter.retain_recent();
    }
    let policy = format!("\"default\";q={};w=60", limit.per_minute);
    match limit.limiter.check_key(&caller) {
        Ok(state) => {
            let mut response = next.call(request).await?;
            let left = format!("\"default\";r={}", state.remaining_burst_capacity());
            tell(response.headers_mut(), &policy, &left);
            Ok(response.map_into_left_body())
        }
        Err(until) => {
            let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let refusal = Error::new(Code::TooManyRequests).header("retry-after", seconds.to_string());
            let refusal = refusal.header("ratelimit-policy", policy).header("ratelimit", format!("\"default\";r=0;t={seconds}"));
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

/// The address, or the network of an IPv6 caller; that of the proxy's client only when the proxy is trusted.
fn caller(request: &ServiceRequest, trust_proxy: bool) -> Option<IpAddr> {
    let forwarded = request.headers().get("x-forwarded-for").filter(|_| trust_proxy);
    let said = forwarded.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    said.or_else(|| request.peer_addr().map(|peer| peer.ip())).map(network)
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}
