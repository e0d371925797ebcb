//! The paths of the contract with their methods: what tells a wrong method from a wrong path, and answers OPTIONS.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};

use super::provided;
use crate::error::{Code, Error};

/// Every path by its pattern, with what `Allow` says of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KnownPaths(Arc<HashMap<String, String>>);

impl KnownPaths {
    /// Those of these operations. HEAD is there wherever GET is, OPTIONS everywhere.
    pub fn new<'a>(operations: impl IntoIterator<Item = (Method, &'a str)>) -> Self {
        let mut known: HashMap<String, Vec<Method>> = HashMap::new();
        for (method, pattern) in operations {
            known.entry(pattern.to_owned()).or_default().push(method);
        }
        Self(Arc::new(known.into_iter().map(|(pattern, methods)| (pattern, allow(methods))).collect()))
    }

    /// What may be asked of the path of `request`; nothing when it is none of ours.
    fn allowed(&self, request: &HttpRequest) -> Option<&str> {
        self.0.get(&request.match_pattern()?).map(String::as_str)
    }
}

fn allow(mut methods: Vec<Method>) -> String {
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods.push(Method::OPTIONS);
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

/// Answers OPTIONS with the methods of the path (RFC 9110 §9.3.7), to whoever asks: the contract is open. A browser's preflight was answered before.
///
/// # Errors
/// What comes after says.
pub async fn options<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if request.method() == Method::OPTIONS {
        let known: KnownPaths = provided(request.request())?;
        if let Some(methods) = known.allowed(request.request()) {
            let reply = HttpResponse::NoContent().insert_header((header::ALLOW, methods)).finish();
            return Ok(request.into_response(reply).map_into_right_body());
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// Refuses a path that leads nowhere, or a method that a path does not know.
///
/// # Errors
/// Always: `not_found` or `method_not_allowed`.
pub async fn unknown_route(request: HttpRequest) -> Result<&'static str, Error> {
    let known: KnownPaths = provided(&request)?;
    let refusal = known.allowed(&request).map(|methods| Error::new(Code::MethodNotAllowed).header("allow", methods));
    Err(refusal.unwrap_or_else(|| Error::new(Code::NotFound)))
}
