//! Unknown query parameters are rejected with the list of known ones: by the `Query` extractor, and
//! by a middleware for operations without query parameters. The known parameters come from the
//! contract.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};

use crate::error::{Code, Error, Result, fault};

/// A query parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownParameter {
    /// The parameter's name.
    pub name: String,
    /// True if the contract declares the parameter a date.
    pub is_date: bool,
}

/// The query parameters of each operation, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KnownParameters(Arc<HashMap<(Method, String), Vec<KnownParameter>>>);

impl KnownParameters {
    /// Builds the table of these operations.
    pub fn new(
        operations: impl IntoIterator<Item = (Method, String, Vec<KnownParameter>)>,
    ) -> Self {
        Self(Arc::new(
            operations
                .into_iter()
                .map(|(method, pattern, names)| ((method, pattern), names))
                .collect(),
        ))
    }

    /// The parameters of the requested operation. HEAD counts as GET. `None` if the request matches
    /// no operation.
    fn of(&self, request: &HttpRequest) -> Option<&Vec<KnownParameter>> {
        let method = if request.method() == Method::HEAD {
            Method::GET
        } else {
            request.method().clone()
        };
        self.0.get(&(method, request.match_pattern()?))
    }
}

/// Middleware: rejects every query parameter of an operation that has none. For operations with
/// parameters, `Query` rejects unknown ones after authorisation. Needs `KnownParameters` as app
/// data.
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
    let Some(known) = request.app_data::<KnownParameters>() else {
        return Ok(());
    };
    let Some(names) = known
        .of(request)
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
    let known = request
        .app_data::<KnownParameters>()
        .and_then(|known| known.of(request));
    known.is_some_and(|known| known.iter().any(|one| one.is_date && one.name == name))
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

fn refusal(unknown: &[String], known: &[KnownParameter]) -> Error {
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
