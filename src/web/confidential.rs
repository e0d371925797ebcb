//! Confidential exchanges: what a reporter asks, and whatever else arrives below the complaints that is not documented as the staff's. No line in the log, no
//! number, no compression (BREACH); when one fails, one line without route, id or trace.

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

use super::no_logs::{NoLogs, SilentBody};
use super::params::decoded_path;
use super::provided;

/// Below this path all is confidential but what the document gives to the staff.
const COMPLAINTS: &str = "/api/v1/complaints";

/// An operation by method and route pattern.
type Operation = (Method, String);

/// Which exchanges are confidential, as the document says. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ConfidentialOperations {
    reporters: Arc<HashSet<Operation>>,
    staff: Arc<HashSet<Operation>>,
}

impl ConfidentialOperations {
    /// Those of the reporters, wherever they are; and those of the staff, which are not confidential although they are below the complaints.
    pub fn new(
        reporters: impl IntoIterator<Item = Operation>,
        staff: impl IntoIterator<Item = Operation>,
    ) -> Self {
        Self {
            reporters: Arc::new(reporters.into_iter().collect()),
            staff: Arc::new(staff.into_iter().collect()),
        }
    }

    /// Those of the reporters.
    pub fn of_reporters(&self) -> impl Iterator<Item = &(Method, String)> {
        self.reporters.iter()
    }

    /// What is neither the reporters' nor the staff's (a preflight, a wrong method, a path with a code pasted into it) is confidential too.
    fn cover(&self, method: &Method, pattern: Option<String>, path: &str) -> bool {
        let below = is_below_complaints(pattern.as_deref().unwrap_or(path));
        let method = if *method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        let asked = (method, pattern.unwrap_or_default());
        self.reporters.contains(&asked) || (below && !self.staff.contains(&asked))
    }
}

/// Whether a path or a pattern is below the complaints. Without a boundary: a code may be pasted right behind the word.
#[must_use]
pub fn is_below_complaints(path: &str) -> bool {
    path.starts_with(COMPLAINTS)
}

/// The mark of a confidential exchange. Carries, from the layer that knows it to the one that may say it, what kind of thing went wrong.
#[derive(Debug, Clone, Default)]
pub struct Confidence(Rc<RefCell<Option<String>>>);

impl Confidence {
    /// That of `request`, if it is confidential.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Notes the kind of a failure: words that hold for anybody's request.
    pub fn note(&self, kind: impl Into<String>) {
        *self.0.borrow_mut() = Some(kind.into());
    }

    fn noted(&self) -> String {
        self.0
            .borrow_mut()
            .take()
            .unwrap_or_else(|| "unknown".to_owned())
    }
}

/// Whether `request` is marked as confidential.
#[must_use]
pub fn is_confidential(request: &HttpRequest) -> bool {
    request.extensions().contains::<Confidence>()
}

/// Marks what is confidential, and is silent about it. The outermost layer; needs `ConfidentialOperations` provided.
///
/// # Errors
/// What comes after says.
pub async fn confidential_requests<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, SilentBody>>, actix_web::Error> {
    let operations: ConfidentialOperations = provided(request.request())?;
    if !operations.cover(
        request.method(),
        request.match_pattern(),
        decoded_path(request.request()),
    ) {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    }
    let confidence = Confidence::default();
    request.extensions_mut().insert(confidence.clone());
    // Who is not asked to compress does not.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let outcome = NoLogs::new(next.call(request)).await;
    let status = outcome.as_ref().map_or_else(
        |error| error.as_response_error().status_code(),
        ServiceResponse::status,
    );
    if status.is_server_error() {
        tracing::error!(cause = confidence.noted(), "a confidential request failed");
    }
    outcome.map(|response| {
        response.map_body(|_, body| EitherBody::right(SilentBody::new(body.boxed())))
    })
}
