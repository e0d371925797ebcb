//! Who reads the record: whoever a row of the SOP names, but customers. Each sees in it the files they see one by one.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use super::filter::Filter;
use super::pages::Source;
use super::store::Viewer;
use crate::casework::calendars::Calendars;
use crate::certification::sop::SOP;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::sop::role::Role;
use crate::web::problem::Language;
use crate::web::provided;

/// The record's readers: whoever a row of the SOP admits, but customers. Internal auditors and administrators see no file of certification, so there would
/// be nothing for them to read.
#[must_use]
pub fn readers() -> Vec<Role> {
    Role::all().filter(|role| *role != Role::Customer && SOP.rows.iter().any(|row| row.actor.admits(*role))).collect()
}

/// A signed-in reader of the record, with what reading takes. As the first argument of a handler it refuses everybody else.
pub struct RecordReader {
    /// The person.
    pub who: SignedIn,
    /// The database.
    pub database: Database,
    /// The request.
    pub request: HttpRequest,
    /// The moment.
    pub now: DateTime<Utc>,
    calendars: Calendars,
}

impl RecordReader {
    /// Through whose eyes the record is read.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        Viewer { office: self.who.office, customer: self.who.customer, roles: self.who.roles }
    }

    /// What a report with this filter is made from.
    #[must_use]
    pub fn source(&self, filter: &Filter) -> Source {
        Source {
            database: self.database.clone(),
            calendars: self.calendars.clone(),
            viewer: self.viewer(),
            filter: filter.clone(),
            now: self.now,
            seen: std::sync::Arc::default(),
        }
    }

    /// The language they read.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of(self.request.headers())
    }
}

impl FromRequest for RecordReader {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = SignedIn::from_request(request, payload).into_inner();
        let reader = |who: SignedIn| {
            who.must_be_one_of(&readers())?;
            let (database, calendars) = (provided(request)?, provided(request)?);
            Ok(Self { who, database, request: request.clone(), now: provided::<Clock>(request)?.now(), calendars })
        };
        ready(who.and_then(reader))
    }
}
