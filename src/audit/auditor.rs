//! Extractor for the internal auditor. Only auditors read the trail, and each reading is recorded
//! in it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{AuditKey, Event, StaffMember, append};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::SignedIn;
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::provided;

/// Roles that may read the trail.
pub(super) const READERS: &[Role] = &[Role::InternalAuditor];

/// A signed-in internal auditor, with the key and the connection for reading the trail. As the
/// first argument of a handler it refuses every other caller.
pub struct Auditor {
    /// The auditor.
    pub(super) caller: SignedIn,
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
        let caller = SignedIn::from_request(request, payload).into_inner();
        let auditor = |caller: SignedIn| {
            caller.must_be_one_of(READERS)?;
            Ok(Self {
                caller,
                key: provided(request)?,
                database: provided(request)?,
                now: provided::<Clock>(request)?.now(),
            })
        };
        ready(caller.and_then(auditor))
    }
}

impl Auditor {
    /// Records in the trail that the auditor read it.
    pub(super) async fn record_reading(
        &self,
        connection: &mut PgConnection,
        action: &str,
        detail: &str,
    ) -> Result<()> {
        let event = Event {
            detail: Some(detail),
            ..Event::new(
                self.caller.office,
                Principal::User(StaffMember::of(&self.caller)),
                action,
                self.key.trail_object(),
                self.now,
            )
        };
        append(connection, &self.key, &[event]).await
    }
}
