//! Extractor of a JSON body: reads it under a size limit and a read timeout, and reports every
//! error with its JSON pointer. `T` rejects unknown fields itself (`deny_unknown_fields`) and
//! checks its own rules through `Validate`.

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

use super::body_reader::{BodyReader, ReadTimeout};
use super::params::has_unstorable_year;
use super::redact::without_value;
use super::schema_validation::{SampleKind, SchemaError, SchemaValidator, UNSTORABLE_YEAR};
use super::strict_json::StrictJson;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::secrecy::sha256;
use crate::text::{is_blank, misleads};

/// The largest JSON body. A verification of every row of the longest checklist, with notes, takes a
/// tenth of this.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The media type of JSON.
const JSON: &str = "application/json";
/// The media type of a merge patch (RFC 7396), for `PATCH` only.
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";
/// How many times a body is parsed again to find errors that only the parser reports.
const REPAIR_ROUNDS: usize = 8;
/// Limits for parsing a body again: its length in bytes and the number of errors. Collecting
/// further errors must not cost much more than the refusal itself.
const REPAIR_LIMITS: (usize, usize) = (64 << 10, 50);
/// The deepest nesting of JSON that is accepted; the deepest form has five levels.
const MAX_DEPTH: usize = 32;

/// Validation rules of a form beyond its types.
pub trait Validate {
    /// Returns every error with its JSON pointer.
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Returns an error for each item with the same key as an earlier item. `place` returns the JSON
/// pointer of the item at an index.
pub(crate) fn duplicate_errors<'a, T, K: Eq + Hash>(
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
        .map(|(i, _)| {
            fault(
                place(i),
                "duplicate",
                "Sudah dicantumkan sebelumnya.",
                "It is listed twice.",
            )
        })
        .collect()
}

/// Validates a text that must have 1 to `longest` characters, and visible ones among them.
pub(crate) fn text_error(text: &str, pointer: &str, longest: usize) -> Option<FieldError> {
    if is_blank(text) {
        Some(fault(
            pointer,
            "empty",
            "Wajib diisi.",
            "It must not be empty.",
        ))
    } else if text.chars().count() > longest {
        Some(fault(
            pointer,
            "too_long",
            format!("Paling banyak {longest} karakter."),
            format!("At most {longest} characters."),
        ))
    } else {
        None
    }
}

/// Validates a text that must be one line of 1 to `longest` characters.
pub(crate) fn line_error(text: &str, pointer: &str, longest: usize) -> Option<FieldError> {
    text_error(text, pointer, longest).or_else(|| {
        text.chars().any(misleads).then(|| {
            fault(
                pointer,
                "not_one_line",
                "Harus satu baris tanpa karakter kendali atau tak terlihat.",
                "It must be one line without control or invisible characters.",
            )
        })
    })
}

/// Deserializes a secret unchanged: white space at its ends may be part of the secret.
pub(crate) fn verbatim<'de, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<String, D::Error> {
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

/// SHA-256 of the body, stored in the request extensions for `Idempotency-Key`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyDigest(pub [u8; 32]);

/// A validated JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            require_json(&request)?;
            reject_content_encoding(request.headers())?;
            let bytes = collect(payload, BodyReader::new(ReadTimeout::JSON)).await?;
            request.extensions_mut().insert(BodyDigest(sha256(&bytes)));
            parse(&bytes).map(Self)
        })
    }
}

/// The raw bytes of a JSON body, for a signature over them.
#[derive(Debug)]
pub(crate) struct RawJson(pub web::Bytes);

impl FromRequest for RawJson {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            require_json(&request)?;
            reject_content_encoding(request.headers())?;
            let bytes = collect(payload, BodyReader::new(ReadTimeout::JSON)).await?;
            Ok(Self(bytes.freeze()))
        })
    }
}

fn require_json(request: &HttpRequest) -> Result<()> {
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
    // PATCH also accepts a merge patch (RFC 7396) under its own media type, as the contract
    // declares.
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

/// Rejects a body with a content coding such as `gzip`. No coding is decoded, because a small body
/// could then become a large one. The reply names the coding, and `Accept-Encoding` lists the
/// accepted ones (RFC 9110 §15.5.16).
///
/// # Errors
/// `unsupported_media_type`.
pub(crate) fn reject_content_encoding(headers: &HeaderMap) -> Result<()> {
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
            "The Content-Encoding `{coding}` is not accepted; send the body without Content-Encoding."
        ),
    );
    Err(refusal.header("accept-encoding", "identity"))
}

async fn collect(mut payload: Payload, mut body_reader: BodyReader) -> Result<web::BytesMut> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = body_reader
        .next(&mut payload, || Error::new(Code::MalformedBody))
        .await?
    {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(
                Error::new(Code::BodyTooLarge).detail("Paling besar 1 MiB.", "At most 1 MiB.")
            );
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses and validates a JSON body.
///
/// # Errors
/// `malformed_body` when the bytes are not JSON; `invalid_content` with every error found when the
/// JSON does not fit `T`.
pub(crate) fn parse<T: DeserializeOwned + Validate + ToSchema>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("bukan UTF-8", "not UTF-8"))?;
    // Editors on Windows write a byte order mark; RFC 8259 §8.1 allows a parser to ignore it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if nests_deeper_than(text, MAX_DEPTH) {
        return Err(malformed("bersarang terlalu dalam", "nested too deep"));
    }
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|error| malformed(error.to_string(), error.to_string()))?;
    if !text.trim_start().starts_with('{') {
        // serde would fill a struct from a list, field by field in the order of the source.
        return Err(Error::invalid(vec![fault(
            "",
            "wrong_type",
            "Harus sebuah objek.",
            "It must be an object.",
        )]));
    }
    let form: T = read(text).map_err(|first| Error::invalid(all_errors::<T>(first, text)))?;
    let mut faults = form.errors();
    faults.extend(nul_error(text));
    faults.extend(unstorable_year_errors::<T>(
        &serde_json::from_str(text).unwrap_or_default(),
    ));
    if faults.is_empty() {
        Ok(form)
    } else {
        Err(Error::invalid(faults))
    }
}

