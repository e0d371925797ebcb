//! The signed-in user of a request. Session, account, roles and appointment are loaded from the
//! database for every write, and for a read unless nothing can have changed since they were loaded
//! (`sign_in_cache`), so that a revocation takes effect immediately.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::ids::{AppointmentId, CustomerId, OfficeId, SessionId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The user.
    pub user: UserId,
    /// The session of the token; for an integration key an id that no session has.
    pub session: SessionId,
    /// The office of the account.
    pub office: OfficeId,
    /// The organisation of a customer.
    pub customer: Option<CustomerId>,
    /// The roles held today (WIB), including the acting one.
    pub roles: Roles,
    /// The appointment to act for the head, if one is in force today.
    pub acting: Option<Acting>,
    /// The name for display and signatures.
    pub name: String,
    /// The state of the session.
    pub state: SessionState,
}

/// The state of a session, as far as authentication needs it. The default is that of an integration
/// key, which has no session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionState {
    /// True if the account has a second factor.
    pub has_factor: bool,
    /// The last proof of the second factor in this session.
    pub proved_at: Option<DateTime<Utc>>,
    /// The last request of the session, to the minute.
    pub seen_at: Option<DateTime<Utc>>,
}

/// An appointment in force today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Plh. or Plt.
    pub kind: ActingKind,
    /// The role.
    pub role: Role,
}

/// The kind of an acting appointment; letters show it before the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum ActingKind {
    /// Plh. (pelaksana harian): the holder is away for some days.
    Plh,
    /// Plt. (pelaksana tugas): the post is vacant.
    Plt,
}

impl ActingKind {
    /// The code in the database.
    pub(crate) fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with this code, if there is one.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The abbreviation before the title in a letter.
    pub(crate) fn in_letters(self) -> &'static str {
        match self {
            Self::Plh => "Plh.",
            Self::Plt => "Plt.",
        }
    }
}

/// The date in Palembang (WIB), by which appointments and roles are in force.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&chrono_tz::Asia::Jakarta).date_naive()
}

impl SignedIn {
    /// Refuses a user without any of `roles`. For operations outside the SOPs, such as the list of
    /// auditors; the rights of steps are checked by the gate of their SOP.
    ///
    /// # Errors
    /// `forbidden`.
    pub(crate) fn must_be_one_of(&self, roles: &[Role]) -> Result<()> {
        if roles.iter().any(|role| self.roles.has(*role)) {
            return Ok(());
        }
        let named = |name: fn(Role) -> &'static str| {
            roles
                .iter()
                .map(|role| name(*role))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let noun = if roles.len() == 1 { "role" } else { "roles" };
        let (id, en) = (
            format!("Hanya untuk {}.", named(Role::office_term)),
            format!("Only for the {noun} {}.", named(Role::code)),
        );
        Err(Error::new(Code::Forbidden).detail(id, en))
    }
}

/// The roles of `caller` today. The reporter and the service hold none.
pub(crate) fn roles_of(caller: Principal<&SignedIn>) -> Roles {
    caller.user().map_or(Roles::NONE, |user| user.roles)
}

impl AsRef<Self> for SignedIn {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .extensions()
                .get::<Self>()
                .cloned()
                .ok_or_else(|| Error::new(Code::Unauthenticated)),
        )
    }
}

/// A signed-in member of staff with any role. As the first argument of a handler it refuses
/// customers before the body is read.
#[derive(Debug, Clone)]
pub(crate) struct Staff(pub SignedIn);

impl FromRequest for Staff {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = SignedIn::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| {
            if caller.customer.is_none() {
                Ok(Self(caller))
            } else {
                Err(Error::new(Code::Forbidden))
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_palembang() {
        let at = |text: &str| today(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-07-06T16:59:59Z"), "2026-07-06");
        assert_eq!(at("2026-07-06T17:00:00Z"), "2026-07-07");
    }

    #[test]
    fn a_kind_of_acting_has_one_code() {
        for kind in [ActingKind::Plh, ActingKind::Plt] {
            assert_eq!(ActingKind::from_code(kind.code()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }
}
