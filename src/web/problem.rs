//! RFC 9457: what an `Error` looks like on the wire, and the outermost layer that sees to it that every refusal, from whichever layer, looks like that.

use std::panic::AssertUnwindSafe;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpResponse, ResponseError};
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::confidential::Confidence;
use super::known_paths::KnownPaths;
use super::params::decoded_path;
use super::trace::Trace;
use crate::error::{Code, Error, FieldError, Refused, Replay, Text};

/// A problem (RFC 9457) as every refusal is sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where the kind of problem is described.
    #[schema(example = "/api/v1/problems/out_of_order")]
    pub r#type: String,
    /// The kind in words.
    #[schema(example = "The file is not at this stage")]
    pub title: String,
    /// The HTTP status, again.
    #[schema(example = 409)]
    pub status: u16,
    /// What is particular here, or what to do.
    #[schema(example = "Reload the file; next says what can be done.")]
    pub detail: String,
    /// The path that was asked for, as far as it is one of the contract: up to a parameter that is no id and no short number. `/` for a path that leads
    /// nowhere: a code may have been pasted into it.
    #[schema(example = "/api/v1/applications/0192f0c1-2b3c-7def-8123-456789abcdef/filing")]
    pub instance: String,
    /// The stable code.
    #[schema(example = "out_of_order")]
    pub code: String,
    /// Names this reply in the log: 32 hexadecimal digits, those of your `traceparent` if you sent one.
    #[schema(example = "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4")]
    pub trace_id: String,
    /// Your `X-Request-Id`, when you sent one.
    #[schema(example = "nightly-export-17")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Every fault of the body or the parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemItem>,
}

/// One fault.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemItem {
    /// JSON pointer (RFC 6901) into the body; `?name` for a parameter.
    #[schema(example = "/items/0/result")]
    pub pointer: String,
    /// Stable code of the fault.
    #[schema(example = "unknown_value")]
    pub code: String,
    /// In words.
    #[schema(example = "unknown variant")]
    pub detail: String,
}

/// The language a caller reads: Indonesian unless English is asked for first.
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
    /// From `Accept-Language`.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let wish = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let quality = |tag: &str| {
            wish.split(',').find_map(|part| {
                let (name, rest) = part.trim().split_once(';').unwrap_or((part.trim(), "q=1"));
                let primary = name.trim().split('-').next().unwrap_or_default();
                primary.eq_ignore_ascii_case(tag).then(|| {
                    rest.trim()
                        .trim_start_matches("q=")
                        .parse::<f32>()
                        .unwrap_or(1.0)
                })
            })
        };
        match (quality("en"), quality("id")) {
            (Some(english), Some(indonesian)) if english > indonesian => Self::English,
            (Some(english), None) if english > 0.0 => Self::English,
            (Some(_) | None, _) => Self::Indonesian,
        }
    }

    /// The language of a tag kept in the database; Indonesian unless it is English.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        if tag == Self::English.tag() {
            Self::English
        } else {
            Self::Indonesian
        }
    }

    /// The tag for `Content-Language`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The text in this language.
    #[must_use]
    pub fn say(self, text: &Text) -> String {
        match self {
            Self::Indonesian => text.id.to_string(),
            Self::English => text.en.to_string(),
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

    /// A bare status: the words are put to it by `problem_responses`, which knows the caller's language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// What a refusal needs to know of the exchange. Taken before the request is handed on, since afterwards it may be gone.
struct Asked {
    path: String,
    known: Option<KnownPaths>,
    language: Language,
    trace: Trace,
    /// Where a confidential exchange notes what went wrong, instead of logging it.
    confidence: Option<Confidence>,
}

/// Names the exchange, catches refusals of every layer within and panics, and words them for this caller.
///
/// # Errors
/// Only after a panic, and then it carries the whole reply.
pub async fn problem_responses<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let (language, confidence) = (
        Language::of(request.headers()),
        Confidence::of(request.request()),
    );
    let trace = if confidence.is_some() {
        Trace::random()
    } else {
        Trace::continued(request.headers())
    };
    let (path, known) = (
        decoded_path(request.request()).to_owned(),
        request.app_data::<KnownPaths>().cloned(),
    );
    let asked = Asked {
        path,
        known,
        language,
        trace,
        confidence,
    };
    request.extensions_mut().insert(asked.trace.clone());
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) if is_fine(&response) => Ok(named(response.map_into_left_body(), &asked)),
        Ok(Ok(response)) => {
            let mut reply = reword(
                &asked,
                response.response().error(),
                response.status(),
                response.headers(),
            );
            keep(response.headers(), reply.headers_mut());
            Ok(named(
                response.into_response(reply).map_into_right_body(),
                &asked,
            ))
        }
        Ok(Err(error)) => {
            let reply = alone(
                reword(
                    &asked,
                    Some(&error),
                    error.as_response_error().status_code(),
                    &HeaderMap::new(),
                ),
                &asked,
            );
            Err(InternalError::from_response(Error::new(Code::Internal), reply).into())
        }
        Err(_) => {
            let error = Error::new(Code::Internal);
            let reply = alone(render(&asked, &error), &asked);
            if let Some(confidence) = &asked.confidence {
                confidence.note("panic");
            } else {
                tracing::error!(trace_id = %asked.trace.id, "a handler panicked");
            }
            Err(InternalError::from_response(error, reply).into())
        }
    }
}

