//! The SQL of identity's journal entries.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::journal::Act;
use crate::ids::{OfficeId, UserId};

/// Who acted, as the entry keeps it.
#[derive(Debug)]
pub struct Actor {
    /// The person; none for the service.
    pub id: Option<UserId>,
    /// Their roles at that time.
    pub roles: Vec<String>,
}

/// Adds an entry.
pub async fn add(conn: &mut PgConnection, office: OfficeId, actor: &Actor, subject: &str, act: Act<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "
        insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, task, note)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
        office.0,
        subject,
        act.id,
        now,
        actor.id.map(|id| id.0),
        &actor.roles,
        act.task,
        act.note,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an entry about a signing key to the first office, if there is one.
pub async fn add_of_key(conn: &mut PgConnection, id: Uuid, task: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "
        insert into journal (office_id, subject, subject_id, at, actor_roles, task)
        select o.id, 'signing_key', $1, $2, '{}', $3
        from office o
        order by o.created_at, o.id
        limit 1
        ",
        id,
        now,
        task,
    )
    .execute(conn)
    .await?;
    Ok(())
}
