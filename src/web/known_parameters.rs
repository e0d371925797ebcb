//! Unknown query parameters are rejected with the list of known ones: by the `Query` extractor, and
//! by a middleware for operations without query parameters. The known parameters come from the
//! contract.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};

use super::operations::{Found, QueryParameter};
use crate::error::{Code, Error, Result, fault};

/// Middleware: rejects every query parameter of an operation that has none. For operations with
/// parameters, `Query` rejects unknown ones after authorisation.
pub async fn refuse_unknown_parameters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match refuse_unknown(request.request(), true) {
        Ok(()) => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body),
        Err(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
    }
}

/// Rejects unknown query parameters; with `only_where_none`, only for operations that have no
/// parameters at all.
///
/// # Errors
/// `invalid_parameter` with every unknown name.
pub fn refuse_unknown(request: &HttpRequest, only_where_none: bool) -> Result<()> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    let found = Found::of(request).ok();
    let Some(names) = found
        .as_ref()
        .and_then(Found::operation)
        .filter(|operation| operation.pattern.starts_with("/api/"))
        .map(|operation| &operation.parameters)
        .filter(|names| names.is_empty() || !only_where_none)
    else {
        return Ok(());
    };
    let Ok(given) = web::Query::<Vec<(String, String)>>::from_query(request.query_string()) else {
        return Ok(());
    };
    let unknown: Vec<_> = given
        .into_inner()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !names.iter().any(|known| known.name == *name))
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(refusal(&unknown, names))
    }
}

/// True if the contract declares the query parameter `name` of this operation a date.
pub fn is_date(request: &HttpRequest, name: &str) -> bool {
    Found::of(request).is_ok_and(|found| {
        let known = found.operation().map(|operation| &operation.parameters);
        known.is_some_and(|known| known.iter().any(|one| one.is_date && one.name == name))
    })
}

/// A parameter's name as a refusal may show it. Names with digits, or longer than 20 characters,
/// are hidden: a caller may have pasted a secret code there, and no parameter of the service is
/// named like that.
pub fn displayed_name(name: &str) -> String {
    let is_name = (1..=20).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_name {
        format!("?{name}")
    } else {
        "?".to_owned()
    }
}

fn refusal(unknown: &[String], known: &[QueryParameter]) -> Error {
    let known = known
        .iter()
        .map(|one| format!("`{}`", one.name))
        .collect::<Vec<_>>()
        .join(", ");
    let (id, en) = if known.is_empty() {
        (
            "Operasi ini tidak mempunyai parameter kueri.".to_owned(),
            "The operation has no query parameters.".to_owned(),
        )
    } else {
        (
            format!("Parameter yang dikenal: {known}."),
            format!("The known parameters are {known}."),
        )
    };
    let faults = unknown
        .iter()
        .take(100)
        .map(|name| {
            fault(
                displayed_name(name),
                "unknown_parameter",
                id.clone(),
                en.clone(),
            )
        })
        .collect();
    Error::new(Code::InvalidParameter)
        .detail(id, en)
        .faults(faults)
}