fn named<B>(mut response: ServiceResponse<B>, asked: &Asked) -> ServiceResponse<B> {
    asked.trace.tell(response.headers_mut());
    response
}

/// What the layers within have put on a refusal beside its words: without them a browser may not even show it to its page.
fn keep(from: &HeaderMap, to: &mut HeaderMap) {
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

/// A reply that goes past the layers without, which would have named and guarded it.
fn alone(mut reply: HttpResponse, asked: &Asked) -> HttpResponse {
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    asked.trace.tell(headers);
    reply
}

fn is_fine<B>(response: &ServiceResponse<B>) -> bool {
    !(response.status().is_client_error() || response.status().is_server_error())
        && response.response().error().is_none()
}

/// Our own errors say themselves, and a reply that was written out stays; a framework's error is matched by its status.
fn reword(
    asked: &Asked,
    error: Option<&actix_web::Error>,
    status: StatusCode,
    headers: &HeaderMap,
) -> HttpResponse {
    if let Some(ours) = error.and_then(actix_web::Error::as_error::<Error>) {
        return render(asked, ours);
    }
    if let Some(refused) = error.and_then(actix_web::Error::as_error::<CorsError>) {
        return render(asked, &preflight_refusal(refused));
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
    render(asked, &refusal)
}

/// Why a browser's preflight is refused. Its headers are those that the browser itself sends, so all but the origin are a program's fault.
fn preflight_refusal(refused: &CorsError) -> Error {
    match refused {
        CorsError::OriginNotAllowed | CorsError::MissingOrigin | CorsError::WildcardOrigin => {
            Error::new(Code::OriginNotAllowed)
        }
        CorsError::MethodNotAllowed | CorsError::BadRequestMethod => {
            Error::new(Code::MethodNotAllowed)
                .header("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        }
        other => Error::new(Code::InvalidParameter).detail(
            "Kepala Access-Control-Request-… pada preflight tidak dapat dibaca.",
            format!("The preflight cannot be read: {other}."),
        ),
    }
}

fn render(asked: &Asked, error: &Error) -> HttpResponse {
    match error {
        Error::Refused(refused) => refuse(asked, refused),
        Error::Replayed(replay) => repeat(replay),
    }
}

fn refuse(asked: &Asked, refused: &Refused) -> HttpResponse {
    let language = asked.language;
    let row = refused.code.row();
    match (&asked.confidence, &refused.cause) {
        (Some(confidence), cause) => confidence.note(
            cause
                .as_ref()
                .map_or(row.code.into(), |cause| kind(cause.as_ref())),
        ),
        (None, Some(cause)) => {
            tracing::error!(trace_id = %asked.trace.id, cause = %without_values(cause.as_ref()), "request failed")
        }
        (None, None) => {}
    }
    let english = language == Language::English;
    let problem = Problem {
        r#type: format!("/api/v1/problems/{}", row.code),
        title: if english { row.title_en } else { row.title_id }.to_owned(),
        status: row.status,
        detail: refused.detail.as_ref().map_or_else(
            || {
                if english {
                    row.remedy_en
                } else {
                    row.remedy_id
                }
                .to_owned()
            },
            |text| language.say(text),
        ),
        instance: asked
            .known
            .as_ref()
            .map(|known| known.place(&asked.path))
            .filter(|place| !place.is_empty())
            .unwrap_or_else(|| "/".to_owned()),
        code: row.code.to_owned(),
        trace_id: asked.trace.id.clone(),
        request_id: asked.trace.named.clone(),
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
    /// The fault in this language.
    #[must_use]
    pub fn of(fault: &FieldError, language: Language) -> Self {
        Self {
            pointer: fault.pointer.clone(),
            code: fault.code.to_owned(),
            detail: language.say(&fault.detail),
        }
    }
}

fn repeat(replay: &Replay) -> HttpResponse {
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

/// The cause without the values a database error may quote: those can be personal data.
fn without_values(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
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

/// The kind of the cause alone: its words may name a file, an object or a constraint, and so what was asked for.
fn kind(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
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
