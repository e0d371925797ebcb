//! The readers of the record. It is the office's: every reader sees the same rows, whatever single files they may open.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use super::filter::Filter;
use super::pages::Source;
use crate::casework::calendars::Calendars;
use crate::certification::sop::SOP;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::sop::role::Role;
use crate::web::problem::Language;
use crate::web::provided;

/// The record's readers: the office's roles in the rows of the SOP, and its watchers (the internal auditor).
#[must_use]
pub fn readers() -> Vec<Role> {
    SOP.record_readers().collect()
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
    /// What a report with this filter is made from.
    #[must_use]
    pub fn source(&self, filter: &Filter) -> Source {
        Source {
            database: self.database.clone(),
            calendars: self.calendars.clone(),
            office: self.who.office,
            filter: filter.clone(),
            now: self.now,
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
            // The record names every customer: it is for staff alone, whatever roles an account of a customer may have come by.
            if who.customer.is_some() {
                return Err(Error::new(Code::Forbidden));
            }
            let (database, calendars) = (provided(request)?, provided(request)?);
            Ok(Self {
                who,
                database,
                request: request.clone(),
                now: provided::<Clock>(request)?.now(),
                calendars,
            })
        };
        ready(who.and_then(reader))
    }
}
