//! Deletion of identities and cases after their retention period.

use chrono::{NaiveDate, TimeDelta};
use sqlx::PgConnection;

use super::retaliation::READABLE_PERIOD;
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};

/// Cut-off dates of a retention period.
#[derive(Debug, Clone, Copy)]
pub struct RetentionCutoff {
    closed_before: NaiveDate,
    assessed_before: NaiveDate,
}

impl RetentionCutoff {
    /// Cut-off dates for a case retained for `period` as of `today`.
    pub fn retained_for(period: TimeDelta, today: NaiveDate) -> Self {
        Self {
            closed_before: today - period,
            assessed_before: today - READABLE_PERIOD,
        }
    }
}

/// Lists the cases with an identity that may be deleted (`wbs.may_go`).
pub async fn due_identities(
    connection: &mut PgConnection,
    until: RetentionCutoff,
) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where not c.identity_gone
          and wbs.may_go(c, $1, $2)
        order by c.id
        "#,
        until.closed_before,
        until.assessed_before,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Locks a case, checks `wbs.may_go` again and marks its identity as deleted. Returns its office,
/// or none when the identity may not be deleted any more.
pub async fn mark_identity_gone(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: RetentionCutoff,
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
        until.closed_before,
        until.assessed_before,
    );
    Ok(office.fetch_optional(connection).await?.map(OfficeId))
}

/// Locks a case. The lock waits for transactions that write to the case or name it in a breach, so
/// that later reads see their message, attachment or breach.
pub async fn lock(connection: &mut PgConnection, case: ComplaintId) -> Result<()> {
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for update",
        case.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// Lists the cases that may be deleted.
pub async fn due_cases(
    connection: &mut PgConnection,
    until: RetentionCutoff,
) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where wbs.may_go(c, $1, $2)
        order by c.id
        "#,
        until.closed_before,
        until.assessed_before,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// A deleted case.
pub struct DeletedCase {
    /// Office of the complaint.
    pub office: OfficeId,
    /// Last stage.
    pub outcome: String,
    /// Day of the closing.
    pub closed_on: NaiveDate,
    /// Public number, for the tag of the tombstone.
    pub public_number: String,
}

/// Deletes a locked case with all its rows, after checking `wbs.may_go` again. Returns none when
/// the case may not be deleted any more.
pub async fn delete(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: RetentionCutoff,
) -> Result<Option<DeletedCase>> {
    let row = sqlx::query!(
        r#"
        delete from wbs.complaint
        where id = $1
          and wbs.may_go(complaint, $2, $3)
        returning office_id, stage, closed_on as "closed_on!", public_number
        "#,
        case.0,
        until.closed_before,
        until.assessed_before,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| DeletedCase {
        office: OfficeId(row.office_id),
        outcome: row.stage,
        closed_on: row.closed_on,
        public_number: row.public_number,
    }))
}

/// Inserts the tombstone of a deleted case.
pub async fn add_tombstone(
    connection: &mut PgConnection,
    number_tag: &[u8],
    gone: &DeletedCase,
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
