//! Path and query parameters: typed, and refused with 400 and the names of the known ones.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::known_parameters::judge;
use super::unquoted::without_value;
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
        let path = actix_web::web::Path::<T>::extract(request).into_inner();
        ready(path.map(|path| Self(path.into_inner())).map_err(|error| {
            let message = without_value(&error.to_string());
            Error::new(Code::InvalidParameter).detail(format!("Alamat: {message}"), format!("Path: {message}"))
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
        if let Some(refusal) = judge(request, false).err().or_else(|| wrong_text(request.query_string())) {
            return ready(Err(refusal));
        }
        let query = actix_web::web::Query::<T>::from_query(request.query_string());
        ready(query.map(|query| Self(query.into_inner())).map_err(|error| {
            let message = without_value(&error.to_string());
            Error::new(Code::InvalidParameter).detail(format!("Parameter: {message}"), format!("Query: {message}"))
        }))
    }
}

/// The path as the router reads it: `/%61pi` is `/api` to it, and so it must be to whatever asks for the path before the router does.
#[must_use]
pub fn decoded_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// A refusal when PostgreSQL could not keep `text`.
fn unkeepable(text: &str) -> Option<Error> {
    text.contains('\0').then(|| Error::new(Code::InvalidParameter).detail("Karakter NUL tidak diperbolehkan.", "The NUL character is not allowed."))
}

/// A refusal for the first value of the query that no type of ours would catch and the database could not take.
fn wrong_text(query: &str) -> Option<Error> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(query).ok()?.into_inner();
    pairs.iter().find_map(|(name, value)| {
        let too_far = || wrong_parameter(name, "Tahun terdiri dari empat angka (RFC 3339).", "A year has four digits (RFC 3339).");
        if is_far_date(value) { Some(too_far()) } else { unkeepable(value) }
    })
}

/// Whether `text` is a date outside the years 0000 to 9999: RFC 3339 has none, our parser takes them, PostgreSQL does not.
#[must_use]
pub fn is_far_date(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let month = rest.as_bytes().get(digits..digits + 3);
    digits >= 4 && month.is_some_and(|month| month[0] == b'-' && month[1..].iter().all(u8::is_ascii_digit))
}

/// A 422 for parameters that are right one by one and contradict each other, at `name`.
#[must_use]
pub fn contradiction(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::invalid(vec![fault(format!("?{name}"), "contradiction", id, en)])
}

/// A 400 for a query parameter whose value is of the right type and still wrong.
#[must_use]
pub fn wrong_parameter(name: &str, id: &'static str, en: &'static str) -> Error {
    Error::new(Code::InvalidParameter).detail(id, en).faults(vec![fault(format!("?{name}"), "wrong_value", id, en)])
}
