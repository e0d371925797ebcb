//! Path and query parameters: typed, and refused with 400 and the names of the known ones.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::error::{Code, Error, Result, fault};

/// The parameters of the path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for At<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = actix_web::web::Path::<T>::extract(request).into_inner();
        ready(path.map(|path| Self(path.into_inner())).map_err(|error| {
            let message = error.to_string();
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
        let query = actix_web::web::Query::<T>::from_query(request.query_string());
        ready(query.map(|query| Self(query.into_inner())).map_err(|error| {
            let message = error.to_string();
            Error::new(Code::InvalidParameter).detail(format!("Parameter: {message}"), format!("Query: {message}"))
        }))
    }
}

/// A 400 for a query parameter whose value is of the right type and still wrong.
#[must_use]
pub fn wrong_parameter(name: &str, id: &'static str, en: &'static str) -> Error {
    match Error::new(Code::InvalidParameter).detail(id, en) {
        Error::Refused(mut refused) => {
            refused.faults.push(fault(format!("?{name}"), "wrong_value", id, en));
            Error::Refused(refused)
        }
        replayed @ Error::Replayed(_) => replayed,
    }
}
