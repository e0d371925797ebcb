//! Path and query parameters: typed, and refused with 400 and the names of the known ones.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::known_parameters::{is_date, judge, told};
use crate::error::{Code, Error, Result, fault};

/// The parameters of the path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for At<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(refusal) = unkeepable(request.match_info().as_str()) {
            return ready(Err(refusal));
        }
        // Not actix's own extractor: it writes a path that it cannot read, and so perhaps a code, into the log.
        ready(request.match_info().load().map(Self).map_err(|_| {
            let (id, en) = (
                "Id, nomor, atau kode dalam alamat salah bentuknya.",
                "An id, number or code in the path is not of its form.",
            );
            Error::new(Code::InvalidParameter).detail(id, en)
        }))
    }
}

/// The parameters of the query; `T` refuses unknown ones (`deny_unknown_fields`).
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(refusal) = judge(request, false).err().or_else(|| wrong_text(request)) {
            return ready(Err(refusal));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(
            request.query_string().as_bytes(),
        ));
        ready(
            serde_path_to_error::deserialize(pairs)
                .map(Self)
                .map_err(|error| unreadable(&error.path().to_string(), &error.inner().to_string())),
        )
    }
}

/// A refusal of the parameter called `name`, of which a parser says `message`: with the known values where it lists them, and never with the value.
fn unreadable(name: &str, message: &str) -> Error {
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
            format!("Salah satu dari: {known}."),
            format!("One of: {known}."),
        ),
        None => (
            "Bentuk nilainya tidak seperti dalam kontrak.".to_owned(),
            "The value is not of the form in the contract.".to_owned(),
        ),
    };
    let at = told(name);
    Error::new(Code::InvalidParameter)
        .detail(id.clone(), en.clone())
        .faults(vec![fault(at, "wrong_value", id, en)])
}

/// The path as the router reads it: `/%61pi` is `/api` to it, and so it must be to whatever asks for the path before the router does.
#[must_use]
pub fn decoded_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// A refusal when PostgreSQL could not keep `text`.
fn unkeepable(text: &str) -> Option<Error> {
    text.contains('\0').then(|| {
        Error::new(Code::InvalidParameter).detail(
            "Karakter NUL tidak diperbolehkan.",
            "The NUL character is not allowed.",
        )
    })
}

/// A refusal for the first value of the query that no type of ours would catch and the database could not take.
fn wrong_text(request: &HttpRequest) -> Option<Error> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .ok()?
        .into_inner();
    pairs.iter().find_map(|(name, value)| {
        let too_far = || {
            wrong_parameter(
                name,
                "Tahun terdiri dari empat angka (RFC 3339).",
                "A year has four digits (RFC 3339).",
            )
        };
        if is_far_date(value) && is_date(request, name) {
            Some(too_far())
        } else {
            unkeepable(value)
        }
    })
}

/// Whether `text` is a date outside the years 0000 to 9999: RFC 3339 has none, our parser takes them, PostgreSQL does not.
#[must_use]
pub fn is_far_date(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let month = rest.as_bytes().get(digits..digits + 3);
    digits >= 4
        && month.is_some_and(|month| month[0] == b'-' && month[1..].iter().all(u8::is_ascii_digit))
}

/// A 422 for parameters that are right one by one and contradict each other, at `name`.
#[must_use]
pub fn contradiction(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::invalid(vec![fault(format!("?{name}"), "contradiction", id, en)])
}

/// A 400 for a query parameter whose value is of the right type and still wrong.
#[must_use]
pub fn wrong_parameter(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::new(Code::InvalidParameter)
        .detail(id, en)
        .faults(vec![fault(told(name), "wrong_value", id, en)])
}
