//! The journal: what was done, by whom, in which capacity, when. Append only, written in the transaction of the deed. The one statement that writes it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// One entry.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The office whose journal it is.
    pub office: OfficeId,
    /// What `subject_id` names.
    pub subject: &'static str,
    /// What it is about.
    pub subject_id: Uuid,
    /// Who did it; none for the service.
    pub actor: Option<UserId>,
    /// Codes of the roles they held.
    pub roles: Vec<String>,
    /// `plh` or `plt` when they acted for the office holder.
    pub acting: Option<&'static str>,
    /// Code of what was done.
    pub task: &'static str,
    /// The numbered step, if it is one.
    pub step: Option<i16>,
    /// From which stage to which.
    pub moved: Option<(&'static str, &'static str)>,
    /// The customer's round and the letter's draft.
    pub counted: (i16, i16),
    /// A reason. No identity data.
    pub note: Option<&'a str>,
}

/// Writes `entry`.
///
/// # Errors
/// When the server refuses.
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
