//! Confidential requests: the operations of reporters, and every other request below the complaints
//! path that the contract does not document as a staff operation. They produce no log line and no
//! metric, and are not compressed (BREACH). A failed one logs a single line without route, id or
//! trace.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};

use super::no_logs::{NoLogs, NoLogsBody};
use super::operations::{Found, Operation, decoded_path, is_complaint_path};
use crate::error::Result;

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

/// True if the request is confidential. Below the complaints path, a request that matches no
/// operation (a preflight, a wrong method, a path with a code pasted into it) is confidential too.
fn must_leave_no_trace(request: &HttpRequest) -> Result<bool> {
    Ok(Found::of(request)?.operation().map_or_else(
        || is_complaint_path(decoded_path(request)),
        Operation::is_confidential,
    ))
}

/// Middleware: marks confidential requests and suppresses their logs. Only `find_operation` is
/// further out.
pub async fn confidential_requests<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, NoLogsBody>>, actix_web::Error> {
    if !must_leave_no_trace(request.request())? {
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
