//! The SQL of names: proposed by a first administrator, and changed, as those who watch over the office are to learn of it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::UserId;

/// A name that a first administrator proposed.
#[derive(Debug)]
pub struct Proposal {
    /// The name.
    pub display_name: String,
    /// The administrator who proposed it.
    pub by: UserId,
    /// Whether they are still an administrator.
    pub stands: bool,
}

/// A change of a name or an address that the audit trail does not hold yet.
#[derive(Debug)]
pub struct Unnoted {
    /// Its place in the history.
    pub seq: i64,
    /// The office.
    pub office_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// `name`, `address` or `name_proposed`.
    pub what: String,
    /// What it was; nothing for a proposal.
    pub was: Option<String>,
    /// What it became.
    pub became: String,
}

/// The proposal of a name for an account, if there is one.
pub async fn proposal(connection: &mut PgConnection, user: UserId) -> Result<Option<Proposal>> {
    let row = sqlx::query!(
        r#"
        select p.display_name, p.proposed_by,
               exists (
                   select
                   from app_user u
                   join user_role r on r.user_id = u.id and r.role = 'admin'
                   where u.id = p.proposed_by
                     and u.active
                     and u.password_hash is not null
               ) as "stands!"
        from name_proposal p
        where p.user_id = $1
        "#,
        user.0,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| Proposal {
        display_name: row.display_name,
        by: UserId(row.proposed_by),
        stands: row.stands,
    }))
}

/// Keeps a proposal for a second administrator.
pub async fn propose(
    connection: &mut PgConnection,
    user: UserId,
    display_name: &str,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    let proposal = sqlx::query!(
        "insert into name_proposal (user_id, display_name, proposed_by, proposed_at) values ($1, $2, $3, $4)",
        user.0,
        display_name,
        by.0,
        now,
    );
    proposal.execute(connection).await?;
    Ok(())
}

/// Drops the proposal about an account.
pub async fn withdraw(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from name_proposal where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Changes of names and addresses that the audit trail does not hold yet, in their order.
///
/// # Errors
/// When the server refuses.
pub async fn unnoted(connection: &mut PgConnection, limit: i64) -> Result<Vec<Unnoted>> {
    let changes = sqlx::query_as!(
        Unnoted,
        "
        select h.seq, u.office_id, h.user_id, h.what, h.was, h.became
        from account_history h
        join app_user u on u.id = h.user_id
        where not h.in_trail
        order by h.seq
        limit $1
        for update of h skip locked
        ",
        limit,
    );
    Ok(changes.fetch_all(connection).await?)
}

/// Remembers that the audit trail holds these changes.
///
/// # Errors
/// When the server refuses.
pub async fn were_noted(connection: &mut PgConnection, changes: &[Unnoted]) -> Result<()> {
    let seqs: Vec<_> = changes.iter().map(|change| change.seq).collect();
    sqlx::query!(
        "update account_history set in_trail = true where seq = any ($1)",
        &seqs
    )
    .execute(connection)
    .await?;
    Ok(())
}
