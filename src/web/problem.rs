//! Problem details (RFC 9457): the JSON form of an `Error`, and the middleware that turns every
//! refusal of every inner layer into it.

use std::panic::AssertUnwindSafe;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, AcceptLanguage, Header as _, HeaderMap, HeaderName, HeaderValue, Quality,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::confidential::ConfidentialMark;
use super::operations::{Found, decoded_path};
use super::trace::Trace;
use crate::error::faults::FaultCode;
use crate::error::{Code, Error, FieldError, Refused, Replay, Text};

/// Problem details (RFC 9457), the body of every refusal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// The address of the page that describes this kind of problem.
    #[schema(example = "/api/v1/problems/out_of_order")]
    pub r#type: String,
    /// The title of this kind of problem.
    #[schema(example = "The file is not at this stage")]
    pub title: String,
    /// The HTTP status of the reply.
    #[schema(example = 409)]
    pub status: u16,
    /// An explanation of this occurrence, or the remedy.
    #[schema(example = "Reload the file; next lists the possible steps.")]
    pub detail: String,
    /// The requested path, up to the first parameter that is neither an id nor a short number. `/`
    /// for a path that is not in the contract, because a secret code may have been pasted into it.
    #[schema(example = "/api/v1/applications/0192f0c1-2b3c-7def-8123-456789abcdef/filing")]
    pub instance: String,
    /// The stable code.
    pub code: Code,
    /// Identifies this reply in the log: 32 hexadecimal digits, the trace id of your `traceparent`
    /// if you sent one.
    #[schema(example = "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4")]
    pub trace_id: String,
    /// Your `X-Request-Id`, if you sent one.
    #[schema(example = "nightly-export-17")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Every fault of the body or of the parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemItem>,
}

/// One fault of a body or of a parameter.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemItem {
    /// JSON pointer (RFC 6901) into the body; `?name` for a query parameter.
    #[schema(example = "/items/0/result")]
    pub pointer: String,
    /// The stable code of the fault.
    #[schema(value_type = FaultCode)]
    pub code: String,
    /// A description of the fault.
    #[schema(example = "unknown variant")]
    pub detail: String,
}

/// The language of texts for the caller: Indonesian unless `Accept-Language` prefers English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Language {
    /// Bahasa Indonesia.
    #[serde(rename = "id")]
    Indonesian,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The preferred language by `Accept-Language`.
    pub(crate) fn preferred(request: &impl HttpMessage) -> Self {
        let wish = AcceptLanguage::parse(request)
            .map(|wish| wish.0)
            .unwrap_or_default();
        let quality = |language: Self| {
            wish.iter()
                .find(|range| {
                    let tag = range.item.item();
                    tag.is_some_and(|tag| {
                        tag.primary_language().eq_ignore_ascii_case(language.tag())
                    })
                })
                .map_or(Quality::ZERO, |range| range.quality)
        };
        if quality(Self::English) > quality(Self::Indonesian) {
            Self::English
        } else {
            Self::Indonesian
        }
    }

    /// The language of a stored tag; Indonesian unless the tag is English.
    pub(crate) fn from_tag(tag: &str) -> Self {
        if tag == Self::English.tag() {
            Self::English
        } else {
            Self::Indonesian
        }
    }

    /// The language tag, as in `Content-Language`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The text in this language.
    pub(crate) fn select<S>(self, text: &Text<S>) -> &S {
        match self {
            Self::Indonesian => &text.id,
            Self::English => &text.en,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        let status = match self {
            Self::Refused(refused) => refused.code.row().status,
            Self::Replayed(replay) => replay.status,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The status without a body: `problem_responses` writes the body, because it knows the
    /// caller's language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Data of the request that a refusal needs. It is collected before the request is passed on,
/// because the request may be gone afterwards.
struct Exchange {
    path: String,
    found: Option<Found>,
    language: Language,
    trace: Trace,
    /// Records the kind of a failure of a confidential request, which must not be logged.
    mark: Option<ConfidentialMark>,
}

/// Middleware: assigns the trace, catches refusals and panics of all inner layers, and turns them
/// into problem details in the caller's language.
pub async fn problem_responses<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let (language, mark) = (
        Language::preferred(&request),
        ConfidentialMark::of(request.request()),
    );
    let trace = if mark.is_some() {
        Trace::random()
    } else {
        Trace::from_headers(request.headers())
    };
    let exchange = Exchange {
        path: decoded_path(request.request()).to_owned(),
        found: Found::of(request.request()).ok(),
        language,
        trace,
        mark,
    };
    request.extensions_mut().insert(exchange.trace.clone());
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) if is_success(&response) => {
            Ok(with_trace_headers(response.map_into_left_body(), &exchange))
        }
        Ok(Ok(response)) => {
            let mut reply = to_problem(
                &exchange,
                response.response().error(),
                response.status(),
                response.headers(),
            );
            copy_layer_headers(response.headers(), reply.headers_mut());
            Ok(with_trace_headers(
                response.into_response(reply).map_into_right_body(),
                &exchange,
            ))
        }
        Ok(Err(error)) => {
            let reply = with_outer_headers(
                to_problem(
                    &exchange,
                    Some(&error),
                    error.as_response_error().status_code(),
                    &HeaderMap::new(),
                ),
                &exchange,
            );
            Err(InternalError::from_response(Error::new(Code::Internal), reply).into())
        }
        Err(_) => {
            let error = Error::new(Code::Internal);
            let reply = with_outer_headers(render(&exchange, &error), &exchange);
            if let Some(mark) = &exchange.mark {
                mark.record_failure("panic");
            } else {
                tracing::error!(trace_id = %exchange.trace.id, "a handler panicked");
            }
            Err(InternalError::from_response(error, reply).into())
        }
    }
}

