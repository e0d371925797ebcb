//! A JSON body, read with a limit as long as it gets on, refused with every fault and its place. `T` refuses unknown fields itself
//! (`deny_unknown_fields`) and says what else is wrong through `Validate`.

use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde_json::Value;
use utoipa::ToSchema;

use super::arrival::{Arrival, Pace};
use super::params::is_far_date;
use super::redact::without_value;
use super::schema_validation::{FAR_DATE, Flaw, Mend, Shape};
use super::strict_json::StrictJson;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::secrecy::sha256;

/// The largest JSON body: a verification of every item of the longest checklist, with notes, is a tenth of it.
pub const LIMIT: usize = 1 << 20;
/// The media type of JSON.
const JSON: &str = "application/json";
/// The media type of a merge patch (RFC 7396), for `PATCH` only.
pub const MERGE_PATCH: &str = "application/merge-patch+json";
/// How often a body is read again for flaws that only the parser finds.
const MENDED: usize = 8;
/// The longest body that is read again, and the most flaws: the question must not cost much more than the refusal.
const READ_AGAIN: (usize, usize) = (64 << 10, 50);
/// How deep JSON may nest: our deepest form has five levels.
const DEPTH: usize = 32;

/// What a form checks beyond its types.
pub trait Validate {
    /// Every fault, with its JSON pointer.
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A fault for each item of a list whose key an earlier item has. `place` gives the JSON pointer of the item with that index.
pub fn repeated<'a, T, K: Eq + Hash>(
    items: &'a [T],
    key: impl Fn(&'a T) -> K,
    place: impl Fn(usize) -> String,
) -> Vec<FieldError> {
    let mut seen = HashSet::new();
    let again = items
        .iter()
        .enumerate()
        .filter(|(_, item)| !seen.insert(key(item)));
    again
        .map(|(i, _)| fault(place(i), "duplicate", "Sudah disebutkan.", "Named twice."))
        .collect()
}

/// Reads a secret as it was sent: white space at its ends may be part of it.
///
/// # Errors
/// When it is no text.
pub fn verbatim<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<String, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = String;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<String, E> {
            Ok(text.to_owned())
        }
    }

    from.deserialize_str(Text)
}

/// SHA-256 of the body, kept for `Idempotency-Key`.
#[derive(Debug, Clone, Copy)]
pub struct BodyDigest(pub [u8; 32]);

/// A checked JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            must_be_json(&request)?;
            must_not_be_encoded(request.headers())?;
            let bytes = collect(payload, Arrival::at(Pace::JSON)).await?;
            request.extensions_mut().insert(BodyDigest(sha256(&bytes)));
            parse(&bytes).map(Self)
        })
    }
}

fn must_be_json(request: &HttpRequest) -> Result<()> {
    let given = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = given
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    // PATCH takes a merge patch (RFC 7396) under its own name too, as the contract declares.
    let is_patch = request.method() == Method::PATCH;
    if media_type == JSON || (is_patch && media_type == MERGE_PATCH) {
        return Ok(());
    }
    let (id, en) = if is_patch {
        (
            format!("Kirim {JSON} atau {MERGE_PATCH}."),
            format!("Send {JSON} or {MERGE_PATCH}."),
        )
    } else {
        (format!("Kirim {JSON}."), format!("Send {JSON}."))
    };
    Err(Error::new(Code::UnsupportedMediaType).detail(id, en))
}

/// Refuses a body under a content coding such as `gzip`: none is decoded, because a small body could then become a large one. The reply names the coding,
/// and `Accept-Encoding` says what is taken (RFC 9110 §15.5.16).
///
/// # Errors
/// `unsupported_media_type`.
pub fn must_not_be_encoded(headers: &HeaderMap) -> Result<()> {
    let lines = headers
        .get_all(header::CONTENT_ENCODING)
        .map(|line| line.to_str().unwrap_or("?"));
    let mut codings = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|coding| !coding.is_empty());
    let Some(coding) = codings.find(|coding| !coding.eq_ignore_ascii_case("identity")) else {
        return Ok(());
    };
    let is_token = coding.len() <= 40
        && coding
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.*+".contains(&byte));
    let coding = if is_token { coding } else { "?" };
    let refusal = Error::new(Code::UnsupportedMediaType).detail(
        format!("Content-Encoding `{coding}` tidak diterima; kirim isi tanpa Content-Encoding."),
        format!(
            "The Content-Encoding `{coding}` is not taken; send the body without Content-Encoding."
        ),
    );
    Err(refusal.header("accept-encoding", "identity"))
}

