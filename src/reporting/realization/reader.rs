//! The readers of the record. All readers see the same rows, independent of the single files they
//! may open.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use super::filter::Filter;
use super::pages::ReportSource;
use crate::casework::calendars::Calendars;
use crate::certification::sop::SOP;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::sop::role::Role;
use crate::web::problem::Language;
use crate::web::provided;

/// The roles that read the record: the office's roles in the rows of the SOP, and its watchers (the
/// internal auditor).
pub fn readers() -> Vec<Role> {
    SOP.record_readers().collect()
}

/// A signed-in reader of the record, with the services for reading. As a handler argument it
/// refuses all other callers.
pub struct RecordReader {
    /// The user.
    pub caller: SignedIn,
    /// The database.
    pub database: Database,
    /// The request.
    pub request: HttpRequest,
    /// The time.
    pub now: DateTime<Utc>,
    calendars: Calendars,
}

impl RecordReader {
    /// The source of a report with this filter.
    pub fn source(&self, filter: &Filter) -> ReportSource {
        ReportSource {
            database: self.database.clone(),
            calendars: self.calendars.clone(),
            office: self.caller.office,
            filter: filter.clone(),
            now: self.now,
        }
    }

    /// The language of the reply.
    pub fn language(&self) -> Language {
        Language::preferred(&self.request)
    }
}

impl FromRequest for RecordReader {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = SignedIn::from_request(request, payload).into_inner();
        let reader = |caller: SignedIn| {
            caller.must_be_one_of(&readers())?;
            // The record names every customer, so an account of a customer is refused whatever
            // roles it has.
            if caller.customer.is_some() {
                return Err(Error::new(Code::Forbidden));
            }
            let (database, calendars) = (provided(request)?, provided(request)?);
            Ok(Self {
                caller,
                database,
                request: request.clone(),
                now: provided::<Clock>(request)?.now(),
                calendars,
            })
        };
        ready(caller.and_then(reader))
    }
}
