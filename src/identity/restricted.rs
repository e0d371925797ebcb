//! The guard of operations that are no step of an SOP: only the holders of certain roles may call
//! them.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::SignedIn;
use crate::error::{Error, Result};
use crate::sop::role::Role;

/// The roles that may call an operation.
pub trait AllowedRoles: 'static {
    /// The roles, one of which suffices.
    const ROLES: &'static [Role];
}

/// Administrators alone.
#[derive(Debug)]
pub struct Admins;

impl AllowedRoles for Admins {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// A caller that holds one of the roles of `R`. As the first argument of a handler it refuses every
/// other caller with `forbidden` before the body is read.
#[derive(Debug)]
pub struct Restricted<R, C = SignedIn>(pub C, PhantomData<R>);

impl<R, C> FromRequest for Restricted<R, C>
where
    R: AllowedRoles,
    C: FromRequest<Error = Error, Future = Ready<Result<C>>> + AsRef<SignedIn>,
{
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = C::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| {
            caller.as_ref().must_be_one_of(R::ROLES)?;
            Ok(Self(caller, PhantomData))
        }))
    }
}