fn with_trace_headers<B>(
    mut response: ServiceResponse<B>,
    exchange: &Exchange,
) -> ServiceResponse<B> {
    exchange.trace.insert_headers(response.headers_mut());
    response
}

/// Copies the headers that inner layers have set on a refusal; without the CORS headers a browser
/// does not show the reply to its page.
fn copy_layer_headers(from: &HeaderMap, to: &mut HeaderMap) {
    let layered = |name: &HeaderName| {
        name.as_str().starts_with("access-control-")
            || matches!(name.as_str(), "vary" | "ratelimit" | "ratelimit-policy")
    };
    for (name, value) in from.iter().filter(|(name, _)| layered(name)) {
        if !to.contains_key(name) || *name == header::VARY {
            to.append(name.clone(), value.clone());
        }
    }
}

/// Adds the headers that outer layers would set; a reply after a panic bypasses those layers.
fn with_outer_headers(mut reply: HttpResponse, exchange: &Exchange) -> HttpResponse {
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    exchange.trace.insert_headers(headers);
    reply
}

fn is_success<B>(response: &ServiceResponse<B>) -> bool {
    !(response.status().is_client_error() || response.status().is_server_error())
        && response.response().error().is_none()
}

/// Converts an error of an inner layer. An `Error` of this service carries its own problem; an
/// error of the framework is mapped by its status.
fn to_problem(
    exchange: &Exchange,
    error: Option<&actix_web::Error>,
    status: StatusCode,
    headers: &HeaderMap,
) -> HttpResponse {
    if let Some(ours) = error.and_then(actix_web::Error::as_error::<Error>) {
        return render(exchange, ours);
    }
    if let Some(refused) = error.and_then(actix_web::Error::as_error::<CorsError>) {
        return render(exchange, &preflight_error(refused));
    }
    let code = match status {
        StatusCode::BAD_REQUEST => Code::MalformedBody,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::RANGE_NOT_SATISFIABLE => Code::RangeNotSatisfiable,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::SERVICE_UNAVAILABLE => Code::Busy,
        other if other.is_client_error() => Code::MalformedBody,
        _ => Code::Internal,
    };
    let mut refusal = Error::new(code);
    for name in ["allow", "content-range"] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            refusal = refusal.header(name, value);
        }
    }
    render(exchange, &refusal)
}

