//! Stub.
#![allow(missing_docs)]
use crate::error::{Code, Error, Result};
use crate::ids::*;
use crate::sop::role::{Role, Roles};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload};
use std::future::{Ready, ready};
#[derive(Debug, Clone)]
pub struct SignedIn { pub user: UserId, pub session: SessionId, pub office: OfficeId, pub customer: Option<CustomerId>, pub roles: Roles, pub acting: Option<Acting>, pub name: String }
#[derive(Debug, Clone)]
pub struct Acting { pub appointment: AppointmentId, pub kind: ActingKind, pub role: Role }
#[derive(Debug, Clone, Copy)]
pub enum ActingKind { Plh, Plt }
impl ActingKind { pub fn code(self) -> &'static str { match self { Self::Plh => "plh", Self::Plt => "plt" } } }
impl SignedIn { pub fn must_be(&self, role: Role) -> Result<()> { if self.roles.has(role) { Ok(()) } else { Err(Error::new(Code::Forbidden)) } } }
impl FromRequest for SignedIn { type Error = Error; type Future = Ready<Result<Self>>;
 fn from_request(r: &HttpRequest, _: &mut Payload) -> Self::Future { ready(r.extensions().get::<Self>().cloned().ok_or_else(|| Error::new(Code::Unauthenticated))) } }

impl SignedIn { pub fn must_be_one_of(&self, roles: &[Role]) -> Result<()> { if roles.iter().any(|r| self.roles.has(*r)) { Ok(()) } else { Err(Error::new(Code::Forbidden)) } } }
impl ActingKind { pub fn prefix(self) -> &'static str { match self { Self::Plh => "Plh.", Self::Plt => "Plt." } } }
