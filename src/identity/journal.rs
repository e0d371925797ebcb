//! Journal entries of identity: acts on accounts, sessions, appointments, teams, keys and mails.
//! Notes name roles and reasons, never people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::signed_in::SignedIn;
use crate::database::Database;
use crate::error::{Code, Result};
use crate::ids::{AppointmentId, IntegrationId, OfficeId, SessionId, TeamId, UserId};
use crate::journal::{self, Entry};
use crate::web::IdempotentWrite;

/// The object that an entry is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// A signed-in session.
    Session(SessionId),
    /// An appointment to act for the head.
    ActingAppointment(AppointmentId),
    /// A team.
    Team(TeamId),
    /// An integration key.
    Integration(IntegrationId),
    /// A mail to an account.
    Mail(Uuid),
}

impl Subject {
    /// The act with the code `task` on this object.
    pub fn act<'a>(self, task: &'static str) -> Act<'a> {
        Act {
            subject: self,
            task,
            note: None,
        }
    }

    fn code_and_id(self) -> (&'static str, Uuid) {
        match self {
            Self::User(id) => ("user", id.0),
            Self::Session(id) => ("session", id.0),
            Self::ActingAppointment(id) => ("acting_appointment", id.0),
            Self::Team(id) => ("team", id.0),
            Self::Integration(id) => ("integration", id.0),
            Self::Mail(id) => ("mail", id),
        }
    }
}

/// One act on one object.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    subject: Subject,
    task: &'static str,
    note: Option<&'a str>,
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
        record(&mut work, caller, Subject::User(caller.user).act(task), now).await?;
        work.commit().await?;
    }
    outcome
}

impl<'a> Act<'a> {
    /// Adds a reason or the change. It contains no identity data.
    pub fn note(self, note: Option<&'a str>) -> Self {
        Self { note, ..self }
    }

    fn entry(self, office: OfficeId, actor: Option<UserId>) -> Entry<'a> {
        let (subject, subject_id) = self.subject.code_and_id();
        Entry {
            office,
            subject,
            subject_id,
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
