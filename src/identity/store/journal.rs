//! Journal entries about signing keys. The keys belong to the installation, so the entries go to
//! its first office.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Adds an entry about a signing key to the first office, if there is one.
pub async fn add_of_key(
    connection: &mut PgConnection,
    id: Uuid,
    task: &str,
    now: DateTime<Utc>,
) -> Result<()> {
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
    .execute(connection)
    .await?;
    Ok(())
}
