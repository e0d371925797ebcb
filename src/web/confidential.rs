//! Confidential requests: the operations of reporters, and every other request below the complaints
//! path that the contract does not document as a staff operation. They produce no log line and no
//! metric, and are not compressed (BREACH). A failed one logs a single line without route, id or
//! trace.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};

use super::no_logs::{NoLogs, NoLogsBody};
use super::params::decoded_path;
use super::provided;

/// Every request below this path is confidential unless the contract documents it as a staff
/// operation.
const COMPLAINTS: &str = "/api/v1/complaints";

/// An operation by method and route pattern.
type Operation = (Method, String);

/// The confidential operations, derived from the contract. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ConfidentialOperations {
    reporters: Arc<HashSet<Operation>>,
    staff: Arc<HashSet<Operation>>,
}

impl ConfidentialOperations {
    /// `reporters`: operations of reporters under any path. `staff`: operations below the
    /// complaints path that are not confidential.
    pub fn new(
        reporters: impl IntoIterator<Item = Operation>,
        staff: impl IntoIterator<Item = Operation>,
    ) -> Self {
        Self {
            reporters: Arc::new(reporters.into_iter().collect()),
            staff: Arc::new(staff.into_iter().collect()),
        }
    }

    /// The operations of reporters.
    pub fn reporter_operations(&self) -> impl Iterator<Item = &(Method, String)> {
        self.reporters.iter()
    }

    /// True if the request is confidential. Below the complaints path, a request that matches no
    /// operation (a preflight, a wrong method, a path with a code pasted into it) is confidential
    /// too.
    fn contains(&self, method: &Method, pattern: Option<String>, path: &str) -> bool {
        let below = is_complaint_path(pattern.as_deref().unwrap_or(path));
        let method = if *method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        let asked = (method, pattern.unwrap_or_default());
        self.reporters.contains(&asked) || (below && !self.staff.contains(&asked))
    }
}

/// True if a path or pattern is below the complaints path. No slash is required after the prefix,
/// because a caller may paste a code right behind it.
pub fn is_complaint_path(path: &str) -> bool {
    path.starts_with(COMPLAINTS)
}

/// Request extension that marks a confidential request. It carries the kind of a failure from the
/// layer that detects the failure to the layer that may log it.
#[derive(Debug, Clone, Default)]
pub struct ConfidentialMark(Rc<RefCell<Option<String>>>);

impl ConfidentialMark {
    /// The mark of `request`, if the request is confidential.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Records the kind of a failure. `kind` must not depend on the content of the request.
    pub fn record_failure(&self, kind: impl Into<String>) {
        *self.0.borrow_mut() = Some(kind.into());
    }

    fn failure(&self) -> String {
        self.0
            .borrow_mut()
            .take()
            .unwrap_or_else(|| "unknown".to_owned())
    }
}

/// True if `request` is marked as confidential.
pub fn is_confidential(request: &HttpRequest) -> bool {
    request.extensions().contains::<ConfidentialMark>()
}

/// Middleware: marks confidential requests and suppresses their logs. It is the outermost layer and
/// needs `ConfidentialOperations` as app data.
pub async fn confidential_requests<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, NoLogsBody>>, actix_web::Error> {
    let operations: ConfidentialOperations = provided(request.request())?;
    if !operations.contains(
        request.method(),
        request.match_pattern(),
        decoded_path(request.request()),
    ) {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    }
    let mark = ConfidentialMark::default();
    request.extensions_mut().insert(mark.clone());
    // Without `Accept-Encoding` the compression layer does not compress.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let outcome = NoLogs::new(next.call(request)).await;
    let status = outcome.as_ref().map_or_else(
        |error| error.as_response_error().status_code(),
        ServiceResponse::status,
    );
    if status.is_server_error() {
        tracing::error!(cause = mark.failure(), "a confidential request failed");
    }
    outcome.map(|response| {
        response.map_body(|_, body| EitherBody::right(NoLogsBody::new(body.boxed())))
    })
}
