//! Tells 405 from 404 and answers OPTIONS. Both happen before authentication, because the contract
//! is public.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};

use super::operations::Found;
use crate::error::{Code, Error};

/// Middleware: answers OPTIONS with the methods of the path (RFC 9110 §9.3.7) and rejects a method
/// that the path does not have. CORS preflights are answered by an outer layer.
pub async fn method_guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let found = Found::of(request.request())?;
    let methods = found.allowed_methods().filter(|_| found.lacks_method());
    match methods {
        Some(methods) if request.method() == Method::OPTIONS => {
            let reply = HttpResponse::NoContent()
                .insert_header((header::ALLOW, methods))
                .finish();
            Ok(request.into_response(reply).map_into_right_body())
        }
        Some(methods) => Ok(request
            .error_response(Error::new(Code::MethodNotAllowed).header("allow", methods))
            .map_into_right_body()),
        None => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
    }
}

/// Answers 404 for a path that matches no route.
pub async fn unknown_route(_: HttpRequest) -> Result<&'static str, Error> {
    Err(Error::new(Code::NotFound))
}
