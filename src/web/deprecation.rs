//! Middleware for deprecated operations: every reply says since when the operation is deprecated
//! (`Deprecation`, RFC 9745), when it may be removed (`Sunset`, RFC 8594), and where a guide
//! describes the replacement (`Link`).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use chrono::{NaiveDate, NaiveTime};

use super::operations::Found;

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
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
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

/// Middleware: adds the deprecation headers to every reply of a deprecated operation, refusals
/// included; it therefore wraps `problem_responses`.
pub async fn deprecation_headers<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let found = Found::of(request.request())?;
    let mut response = next.call(request).await?;
    for (name, value) in found
        .operation()
        .map(|one| &one.deprecation)
        .into_iter()
        .flatten()
    {
        // A list reply has its own `Link`, so the header is appended.
        response.headers_mut().append(name.clone(), value.clone());
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
