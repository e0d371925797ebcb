//! Extractors of path and query parameters. Wrong values are rejected with 400; a refusal lists the
//! known names or values and never repeats the given value.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::known_parameters::{displayed_name, is_date, refuse_unknown};
use crate::error::{Code, Error, Result, fault};

/// Typed path parameters.
#[derive(Debug)]
pub struct PathParam<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathParam<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(refusal) = reject_nul(request.match_info().as_str()) {
            return ready(Err(refusal));
        }
        // actix's own extractor writes a path that it cannot parse, and so possibly a secret code,
        // into the log.
        ready(request.match_info().load().map(Self).map_err(|_| {
            let (id, en) = (
                "Id, nomor, atau kode pada alamat tidak sesuai formatnya.",
                "An id, number or code in the path has the wrong format.",
            );
            Error::new(Code::InvalidParameter).detail(id, en)
        }))
    }
}

/// Typed query parameters; `T` rejects unknown ones (`deny_unknown_fields`).
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(refusal) = refuse_unknown(request, false)
            .err()
            .or_else(|| invalid_query_value(request))
        {
            return ready(Err(refusal));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(
            request.query_string().as_bytes(),
        ));
        ready(
            serde_path_to_error::deserialize(pairs)
                .map(Self)
                .map_err(|error| {
                    wrong_value(&error.path().to_string(), &error.inner().to_string())
                }),
        )
    }
}

/// The refusal of the parameter `name` after a parser error `message`. It lists the known values
/// where `message` does, and never the given value.
fn wrong_value(name: &str, message: &str) -> Error {
    let known = message
        .starts_with("unknown variant")
        .then(|| message.rsplit_once(", expected "))
        .flatten();
    let known = known.map(|(_, known)| {
        known
            .trim_start_matches("one of ")
            .replace(" or ", ", ")
            .replace('`', "")
    });
    let (id, en) = match known {
        Some(known) => (
            format!("Nilai harus salah satu dari: {known}."),
            format!("The value must be one of: {known}."),
        ),
        None => (
            "Format nilai tidak sesuai dengan kontrak.".to_owned(),
            "The value does not have the format in the contract.".to_owned(),
        ),
    };
    let at = displayed_name(name);
    Error::new(Code::InvalidParameter)
        .detail(id.clone(), en.clone())
        .faults(vec![fault(at, "wrong_value", id, en)])
}

/// Rejects NUL characters, which PostgreSQL cannot store.
fn reject_nul(text: &str) -> Option<Error> {
    text.contains('\0').then(|| {
        Error::new(Code::InvalidParameter).detail(
            "Karakter NUL tidak diperbolehkan.",
            "The NUL character is not allowed.",
        )
    })
}

/// Rejects the first query value that the parsers accept and PostgreSQL cannot store.
fn invalid_query_value(request: &HttpRequest) -> Option<Error> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .ok()?
        .into_inner();
    pairs.iter().find_map(|(name, value)| {
        let unstorable_year = || {
            invalid_parameter(
                name,
                "Tahun dari 0001 sampai 9999.",
                "The year is from 0001 to 9999.",
            )
        };
        if has_unstorable_year(value) && is_date(request, name) {
            Some(unstorable_year())
        } else {
            reject_nul(value)
        }
    })
}

/// True if `text` is a date outside the years 0001 to 9999: an expanded year (ISO 8601 `+12345-…`),
/// or the year 0000, which PostgreSQL writes as 1 BC. chrono parses both.
pub fn has_unstorable_year(text: &str) -> bool {
    if text.starts_with("0000-") {
        return true;
    }
    let Some(rest) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let month = rest.as_bytes().get(digits..digits + 3);
    digits >= 4
        && month.is_some_and(|month| month[0] == b'-' && month[1..].iter().all(u8::is_ascii_digit))
}

/// A 422 for parameters that are valid one by one and contradict each other; the error points at
/// `name`.
pub fn contradiction(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::invalid(vec![fault(format!("?{name}"), "contradiction", id, en)])
}

/// A 400 for a query parameter whose value has the right type and is not allowed.
pub fn invalid_parameter(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::new(Code::InvalidParameter)
        .detail(id, en)
        .faults(vec![fault(displayed_name(name), "wrong_value", id, en)])
}
