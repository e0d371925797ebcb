//! Middleware for deprecated operations: every reply says since when the operation is deprecated
//! (`Deprecation`, RFC 9745), when it may be removed (`Sunset`, RFC 8594), and where a guide
//! describes the replacement (`Link`).

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use chrono::{NaiveDate, NaiveTime};

use super::provided;

/// The headers of a deprecated operation.
type Headers = Vec<(HeaderName, HeaderValue)>;

/// A deprecated operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecation {
    /// The operation id.
    pub operation: &'static str,
    /// The day since which the operation is deprecated: `2027-01-04`.
    pub since: &'static str,
    /// The day from which the operation may be removed.
    pub sunset: &'static str,
    /// The address of the migration guide: a path of the service or a URL.
    pub guide: &'static str,
}

impl Deprecation {
    /// The headers for every reply of the operation.
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

/// The deprecated operations by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DeprecatedOperations(Arc<HashMap<(Method, String), Headers>>);

impl DeprecatedOperations {
    /// Builds the table of these operations.
    pub fn new(operations: impl IntoIterator<Item = (Method, String, Deprecation)>) -> Self {
        Self(Arc::new(
            operations
                .into_iter()
                .map(|(method, pattern, said)| ((method, pattern), said.headers()))
                .collect(),
        ))
    }

    /// The headers for `request`. HEAD counts as GET. The route is not looked up when no operation
    /// is deprecated.
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

/// Middleware: adds the deprecation headers to every reply of a deprecated operation, refusals
/// included; it therefore wraps `problem_responses`. Needs `DeprecatedOperations` as app data.
pub async fn deprecation_headers<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let deprecated: DeprecatedOperations = provided(request.request())?;
    let said = deprecated.of(&request).cloned().unwrap_or_default();
    let mut response = next.call(request).await?;
    for (name, value) in said {
        // A list reply has its own `Link`, so the header is appended.
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
