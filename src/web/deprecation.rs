//! What an operation on its way out says with every reply: since when it is deprecated (RFC 9745), when it goes (RFC 8594), and where that is explained.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use chrono::{NaiveDate, NaiveTime};

use super::provided;

/// What is said with every reply.
type Headers = Vec<(HeaderName, HeaderValue)>;

/// An operation on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecation {
    /// Its id.
    pub operation: &'static str,
    /// The day since when it should not be used any more: `2027-01-04`.
    pub since: &'static str,
    /// The day from when on it may be gone.
    pub sunset: &'static str,
    /// Where it is told what to use instead: a path of ours or a URL.
    pub guide: &'static str,
}

impl Deprecation {
    /// The headers of every reply.
    fn headers(&self) -> Headers {
        let (Ok(since), Ok(sunset)) = (
            self.since.parse::<NaiveDate>(),
            self.sunset.parse::<NaiveDate>(),
        ) else {
            return Vec::new();
        };
        let since = format!("@{}", since.and_time(NaiveTime::MIN).and_utc().timestamp());
        let sunset = sunset.format("%a, %d %b %Y 00:00:00 GMT").to_string();
        let link = format!("<{}>; rel=\"deprecation\"; type=\"text/html\"", self.guide);
        let said = [
            (HeaderName::from_static("deprecation"), since),
            (HeaderName::from_static("sunset"), sunset),
            (header::LINK, link),
        ];
        said.into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)))
            .collect()
    }
}

/// The operations on their way out, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DeprecatedOperations(Arc<HashMap<(Method, String), Headers>>);

impl DeprecatedOperations {
    /// These.
    pub fn new(operations: impl IntoIterator<Item = (Method, String, Deprecation)>) -> Self {
        Self(Arc::new(
            operations
                .into_iter()
                .map(|(method, pattern, said)| ((method, pattern), said.headers()))
                .collect(),
        ))
    }

    /// HEAD is what GET is. Where nothing is deprecated, nobody asks for the route.
    fn of(&self, request: &ServiceRequest) -> Option<&Headers> {
        if self.0.is_empty() {
            return None;
        }
        let method = if request.method() == Method::HEAD {
            Method::GET
        } else {
            request.method().clone()
        };
        self.0.get(&(method, request.match_pattern()?))
    }
}

/// Says so on every reply of such an operation, refusals too: stands outside what words them. Needs `DeprecatedOperations` provided.
///
/// # Errors
/// What comes after says.
pub async fn deprecation_headers<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let deprecated: DeprecatedOperations = provided(request.request())?;
    let said = deprecated.of(&request).cloned().unwrap_or_default();
    let mut response = next.call(request).await?;
    for (name, value) in said {
        // A list has a Link of its own.
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