async fn collect(mut payload: Payload, mut arrival: Arrival) -> Result<web::BytesMut> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = arrival
        .next(&mut payload, || Error::new(Code::MalformedBody))
        .await?
    {
        if bytes.len() + chunk.len() > LIMIT {
            return Err(
                Error::new(Code::BodyTooLarge).detail("Paling besar 1 MiB.", "At most 1 MiB.")
            );
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses and checks.
///
/// # Errors
/// `malformed_body` when it is not JSON; `invalid_content` with every fault found when it is not the right JSON.
pub fn parse<T: DeserializeOwned + Validate + ToSchema>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("bukan UTF-8", "not UTF-8"))?;
    // Editors on Windows write a byte order mark, and RFC 8259 §8.1 lets a parser ignore it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if nests_deeper_than(text, DEPTH) {
        return Err(malformed("bersarang terlalu dalam", "nested too deep"));
    }
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|error| malformed(error.to_string(), error.to_string()))?;
    if !text.trim_start().starts_with('{') {
        // serde would fill a form from a list, field by field in the order of our source.
        return Err(Error::invalid(vec![fault(
            "",
            "wrong_type",
            "Harus sebuah objek.",
            "It must be an object.",
        )]));
    }
    let form: T = read(text).map_err(|first| Error::invalid(with_all_others::<T>(first, text)))?;
    let mut faults = form.errors();
    faults.extend(unprintable(text));
    faults.extend(far_dates::<T>(
        &serde_json::from_str(text).unwrap_or_default(),
    ));
    if faults.is_empty() {
        Ok(form)
    } else {
        Err(Error::invalid(faults))
    }
}

/// The fault the parser stopped at. A field that is missing is named where it should be.
fn first_fault(place: &str, message: &str) -> FieldError {
    let code = code_of(message);
    let missing = message
        .split('`')
        .nth(1)
        .filter(|_| code == "missing_field");
    fault(
        missing.map_or_else(|| place.to_owned(), |name| format!("{place}/{name}")),
        code,
        message.to_owned(),
        message.to_owned(),
    )
}

fn read<T: DeserializeOwned>(text: &str) -> std::result::Result<T, FieldError> {
    serde_path_to_error::deserialize(StrictJson(&mut serde_json::Deserializer::from_str(text)))
        .map_err(|error| {
            let place = pointer(error.path());
            let message = error.into_inner().to_string();
            first_fault(
                &place,
                &without_value(message.split(" at line ").next().unwrap_or_default()),
            )
        })
}

/// The parser's fault, every other that the schema finds, and the rules that the rest of the form breaks: all that can be known of it, at once. Where parser and
/// schema found the same, in the schema's words.
fn with_all_others<T: DeserializeOwned + Validate + ToSchema>(
    first: FieldError,
    text: &str,
) -> Vec<FieldError> {
    let (shape, body) = (
        Shape::of::<T>(),
        serde_json::from_str(text).unwrap_or_default(),
    );
    let mut flaws = shape.flaws(&body);
    match flaws
        .iter()
        .position(|flaw| flaw.fault.pointer == first.pointer)
    {
        // The parser's word comes first; of the others at its place there is none.
        Some(at) => {
            let mut known = flaws.remove(at);
            if known.fault.code != first.code {
                known.fault = first;
            }
            flaws.retain(|flaw| flaw.fault.pointer != known.fault.pointer);
            flaws.insert(0, known);
        }
        None => flaws.insert(0, shape.flaw_at(first)),
    }
    let small = text.len() <= READ_AGAIN.0 && flaws.len() <= READ_AGAIN.1;
    let broken = if small && says_something(&body, &flaws) {
        broken_rules::<T>(&shape, &body, &mut flaws)
    } else {
        Vec::new()
    };
    flaws
        .into_iter()
        .map(|flaw| flaw.fault)
        .chain(broken)
        .chain(unprintable(text))
        .collect()
}

