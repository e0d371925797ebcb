//! Request ids and traces. A caller may send a request id (`X-Request-Id`, echoed) and a trace
//! context (`traceparent`, W3C Trace Context, continued). For confidential requests both are
//! ignored, because an id from a reporter's program could identify the reporter.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};

use crate::secrecy::random_bytes;

/// The request id: the caller's in a request, echoed or generated in a reply.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The caller's trace context.
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
/// The service's span in that trace (W3C Trace Context, level 2).
const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");
/// The longest request id that is echoed.
const MAX_LENGTH: usize = 128;

/// The trace and request id of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The trace id, 32 hexadecimal digits. It is logged except for confidential requests.
    pub id: String,
    /// The caller's request id, if one was sent.
    pub request_id: Option<String>,
    /// The value of `traceresponse`, if the caller sent a `traceparent`.
    response: Option<String>,
}

impl Trace {
    /// A random trace id.
    pub fn random() -> Self {
        Self {
            id: hex::encode(random_bytes::<16>()),
            request_id: None,
            response: None,
        }
    }

    /// Continues the caller's trace; malformed headers count as absent.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let given = said(&REQUEST_ID).filter(|name| is_name(name));
        let parent = said(&TRACE_PARENT).and_then(TraceParent::parse);
        let id = parent
            .as_ref()
            .map(|parent| parent.trace.to_owned())
            .or_else(|| given.and_then(trace_id_of));
        let id = id.unwrap_or_else(|| hex::encode(random_bytes::<16>()));
        let response = parent.map(|parent| {
            format!(
                "00-{}-{}-{}",
                parent.trace,
                hex::encode(random_bytes::<8>()),
                parent.flags
            )
        });
        Self {
            id,
            request_id: given.map(str::to_owned),
            response,
        }
    }

    /// The trace of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(Self::random)
    }

    /// Adds the trace headers to a reply.
    pub fn insert_headers(&self, headers: &mut HeaderMap) {
        let name = self.request_id.as_ref().unwrap_or(&self.id);
        for (name, value) in [
            (REQUEST_ID, Some(name)),
            (TRACE_RESPONSE, self.response.as_ref()),
        ] {
            let Some(value) = value else { continue };
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// The parts of a `traceparent` that are continued.
struct TraceParent<'a> {
    trace: &'a str,
    flags: &'a str,
}

impl<'a> TraceParent<'a> {
    /// Parses version 00 as defined, and later versions as far as version 00 goes.
    fn parse(header: &'a str) -> Option<Self> {
        let mut parts = header.trim().splitn(5, '-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let ends = parts.next().is_none() || version != "00";
        let right = is_hex(version, 2)
            && version != "ff"
            && is_id(trace, 32)
            && is_id(span, 16)
            && is_hex(flags, 2);
        (ends && right).then_some(Self { trace, flags })
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_id(text: &str, length: usize) -> bool {
    is_hex(text, length) && text.bytes().any(|byte| byte != b'0')
}

/// True for letters, digits and `-_.:`, none of which can break out of a header, a log line or a
/// page.
fn is_name(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// A request id that is a UUID or 32 hexadecimal digits also serves as trace id. Any other may
/// contain words of the caller, which must not reach the log.
fn trace_id_of(name: &str) -> Option<String> {
    let digits = name.replace('-', "").to_ascii_lowercase();
    is_id(&digits, 32).then_some(digits)
}

#[cfg(test)]
mod tests;
