//! Access log and metrics: one log line and one count per request with method, route pattern,
//! status and duration. Never a path, a query, an address or a name. Confidential requests are not
//! recorded.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use super::confidential::is_confidential;
use super::operations::Found;
use super::trace::Trace;

/// Middleware: records log line and metrics of a request. It wraps `problem_responses`, so that it
/// sees the status that is sent.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if is_confidential(request.request()) {
        return next.call(request).await;
    }
    let begun = Instant::now();
    let method = label(request.method());
    // The documentation page is not in the contract.
    let route = Found::of(request.request())?
        .operation()
        .map(|operation| operation.pattern.clone())
        .or_else(|| request.match_pattern())
        .unwrap_or_else(|| "unmatched".to_owned());
    let outcome = next.call(request).await;
    let status = outcome
        .as_ref()
        .map_or_else(
            |error| error.as_response_error().status_code(),
            ServiceResponse::status,
        )
        .as_u16();
    let took = begun.elapsed();
    let labels = [
        ("method", method.to_owned()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route.clone()).record(took.as_secs_f64());
    let trace = outcome
        .as_ref()
        .map(|response| Trace::of(response.request()).id)
        .unwrap_or_default();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(method, %route, status, duration_ms, trace_id = %trace, "answered");
    } else {
        tracing::info!(method, %route, status, duration_ms, trace_id = %trace, "answered");
    }
    outcome
}

/// The metric label of a method. Unknown methods share one label, so that callers cannot create new
/// time series.
fn label(method: &Method) -> &'static str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let names = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known
        .iter()
        .zip(names)
        .find_map(|(one, name)| (one == method).then_some(name))
        .unwrap_or("other")
}
