//! The journal of acts: task, person, capacity and time. Append only, written in the transaction of
//! the act. This module holds the only statement that writes it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// An entry of the journal.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The office.
    pub office: OfficeId,
    /// The kind of subject.
    pub subject: &'static str,
    /// The id of the subject.
    pub subject_id: Uuid,
    /// The user; `None` for the service itself.
    pub actor: Option<UserId>,
    /// Codes of the roles the user held.
    pub roles: Vec<String>,
    /// `plh` or `plt` when the user acted for the office holder.
    pub acting: Option<&'static str>,
    /// The code of the task.
    pub task: &'static str,
    /// The number of the step, if the task is one.
    pub step: Option<i16>,
    /// The stage before and after, if the stage changed.
    pub moved: Option<(&'static str, &'static str)>,
    /// The customer's round and the draft of the letter.
    pub counted: (i16, i16),
    /// A reason, without identity data.
    pub note: Option<&'a str>,
}

/// Writes `entry`.
pub async fn add(
    connection: &mut PgConnection,
    entry: &Entry<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (from, to) = entry.moved.unzip();
    sqlx::query!(
        r#"
        insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, acting, task, step, from_stage, to_stage, round, draft, note)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        "#,
        entry.office.0,
        entry.subject,
        entry.subject_id,
        now,
        entry.actor.map(|actor| actor.0),
        &entry.roles,
        entry.acting,
        entry.task,
        entry.step,
        from,
        to,
        entry.counted.0,
        entry.counted.1,
        entry.note,
    )
    .execute(connection)
    .await?;
    Ok(())
}
