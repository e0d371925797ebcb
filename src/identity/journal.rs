//! What identity writes into the journal: who did what to which account, session, appointment or key. Notes name roles and reasons, never people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use super::store;
use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An account.
    User,
    /// A signed-in session.
    Session,
    /// An appointment to act for the head.
    ActingAppointment,
}

impl Subject {
    fn code(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::ActingAppointment => "acting_appointment",
        }
    }
}

/// One act of one person on one thing.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// What kind of thing.
    pub subject: Subject,
    /// Which.
    pub id: Uuid,
    /// What was done.
    pub task: &'static str,
    /// What the actor said, or what changed. No identity data.
    pub note: Option<&'a str>,
}

/// Writes an act of a signed-in person.
///
/// # Errors
/// When the server refuses.
pub async fn record(conn: &mut PgConnection, who: &SignedIn, act: Act<'_>, now: DateTime<Utc>) -> Result<()> {
    let actor = store::journal::Actor { id: Some(who.user), roles: who.roles.codes() };
    store::journal::add(conn, who.office, &actor, act.subject.code(), act, now).await
}

/// Writes an act of somebody who is not signed in: `who` registered, or the service acted on nobody's word.
///
/// # Errors
/// When the server refuses.
pub async fn record_unsigned(conn: &mut PgConnection, office: OfficeId, who: Option<UserId>, act: Act<'_>, now: DateTime<Utc>) -> Result<()> {
    let actor = store::journal::Actor { id: who, roles: Vec::new() };
    store::journal::add(conn, office, &actor, act.subject.code(), act, now).await
}

/// Writes what happened to a signing key. Keys belong to the installation: the entry goes to its first office, once there is one.
///
/// # Errors
/// When the server refuses.
pub async fn record_key(conn: &mut PgConnection, id: Uuid, task: &'static str, now: DateTime<Utc>) -> Result<()> {
    store::journal::add_of_key(conn, id, task, now).await
}
