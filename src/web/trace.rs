//! How an exchange is named. A caller may hand in a name of their own (`X-Request-Id`, echoed) and the trace it belongs to (`traceparent`, W3C Trace Context,
//! continued). A confidential exchange takes neither: what a reporter's program sends could tell who sent it.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};

use crate::secrecy::random_bytes;

/// The caller's name of a request, and ours for the reply.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The trace a caller asks within.
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
/// Where in that trace we answered (W3C Trace Context, level 2).
const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");
/// The longest name we echo.
const LONGEST: usize = 128;

/// The names of one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// 32 hexadecimal digits: the trace. In the log, but for confidential exchanges.
    pub id: String,
    /// The caller's own name for the request, if they gave one.
    pub named: Option<String>,
    /// What is told of our part of the caller's trace, if there is one.
    response: Option<String>,
}

impl Trace {
    /// Drawn at random.
    #[must_use]
    pub fn random() -> Self {
        Self {
            id: hex::encode(random_bytes::<16>()),
            named: None,
            response: None,
        }
    }

    /// As the caller's headers say; what is malformed is as good as absent.
    #[must_use]
    pub fn continued(headers: &HeaderMap) -> Self {
        let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let given = said(&REQUEST_ID).filter(|name| is_name(name));
        let parent = said(&TRACE_PARENT).and_then(Parent::read);
        let id = parent
            .as_ref()
            .map(|parent| parent.trace.to_owned())
            .or_else(|| given.and_then(as_trace));
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
            named: given.map(str::to_owned),
            response,
        }
    }

    /// That of `request`.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(Self::random)
    }

    /// Writes the names on a reply.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let name = self.named.as_ref().unwrap_or(&self.id);
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

/// The parts of a `traceparent` that we carry on.
struct Parent<'a> {
    trace: &'a str,
    flags: &'a str,
}

impl<'a> Parent<'a> {
    /// Version 00 as it is defined, later versions as far as it goes.
    fn read(header: &'a str) -> Option<Self> {
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

/// Letters, digits, and what joins them: nothing that could break out of a header, a log line or a page.
fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// A name that is a UUID or 32 hexadecimal digits is a trace too. Any other may be a word, and words of callers do not go into our log.
fn as_trace(name: &str) -> Option<String> {
    let digits = name.replace('-', "").to_ascii_lowercase();
    is_id(&digits, 32).then_some(digits)
}

#[cfg(test)]
mod tests;
