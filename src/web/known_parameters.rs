//! Query parameters that an operation does not have are refused, with the list of those it has: also where nothing of the query is read. What is there comes
//! from the contract.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};

use super::provided;
use crate::error::{Code, Error, Result, fault};

/// The names of the query parameters of each operation, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KnownParameters(Arc<HashMap<(Method, String), Vec<String>>>);

impl KnownParameters {
    /// Those of these operations.
    pub fn new(operations: impl IntoIterator<Item = (Method, String, Vec<String>)>) -> Self {
        Self(Arc::new(operations.into_iter().map(|(method, pattern, names)| ((method, pattern), names)).collect()))
    }

    /// HEAD is what GET is. Nothing for what is no operation of ours.
    fn of(&self, request: &HttpRequest) -> Option<&Vec<String>> {
        let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
        self.0.get(&(method, request.match_pattern()?))
    }
}

/// Refuses what the operation does not know. Needs `KnownParameters` provided.
///
/// # Errors
/// What comes after says; its own refusal (`invalid_parameter`) is a response already.
pub async fn refuse_unknown_parameters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match judge(request.request()) {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
    }
}

fn judge(request: &HttpRequest) -> Result<()> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    let known: KnownParameters = provided(request)?;
    let Some(names) = known.of(request) else { return Ok(()) };
    let Ok(given) = web::Query::<Vec<(String, String)>>::from_query(request.query_string()) else { return Ok(()) };
    let unknown: Vec<_> = given.into_inner().into_iter().map(|(name, _)| name).filter(|name| !names.contains(name)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(refusal(&unknown, names)) }
}

fn refusal(unknown: &[String], known: &[String]) -> Error {
    let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (id, en) = if known.is_empty() {
        ("Operasi ini tidak mempunyai parameter kueri.".to_owned(), "The operation has no query parameters.".to_owned())
    } else {
        (format!("Parameter yang dikenal: {known}."), format!("The known parameters are {known}."))
    };
    let faults = unknown.iter().take(100).map(|name| fault(format!("?{name}"), "unknown_parameter", id.clone(), en.clone())).collect();
    Error::new(Code::InvalidParameter).detail(id, en).faults(faults)
}
