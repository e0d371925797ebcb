//! The paths of the contract with their methods. They tell 405 from 404 and answer OPTIONS. Both
//! happen before authentication, because the contract is public.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};

use super::params::decoded_path;
use super::provided;
use crate::error::{Code, Error};

/// Every path with its methods. Cheap to clone.
#[derive(Clone, Default)]
pub struct KnownPaths(Arc<Vec<(ResourceDef, Vec<Method>)>>);

impl KnownPaths {
    /// Builds the table of these operations. HEAD is added to every path with GET, OPTIONS to every
    /// path.
    pub fn new<'a>(operations: impl IntoIterator<Item = (Method, &'a str)>) -> Self {
        let mut known: Vec<(&str, Vec<Method>)> = Vec::new();
        for (method, path) in operations {
            match known.iter_mut().find(|(seen, _)| *seen == path) {
                Some((_, methods)) => methods.push(method),
                None => known.push((path, vec![method])),
            }
        }
        for (_, methods) in &mut known {
            let read = methods.contains(&Method::GET);
            methods.extend(
                read.then_some(Method::HEAD)
                    .into_iter()
                    .chain([Method::OPTIONS]),
            );
        }
        // A concrete path takes precedence over a path template (OpenAPI, "Path Templating
        // Matching").
        known.sort_by_key(|(path, _)| path.matches('{').count());
        Self(Arc::new(
            known
                .into_iter()
                .map(|(path, methods)| (ResourceDef::new(path), methods))
                .collect(),
        ))
    }

    /// `path` as a refusal may show it: the part that matches a path of the contract, with UUIDs
    /// and short numbers as parameters. Any other value may be a secret pasted into the address and
    /// ends the result. Empty for a path outside the contract.
    pub fn redacted_path(&self, path: &str) -> String {
        let found = self.0.iter().find(|(pattern, _)| pattern.is_match(path));
        let pattern = found
            .and_then(|(pattern, _)| pattern.pattern())
            .unwrap_or_default();
        let is_plain = |given: &str| {
            uuid::Uuid::try_parse(given).is_ok()
                || (given.len() <= 4 && given.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        };
        let parts = pattern.split('/').zip(path.split('/')).skip(1);
        let told = parts.map_while(|(said, given)| {
            if said.starts_with('{') {
                is_plain(given).then_some(given)
            } else {
                Some(said)
            }
        });
        told.fold(String::new(), |place, part| place + "/" + part)
    }

    /// The methods of `path`; `None` if it is not a path of the contract.
    fn methods(&self, path: &str) -> Option<&[Method]> {
        self.0
            .iter()
            .find(|(pattern, _)| pattern.is_match(path))
            .map(|(_, methods)| methods.as_slice())
    }
}

fn allow_header(methods: &[Method]) -> String {
    methods
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Middleware: answers OPTIONS with the methods of the path (RFC 9110 §9.3.7) and rejects a method
/// that the path does not have. CORS preflights are answered by an outer layer. Needs `KnownPaths`
/// as app data.
pub async fn method_guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let known: KnownPaths = provided(request.request())?;
    match known.methods(decoded_path(request.request())) {
        Some(methods) if request.method() == Method::OPTIONS => {
            let reply = HttpResponse::NoContent()
                .insert_header((header::ALLOW, allow_header(methods)))
                .finish();
            Ok(request.into_response(reply).map_into_right_body())
        }
        Some(methods) if !methods.contains(request.method()) => Ok(request
            .error_response(
                Error::new(Code::MethodNotAllowed).header("allow", allow_header(methods)),
            )
            .map_into_right_body()),
        Some(_) | None => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
    }
}

/// Answers 404 for a path that matches no route.
pub async fn unknown_route(_: HttpRequest) -> Result<&'static str, Error> {
    Err(Error::new(Code::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 25.
    #[test]
    fn a_refusal_tells_no_more_of_a_path_than_the_contract_has() {
        let known = KnownPaths::new([
            (Method::GET, "/api/cases/{id}"),
            (Method::POST, "/api/cases/{id}/notes/{no}"),
            (Method::GET, "/api/cases/mine"),
        ]);
        for (path, told) in [
            (
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef",
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef",
            ),
            (
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef/notes/12",
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef/notes/12",
            ),
            ("/api/cases/mine", "/api/cases/mine"),
            ("/api/cases/MANGK-0PA1E-MBANG-0MVS1-2345X-7", "/api/cases"),
            (
                "/api/cases/mangk0pa1embang0mvs12345x7/notes/1",
                "/api/cases",
            ),
            ("/api/cases/mine/MANGK-0PA1E-MBANG-0MVS1-2345X-7", ""),
            ("/api/casesMANGK-0PA1E", ""),
            ("/nowhere", ""),
        ] {
            assert_eq!(known.redacted_path(path), told, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_written_out_comes_before_one_with_parameters() {
        let known = KnownPaths::new([
            (Method::GET, "/cases/{id}"),
            (Method::POST, "/cases/slips"),
            (Method::POST, "/cases"),
            (Method::GET, "/cases"),
        ]);
        for (path, expected) in [
            ("/cases/7", Some("GET, HEAD, OPTIONS")),
            ("/cases/slips", Some("POST, OPTIONS")),
            ("/cases", Some("POST, GET, HEAD, OPTIONS")),
            ("/nowhere", None),
        ] {
            assert_eq!(
                known.methods(path).map(allow_header).as_deref(),
                expected,
                "{path}"
            );
        }
    }
}
