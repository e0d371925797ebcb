//! What identity writes into the journal: who did what to which account, session, appointment, team, key or mail. Notes name roles and reasons, never people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::{OfficeId, UserId};
use crate::journal::{self, Entry};
use crate::web::IdempotentWrite;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An account.
    User,
    /// A signed-in session.
    Session,
    /// An appointment to act for the head.
    ActingAppointment,
    /// A team.
    Team,
    /// A key for a program.
    Integration,
    /// A mail to an account.
    Mail,
}

impl Subject {
    fn code(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::ActingAppointment => "acting_appointment",
            Self::Team => "team",
            Self::Integration => "integration",
            Self::Mail => "mail",
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
pub async fn record(
    connection: &mut PgConnection,
    who: &SignedIn,
    act: Act<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let acting = who.acting.map(|acting| acting.kind.code());
    journal::add(
        connection,
        &Entry {
            roles: who.roles.codes(),
            acting,
            ..act.entry(who.office, Some(who.user))
        },
        now,
    )
    .await
}

/// Writes an act of somebody who is not signed in: `who` registered, or the service acted on nobody's word.
///
/// # Errors
/// When the server refuses.
pub async fn record_unsigned(
    connection: &mut PgConnection,
    office: OfficeId,
    who: Option<UserId>,
    act: Act<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    journal::add(connection, &act.entry(office, who), now).await
}

/// Gives `outcome` back. That an administrator reached for a role, a post or a team of their own and was refused is written down first, as `task` and in a
/// transaction of its own.
///
/// # Errors
/// The refusal; when the server refuses to keep it, that.
pub async fn refusals_noted<T>(
    database: &Database,
    who: &SignedIn,
    task: &'static str,
    now: DateTime<Utc>,
    outcome: Result<T>,
) -> Result<T> {
    if outcome
        .as_ref()
        .is_err_and(|error| error.code() == Some(Code::Forbidden))
    {
        let mut work = IdempotentWrite::without_idempotency(database, now).await?;
        record(
            &mut work,
            who,
            Act {
                subject: Subject::User,
                id: who.user.0,
                task,
                note: None,
            },
            now,
        )
        .await?;
        work.commit().await?;
    }
    outcome
}

impl<'a> Act<'a> {
    fn entry(self, office: OfficeId, actor: Option<UserId>) -> Entry<'a> {
        Entry {
            office,
            subject: self.subject.code(),
            subject_id: self.id,
            actor,
            roles: Vec::new(),
            acting: None,
            task: self.task,
            step: None,
            moved: None,
            counted: (0, 0),
            note: self.note,
        }
    }
}
