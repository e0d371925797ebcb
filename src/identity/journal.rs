//! Journal entries of identity: acts on accounts, sessions, appointments, teams, keys and mails.
//! Notes name roles and reasons, never people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::{OfficeId, UserId};
use crate::journal::{self, Entry};
use crate::web::IdempotentWrite;

/// The kind of object that an entry is about.
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
    /// An integration key.
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

/// One act on one object.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Kind of object.
    pub subject: Subject,
    /// Id of the object.
    pub id: Uuid,
    /// Code of the act.
    pub task: &'static str,
    /// A reason or the change. It contains no identity data.
    pub note: Option<&'a str>,
}

/// Records an act of a signed-in user.
pub async fn record(
    connection: &mut PgConnection,
    caller: &SignedIn,
    act: Act<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let acting = caller.acting.map(|acting| acting.kind.code());
    journal::add(
        connection,
        &Entry {
            roles: caller.roles.codes(),
            acting,
            ..act.entry(caller.office, Some(caller.user))
        },
        now,
    )
    .await
}

/// Records an act without a signed-in user: of `actor`, such as a registration, or of the service
/// (`None`).
pub async fn record_unsigned(
    connection: &mut PgConnection,
    office: OfficeId,
    actor: Option<UserId>,
    act: Act<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    journal::add(connection, &act.entry(office, actor), now).await
}

/// Returns `outcome` unchanged. If it is `forbidden`, first records the attempt as `task` in a
/// transaction of its own: an administrator tried to get a role, a post or a team for themselves.
pub async fn record_refusal<T>(
    database: &Database,
    caller: &SignedIn,
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
            caller,
            Act {
                subject: Subject::User,
                id: caller.user.0,
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
