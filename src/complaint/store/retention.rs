//! What is kept no longer.

use chrono::{NaiveDate, TimeDelta};
use sqlx::PgConnection;

use super::retaliation::HEARD;
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};

/// Until when a case must have been closed, and a report of retaliation been assessed, to go.
#[derive(Debug, Clone, Copy)]
pub struct Until {
    of: NaiveDate,
    heard: NaiveDate,
}

impl Until {
    /// What may go `today` when it is kept for so long.
    #[must_use]
    pub fn kept_for(kept: TimeDelta, today: NaiveDate) -> Self {
        Self {
            of: today - kept,
            heard: today - HEARD,
        }
    }
}

/// Cases whose identity may go (`wbs.may_go`) and is still there.
///
/// # Errors
/// When the server refuses.
pub async fn identities(connection: &mut PgConnection, until: Until) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where not c.identity_gone
          and wbs.may_go(c, $1, $2)
        order by c.id
        "#,
        until.of,
        until.heard,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Locks a case that may lose its identity, asking again; nothing when it may not any more.
///
/// # Errors
/// When the server refuses.
pub async fn identity_is_gone(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: Until,
) -> Result<Option<OfficeId>> {
    lock(&mut *connection, case).await?;
    let office = sqlx::query_scalar!(
        r#"
        update wbs.complaint
        set identity_gone = true
        where id = $1
          and not identity_gone
          and wbs.may_go(complaint, $2, $3)
        returning office_id
        "#,
        case.0,
        until.of,
        until.heard,
    );
    Ok(office.fetch_optional(connection).await?.map(OfficeId))
}

/// Waits for whoever writes to the case or names it, so that what is asked next knows of their message, attachment or breach.
///
/// # Errors
/// When the server refuses.
pub async fn lock(connection: &mut PgConnection, case: ComplaintId) -> Result<()> {
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for update",
        case.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// Cases that may go as a whole.
///
/// # Errors
/// When the server refuses.
pub async fn contents(connection: &mut PgConnection, until: Until) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where wbs.may_go(c, $1, $2)
        order by c.id
        "#,
        until.of,
        until.heard,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// A case that is deleted.
pub struct Deleted {
    /// Of which office.
    pub office: OfficeId,
    /// How it ended.
    pub outcome: String,
    /// When.
    pub closed_on: NaiveDate,
    /// Its number, for the tombstone's tag.
    pub public_number: String,
}

/// Deletes a case that is locked, with everything that belongs to it, asking again; nothing when it may not go any more.
///
/// # Errors
/// When the server refuses.
pub async fn delete(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: Until,
) -> Result<Option<Deleted>> {
    let row = sqlx::query!(
        r#"
        delete from wbs.complaint
        where id = $1
          and wbs.may_go(complaint, $2, $3)
        returning office_id, stage, closed_on as "closed_on!", public_number
        "#,
        case.0,
        until.of,
        until.heard,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Deleted {
        office: OfficeId(row.office_id),
        outcome: row.stage,
        closed_on: row.closed_on,
        public_number: row.public_number,
    }))
}

/// Sets the tombstone of a deleted case.
///
/// # Errors
/// When the server refuses.
pub async fn bury(
    connection: &mut PgConnection,
    number_tag: &[u8],
    gone: &Deleted,
    today: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "insert into wbs.tombstone (number_tag, office_id, outcome, closed_on, deleted_on) values ($1, $2, $3, $4, $5)",
        number_tag,
        gone.office.0,
        gone.outcome,
        gone.closed_on,
        today,
    )
    .execute(connection)
    .await?;
    Ok(())
}
