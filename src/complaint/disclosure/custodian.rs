//! The custodian of identities, as the handlers of disclosures meet them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::casework::desk::Desk;
use crate::error::{Error, Result};
use crate::sop::role::Role;

/// Who decides.
pub(super) const DECIDERS: &[Role] = &[Role::IdentityCustodian];

/// The desk of a custodian. As the first argument of a handler it refuses everybody else before the body is read.
pub struct CustodianDesk(pub(super) Desk);

impl FromRequest for CustodianDesk {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload).into_inner();
        ready(desk.and_then(|desk| desk.who().must_be_one_of(DECIDERS).map(|()| Self(desk))))
    }
}
