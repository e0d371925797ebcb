//! Access to the application's components (clock, database, stores, keys). `app.rs` registers each
//! as app data; handlers and extractors take them by type.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::{Error, Result};

/// Extractor of the application component `T`, which must be cheap to clone.
#[derive(Debug, Clone)]
pub struct Provided<T>(pub T);

impl<T: Clone + 'static> FromRequest for Provided<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(provided(request).map(Self))
    }
}

/// Returns the application component `T`.
///
/// # Errors
/// `internal_error` when `app.rs` does not register it.
pub fn provided<T: Clone + 'static>(request: &HttpRequest) -> Result<T> {
    request.app_data::<T>().cloned().ok_or_else(|| {
        Error::internal(format!(
            "app.rs does not provide {}",
            std::any::type_name::<T>()
        ))
    })
}
