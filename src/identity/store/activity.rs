//! SQL of proposals to deactivate or reactivate an account.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::UserId;

/// The proposal of a first administrator.
#[derive(Debug, Clone, Copy)]
pub struct StateProposal {
    /// The proposed state.
    pub active: bool,
    /// The author.
    pub proposed_by: UserId,
    /// True if the author is still an administrator.
    pub is_valid: bool,
}

/// The proposal for an account, if there is one.
pub async fn find(connection: &mut PgConnection, user: UserId) -> Result<Option<StateProposal>> {
    let row = sqlx::query!(
        r#"
        select p.active, p.proposed_by,
               exists (
                   select
                   from app_user u
                   join user_role r on r.user_id = u.id and r.role = 'admin'
                   where u.id = p.proposed_by
                     and u.active
                     and u.password_hash is not null
               ) as "stands!"
        from activity_proposal p
        where p.user_id = $1
        "#,
        user.0,
    );
    Ok(row
        .fetch_optional(connection)
        .await?
        .map(|row| StateProposal {
            active: row.active,
            proposed_by: UserId(row.proposed_by),
            is_valid: row.stands,
        }))
}

/// Stores a proposal for a second administrator.
pub async fn propose(
    connection: &mut PgConnection,
    user: UserId,
    active: bool,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("insert into activity_proposal (user_id, active, proposed_by, proposed_at) values ($1, $2, $3, $4)", user.0, active, by.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the proposal for an account.
pub async fn withdraw(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from activity_proposal where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}