/// The error at which the parser stopped. A missing field is named by the pointer where the field
/// should be.
fn parser_error(place: &str, message: &str) -> FieldError {
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
            parser_error(
                &place,
                &without_value(message.split(" at line ").next().unwrap_or_default()),
            )
        })
}

/// All errors that can be found at once: the parser's error, every error of schema validation, and
/// the rules that the rest of the form breaks. Where parser and schema report the same error, the
/// schema's wording is used.
fn all_errors<T: DeserializeOwned + Validate + ToSchema>(
    first: FieldError,
    text: &str,
) -> Vec<FieldError> {
    let (validator, body) = (
        SchemaValidator::of::<T>(),
        serde_json::from_str(text).unwrap_or_default(),
    );
    let mut schema_errors = validator.schema_errors(&body);
    match schema_errors
        .iter()
        .position(|schema_error| schema_error.fault.pointer == first.pointer)
    {
        // The parser's error comes first and replaces the other errors at its pointer.
        Some(at) => {
            let mut known = schema_errors.remove(at);
            if known.fault.code != first.code {
                known.fault = first;
            }
            schema_errors.retain(|schema_error| schema_error.fault.pointer != known.fault.pointer);
            schema_errors.insert(0, known);
        }
        None => schema_errors.insert(0, validator.schema_error_at(first)),
    }
    let small = text.len() <= REPAIR_LIMITS.0 && schema_errors.len() <= REPAIR_LIMITS.1;
    let broken = if small && has_known_field(&body, &schema_errors) {
        validation_errors::<T>(&validator, &body, &mut schema_errors)
    } else {
        Vec::new()
    };
    schema_errors
        .into_iter()
        .map(|schema_error| schema_error.fault)
        .chain(broken)
        .chain(nul_error(text))
        .collect()
}

/// True if `body` contains a field of the form. For a body without any known field, the list of
/// missing fields is enough.
fn has_known_field(body: &Value, schema_errors: &[SchemaError]) -> bool {
    let is_unknown = |name: &String| {
        let place = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        schema_errors.iter().any(|schema_error| {
            schema_error.fault.code == "unknown_field" && schema_error.fault.pointer == place
        })
    };
    body.as_object()
        .is_some_and(|members| !members.keys().all(is_unknown))
}

/// Validation rules that a form breaks apart from its schema errors. To run the rules, the schema
/// errors are repaired with two different sets of sample values; an error that appears with only
/// one set comes from the sample and is dropped. An error that only the parser reports is added to
/// `schema_errors`. Empty if the repaired body still does not parse.
fn validation_errors<T: DeserializeOwned + Validate>(
    validator: &SchemaValidator,
    body: &Value,
    schema_errors: &mut Vec<SchemaError>,
) -> Vec<FieldError> {
    for _ in 0..REPAIR_ROUNDS {
        let (one, other) = (
            validator.repaired(body, schema_errors, SampleKind::Low),
            validator.repaired(body, schema_errors, SampleKind::High),
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
                    schema_errors
                        .iter()
                        .all(|schema_error| !overlaps(&schema_error.fault.pointer, &fault.pointer))
                };
                return one
                    .errors()
                    .into_iter()
                    .filter(|fault| again(fault) && apart(fault))
                    .collect();
            }
            (Err(found), _) | (Ok(_), Err(found)) => {
                if schema_errors
                    .iter()
                    .any(|schema_error| overlaps(&schema_error.fault.pointer, &found.pointer))
                {
                    return Vec::new();
                }
                schema_errors.push(validator.schema_error_at(found));
            }
        }
    }
    Vec::new()
}

/// True if one pointer equals the other or lies within it.
fn overlaps(one: &str, other: &str) -> bool {
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

/// The JSON pointer (RFC 6901) of the path at which serde stopped.
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

/// PostgreSQL cannot store NUL in text, so NUL is rejected here with a usable message.
fn nul_error(text: &str) -> Option<FieldError> {
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

/// Dates outside the years 0001 to 9999, which the database does not store. Only fields
/// that the schema calls dates count; the schema is read only when some text of the body looks like
/// such a date.
fn unstorable_year_errors<T: ToSchema>(body: &Value) -> Vec<FieldError> {
    if !contains_unstorable_year(body) {
        return Vec::new();
    }
    SchemaValidator::of::<T>()
        .schema_errors(body)
        .into_iter()
        .map(|schema_error| schema_error.fault)
        .filter(|fault| fault.code == UNSTORABLE_YEAR)
        .collect()
}

fn contains_unstorable_year(value: &Value) -> bool {
    match value {
        Value::String(text) => has_unstorable_year(text),
        Value::Array(items) => items.iter().any(contains_unstorable_year),
        Value::Object(members) => members.values().any(contains_unstorable_year),
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
