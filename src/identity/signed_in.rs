//! Who is asking. A handler that has a `SignedIn` has a person whose session, account, roles and appointment were loaded from the database for this
//! very request: what was revoked a moment ago is not in it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::ids::{AppointmentId, CustomerId, OfficeId, SessionId, UserId};
use crate::sop::role::{Role, Roles};

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The session of the token; for the key of an integrator one that does not exist.
    pub session: SessionId,
    /// The office the account belongs to.
    pub office: OfficeId,
    /// The organisation, for a customer.
    pub customer: Option<CustomerId>,
    /// The roles held today (WIB), the acting one included.
    pub roles: Roles,
    /// For whom they act today, if for anybody.
    pub acting: Option<Acting>,
    /// The name to show, and to put under a letter.
    pub name: String,
}

/// An appointment in force today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// The appointment.
    pub appointment: AppointmentId,
    /// How they act.
    pub kind: ActingKind,
    /// For which role.
    pub role: Role,
}

/// How somebody acts for an office holder; the letter says so before the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActingKind {
    /// Plh. (pelaksana harian): the holder is away for some days.
    Plh,
    /// Plt. (pelaksana tugas): the post is vacant.
    Plt,
}

impl ActingKind {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Plh => "plh",
            Self::Plt => "plt",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Plh, Self::Plt]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// As it stands in a letter, before the title.
    #[must_use]
    pub fn in_letters(self) -> &'static str {
        match self {
            Self::Plh => "Plh.",
            Self::Plt => "Plt.",
        }
    }
}

/// The day on which roles are asked for: the date in Palembang (WIB), because an appointment runs from day to day there.
#[must_use]
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&chrono_tz::Asia::Jakarta).date_naive()
}

impl SignedIn {
    /// Refuses whoever does not hold `role`. For administration only: what an SOP allows is asked of its gate.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn must_be(&self, role: Role) -> Result<()> {
        if self.roles.has(role) {
            return Ok(());
        }
        let (id, en) = (
            format!("Hanya untuk {}.", role.office_term()),
            format!("Only for the role {}.", role.code()),
        );
        Err(Error::new(Code::Forbidden).detail(id, en))
    }
}

impl SignedIn {
    /// Refuses whoever holds none of `roles`. For what stands in no SOP, such as the list of auditors.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn must_be_one_of(&self, roles: &[Role]) -> Result<()> {
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
        let (id, en) = (
            format!("Hanya untuk {}.", named(Role::office_term)),
            format!("Only for the roles {}.", named(Role::code)),
        );
        Err(Error::new(Code::Forbidden).detail(id, en))
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

/// A signed-in administrator. As the first argument of a handler it refuses everybody else before the body is read.
#[derive(Debug, Clone)]
pub struct Administrator(pub SignedIn);

impl FromRequest for Administrator {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = SignedIn::from_request(request, payload).into_inner();
        ready(who.and_then(|who| who.must_be(Role::Admin).map(|()| Self(who))))
    }
}

/// A signed-in person of the office, whatever they hold: everybody but customers, who are refused before anything is read.
#[derive(Debug, Clone)]
pub struct Staff(pub SignedIn);

impl FromRequest for Staff {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = SignedIn::from_request(request, payload).into_inner();
        ready(who.and_then(|who| {
            if who.customer.is_none() {
                Ok(Self(who))
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
