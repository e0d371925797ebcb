//! The internal auditor, as the trail's handlers meet them: the only one who reads it, and never unseen.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Actor, AuditKey, Event, append};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::sop::role::Role;
use crate::web::provided;

/// Who reads the trail.
pub(super) const READERS: &[Role] = &[Role::InternalAuditor];

/// A signed-in internal auditor with what reading the trail takes. As the first argument of a handler it refuses everybody else.
pub struct Auditor {
    /// The person.
    pub(super) who: SignedIn,
    /// The key of the trail.
    pub(super) key: AuditKey,
    /// The database.
    pub(super) database: Database,
    now: DateTime<Utc>,
}

impl FromRequest for Auditor {
    type Error = crate::error::Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = SignedIn::from_request(request, payload).into_inner();
        let auditor = |who: SignedIn| {
            who.must_be_one_of(READERS)?;
            Ok(Self {
                who,
                key: provided(request)?,
                database: provided(request)?,
                now: provided::<Clock>(request)?.now(),
            })
        };
        ready(who.and_then(auditor))
    }
}

impl Auditor {
    /// Writes down that they read, and what.
    pub(super) async fn sign(
        &self,
        connection: &mut PgConnection,
        action: &str,
        detail: &str,
    ) -> Result<()> {
        let event = Event {
            office: self.who.office,
            at: Some(self.now),
            on: today(self.now),
            actor: Actor::of(&self.who),
            action,
            object: self.key.trail(),
            step: None,
            moved: None,
            counted: (0, 0),
            detail: Some(detail),
        };
        append(connection, &self.key, &[event]).await
    }
}