/// Maps a CORS error. The browser itself sends the preflight headers, so every error but a wrong
/// origin comes from a program.
fn preflight_error(refused: &CorsError) -> Error {
    match refused {
        CorsError::OriginNotAllowed | CorsError::MissingOrigin | CorsError::WildcardOrigin => {
            Error::new(Code::OriginNotAllowed)
        }
        CorsError::MethodNotAllowed | CorsError::BadRequestMethod => {
            Error::new(Code::MethodNotAllowed)
                .header("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        }
        other => Error::new(Code::InvalidParameter).detail(
            "Header Access-Control-Request-… pada preflight tidak dapat dibaca.",
            format!("The preflight cannot be read: {other}."),
        ),
    }
}

fn render(exchange: &Exchange, error: &Error) -> HttpResponse {
    match error {
        Error::Refused(refused) => problem_response(exchange, refused),
        Error::Replayed(replay) => replayed_response(replay),
    }
}

fn problem_response(exchange: &Exchange, refused: &Refused) -> HttpResponse {
    let language = exchange.language;
    let row = refused.code.row();
    match (&exchange.mark, &refused.cause) {
        (Some(mark), cause) => mark.record_failure(
            cause
                .as_ref()
                .map_or(row.code.into(), |cause| cause_kind(cause.as_ref())),
        ),
        // A server beside the service is away, which its own watchers tell.
        (None, Some(cause)) if refused.code == Code::Busy => {
            tracing::warn!(trace_id = %exchange.trace.id, cause = %redacted_cause(cause.as_ref()), "request refused for now");
        }
        (None, Some(cause)) => {
            tracing::error!(trace_id = %exchange.trace.id, cause = %redacted_cause(cause.as_ref()), "request failed");
        }
        (None, None) => {}
    }
    let problem = Problem {
        r#type: format!("/api/v1/problems/{}", row.code),
        title: (*language.select(&row.title)).to_owned(),
        status: row.status,
        detail: refused.detail.as_ref().map_or_else(
            || (*language.select(&row.remedy)).to_owned(),
            |text| language.select(text).to_string(),
        ),
        instance: exchange.found.as_ref().map_or_else(
            || "/".to_owned(),
            |found| found.redacted_path(&exchange.path),
        ),
        code: refused.code,
        trace_id: exchange.trace.id.clone(),
        request_id: exchange.trace.request_id.clone(),
        errors: refused
            .faults
            .iter()
            .map(|fault| ProblemItem::of(fault, language))
            .collect(),
    };
    let mut reply = HttpResponse::build(
        StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    );
    reply
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()));
    if row.status == 401 {
        reply.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"service-desk\""));
    }
    if matches!(row.status, 429 | 503) {
        reply.insert_header((header::RETRY_AFTER, "1"));
    }
    for (name, value) in &refused.headers {
        reply.insert_header((*name, value.as_str()));
    }
    reply.body(serde_json::to_vec(&problem).unwrap_or_default())
}

impl ProblemItem {
    /// Renders the fault in this language.
    pub(crate) fn of(fault: &FieldError, language: Language) -> Self {
        Self {
            pointer: fault.pointer.clone(),
            code: fault.code.to_owned(),
            detail: language.select(&fault.detail).to_string(),
        }
    }
}

fn replayed_response(replay: &Replay) -> HttpResponse {
    let mut again =
        HttpResponse::build(StatusCode::from_u16(replay.status).unwrap_or(StatusCode::OK));
    again.insert_header(("idempotency-replayed", "true"));
    for (name, value) in [
        (header::LOCATION, &replay.location),
        (header::ETAG, &replay.etag),
    ] {
        if let Some(value) = value {
            again.insert_header((name, value.as_str()));
        }
    }
    match &replay.body {
        Some(body) => again
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .body(body.clone()),
        None => again.finish(),
    }
}

/// The cause for the log. The text of a database error may quote values, which can be personal
/// data, so only its SQLSTATE and constraint are logged.
fn redacted_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    match cause.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(error)) => {
            let constraint = error.constraint().unwrap_or("-");
            format!(
                "database error {} on constraint {constraint}",
                error.code().unwrap_or_default()
            )
        }
        Some(other) => other.to_string(),
        None => cause.to_string(),
    }
}

/// The kind of the cause. For confidential requests its text is not used, because it may name a
/// file, an object or a constraint and so reveal the operation.
fn cause_kind(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    match (
        cause.downcast_ref::<sqlx::Error>(),
        cause.downcast_ref::<std::io::Error>(),
    ) {
        (Some(sqlx::Error::Database(error)), _) => {
            format!("database error {}", error.code().unwrap_or_default())
        }
        (Some(sqlx::Error::Io(_)), _) => "database connection lost".to_owned(),
        (Some(_), _) => "database client error".to_owned(),
        (None, Some(error)) => format!("input or output: {}", error.kind()),
        (None, None) => "internal error".to_owned(),
    }
}