/// Whether `body` gives a field that the form has: of a form that is not filled in, what is missing says all.
fn says_something(body: &Value, flaws: &[Flaw]) -> bool {
    let is_unknown = |name: &String| {
        let place = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        flaws
            .iter()
            .any(|flaw| flaw.fault.code == "unknown_field" && flaw.fault.pointer == place)
    };
    body.as_object()
        .is_some_and(|members| !members.keys().all(is_unknown))
}

/// The rules that a form breaks apart from its flaws, which are mended for the question in two ways: what is wrong in only one of them is the mended value's
/// doing. A flaw that only the parser knows is added to the others. Nothing where mending does not make a form of it.
fn broken_rules<T: DeserializeOwned + Validate>(
    shape: &Shape,
    body: &Value,
    flaws: &mut Vec<Flaw>,
) -> Vec<FieldError> {
    for _ in 0..MENDED {
        let (one, other) = (
            shape.mended(body, flaws, Mend::One),
            shape.mended(body, flaws, Mend::Other),
        );
        let (one, other) = (read::<T>(&one.to_string()), read::<T>(&other.to_string()));
        match (one, other) {
            (Ok(one), Ok(other)) => {
                let others = other.errors();
                let again = |fault: &FieldError| {
                    others
                        .iter()
                        .any(|other| (&other.pointer, other.code) == (&fault.pointer, fault.code))
                };
                let apart = |fault: &FieldError| {
                    flaws
                        .iter()
                        .all(|flaw| !touches(&flaw.fault.pointer, &fault.pointer))
                };
                return one
                    .errors()
                    .into_iter()
                    .filter(|fault| again(fault) && apart(fault))
                    .collect();
            }
            (Err(found), _) | (Ok(_), Err(found)) => {
                if flaws
                    .iter()
                    .any(|flaw| touches(&flaw.fault.pointer, &found.pointer))
                {
                    return Vec::new();
                }
                flaws.push(shape.flaw_at(found));
            }
        }
    }
    Vec::new()
}

/// Whether one place is the other, or within it.
fn touches(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

fn malformed(
    id: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    Error::new(Code::MalformedBody).detail(id, en)
}

fn code_of(message: &str) -> &'static str {
    match message {
        message if message.starts_with("unknown field") => "unknown_field",
        message if message.starts_with("missing field") => "missing_field",
        message if message.starts_with("unknown variant") => "unknown_value",
        message if message.starts_with("duplicate field") => "duplicate_field",
        _ => "wrong_type",
    }
}

/// RFC 6901 for the path serde stopped at.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => {
                format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}

/// PostgreSQL cannot keep NUL in a text: say so here, not there.
fn unprintable(text: &str) -> Option<FieldError> {
    let escaped = text
        .match_indices("\\u0000")
        .any(|(at, _)| text[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0);
    escaped.then(|| {
        fault(
            "",
            "unprintable",
            "Karakter NUL tidak diperbolehkan.",
            "The NUL character is not allowed.",
        )
    })
}

/// Dates outside the four-digit years of RFC 3339, which the database cannot keep: in those fields only that the schema calls dates. The schema is asked
/// only when some text of the body looks like such a date.
fn far_dates<T: ToSchema>(body: &Value) -> Vec<FieldError> {
    if !holds_far_date(body) {
        return Vec::new();
    }
    Shape::of::<T>()
        .flaws(body)
        .into_iter()
        .map(|flaw| flaw.fault)
        .filter(|fault| fault.code == FAR_DATE)
        .collect()
}

fn holds_far_date(value: &Value) -> bool {
    match value {
        Value::String(text) => is_far_date(text),
        Value::Array(items) => items.iter().any(holds_far_date),
        Value::Object(members) => members.values().any(holds_far_date),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn nests_deeper_than(text: &str, limit: usize) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
