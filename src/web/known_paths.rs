//! A method that a path does not have is refused before anybody is asked who they are: the contract, which says what there is, is open to all.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use crate::error::{Code, Error, Result};

/// The paths of the document with their methods: what tells a wrong method from a wrong path. Cheap to clone.
#[derive(Clone)]
pub struct KnownPaths(Arc<Vec<(ResourceDef, Vec<Method>)>>);

impl KnownPaths {
    /// Those of these operations: method and path template.
    pub fn of<'a>(operations: impl Iterator<Item = (Method, &'a str)>) -> Self {
        let mut known: Vec<(String, Vec<Method>)> = Vec::new();
        for (method, path) in operations {
            match known.iter_mut().find(|(seen, _)| seen == path) {
                Some((_, methods)) => methods.push(method),
                None => known.push((path.to_owned(), vec![method])),
            }
        }
        for (_, methods) in known.iter_mut().filter(|(_, methods)| methods.contains(&Method::GET)) {
            methods.push(Method::HEAD);
        }
        // A path written out comes before one with parameters in its place (OpenAPI, "Path Templating Matching").
        known.sort_by_key(|(path, _)| path.matches('{').count());
        Self(Arc::new(known.into_iter().map(|(path, methods)| (ResourceDef::new(path), methods)).collect()))
    }

    /// The refusal of `method` at `path`, with the methods there are; nothing where it is known, or where the path is not.
    #[must_use]
    pub fn refusal(&self, method: &Method, path: &str) -> Option<Error> {
        let (_, methods) = self.0.iter().find(|(pattern, _)| pattern.is_match(path))?;
        let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        (!methods.contains(method)).then(|| Error::new(Code::MethodNotAllowed).header("allow", allow))
    }
}

/// Refuses what no operation is there for. Needs `KnownPaths` provided.
///
/// # Errors
/// What comes after says; its own refusal (`method_not_allowed`) is a response already.
pub async fn known_method<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let known = request.app_data::<KnownPaths>();
    match known.and_then(|known| known.refusal(request.method(), request.path())) {
        Some(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
        None => next.call(request).await.map(ServiceResponse::map_into_left_body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_written_out_comes_before_one_with_parameters() {
        let operations = [(Method::GET, "/cases/{id}"), (Method::POST, "/cases/slips"), (Method::POST, "/cases")];
        let known = KnownPaths::of(operations.into_iter());
        for (method, path) in [(Method::GET, "/cases/7"), (Method::HEAD, "/cases/7"), (Method::POST, "/cases/slips"), (Method::GET, "/nowhere")] {
            assert!(known.refusal(&method, path).is_none(), "{method} {path}");
        }
        for (method, path, allow) in
            [(Method::GET, "/cases/slips", "POST"), (Method::DELETE, "/cases/7", "GET, HEAD"), (Method::TRACE, "/cases", "POST")]
        {
            let Some(Error::Refused(refused)) = known.refusal(&method, path) else { panic!("{method} {path} was let through") };
            assert_eq!((refused.code, refused.headers), (Code::MethodNotAllowed, vec![("allow", allow.to_owned())]), "{method} {path}");
        }
    }
}
