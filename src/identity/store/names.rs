//! SQL of the history of names and addresses that the audit trail takes over.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

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
