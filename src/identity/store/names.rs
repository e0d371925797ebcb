//! SQL of renames: proposals, and the history of names and addresses that the audit trail takes
//! over.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::UserId;

/// A name that a first administrator proposed.
#[derive(Debug)]
pub struct NameProposal {
    /// The name.
    pub display_name: String,
    /// The author.
    pub proposed_by: UserId,
    /// True if the author is still an administrator.
    pub is_valid: bool,
}

/// A change of a name or an address that is not yet in the audit trail.
#[derive(Debug)]
pub struct UnrecordedChange {
    /// Number in the history.
    pub seq: i64,
    /// The office.
    pub office_id: Uuid,
    /// The account.
    pub user_id: Uuid,
    /// `name`, `address` or `name_proposed`.
    pub what: String,
    /// The old value; none for a proposal.
    pub was: Option<String>,
    /// The new value.
    pub became: String,
}

/// The proposed name of an account, if there is one.
pub async fn proposal(connection: &mut PgConnection, user: UserId) -> Result<Option<NameProposal>> {
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
    Ok(row
        .fetch_optional(connection)
        .await?
        .map(|row| NameProposal {
            display_name: row.display_name,
            proposed_by: UserId(row.proposed_by),
            is_valid: row.stands,
        }))
}

/// Stores a proposal for a second administrator.
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

/// Deletes the proposal for an account.
pub async fn withdraw(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from name_proposal where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lists the oldest changes of names and addresses that are not yet in the audit trail, and locks
/// them.
pub async fn list_unrecorded(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<Vec<UnrecordedChange>> {
    let changes = sqlx::query_as!(
        UnrecordedChange,
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

/// Marks these changes as recorded in the audit trail.
pub async fn mark_recorded(
    connection: &mut PgConnection,
    changes: &[UnrecordedChange],
) -> Result<()> {
    let seqs: Vec<_> = changes.iter().map(|change| change.seq).collect();
    sqlx::query!(
        "update account_history set in_trail = true where seq = any ($1)",
        &seqs
    )
    .execute(connection)
    .await?;
    Ok(())
}
