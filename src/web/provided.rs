//! What the application provides to handlers and extractors: clock, database, stores, keys. Handed in once in `app.rs`, taken by type.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::{Error, Result};

/// A `T` that the application provides; cheap to clone by agreement.
#[derive(Debug, Clone)]
pub struct Provided<T>(pub T);

impl<T: Clone + 'static> FromRequest for Provided<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(provided(request).map(Self))
    }
}

/// The `T` that the application provides.
///
/// # Errors
/// Our own fault when `app.rs` forgot it.
pub fn provided<T: Clone + 'static>(request: &HttpRequest) -> Result<T> {
    request.app_data::<T>().cloned().ok_or_else(|| {
        Error::internal(format!(
            "app.rs does not provide {}",
            std::any::type_name::<T>()
        ))
    })
}
