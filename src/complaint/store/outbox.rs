//! Acts of reporters on their way into the audit trail. They wait for the next surfacing time and enter together, so that the trail tells a day and no minute.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::casework::workflow::Desktop;
use crate::complaint::cabinet::Cabinet;
use crate::complaint::cabinet::slots::next_surfacing;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};

/// Puts an act by.
///
/// # Errors
/// When the server refuses.
pub async fn wait(
    connection: &mut PgConnection,
    case: ComplaintId,
    action: &str,
    clerk: Option<UserId>,
    at: &Desktop,
    tools: &Cabinet,
) -> Result<()> {
    let (_, surfaces_at) = next_surfacing(connection, at, tools).await?;
    sqlx::query!(
        r#"
        insert into wbs.outbox (id, case_id, action, on_date, actor_id, surfaces_at)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        uuid::Uuid::new_v4(),
        case.0,
        action,
        today(at.now),
        clerk.map(|clerk| clerk.0),
        surfaces_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An act that is due.
pub struct Waiting {
    /// Of which case.
    pub case: ComplaintId,
    /// Of which office.
    pub office: OfficeId,
    /// What was done.
    pub action: String,
    /// On which day.
    pub on: NaiveDate,
    /// The clerk, when it was one.
    pub clerk: Option<String>,
    /// When it was to become known.
    pub surfaces_at: DateTime<Utc>,
}

/// Takes what is due out of the box, in the order of random ids.
///
/// # Errors
/// When the server refuses.
pub async fn take_due(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Waiting>> {
    let rows = sqlx::query!(
        r#"
        with due as (
            delete from wbs.outbox
            where surfaces_at <= $1
            returning id, case_id, action, on_date, actor_id, surfaces_at
        )
        select d.case_id, c.office_id, d.action, d.on_date, d.actor_id, d.surfaces_at
        from due d
        join wbs.complaint c on c.id = d.case_id
        order by d.on_date, d.id
        "#,
        now,
    )
    .fetch_all(connection)
    .await?;
    let waiting = rows.into_iter().map(|row| Waiting {
        case: ComplaintId(row.case_id),
        office: OfficeId(row.office_id),
        action: row.action,
        on: row.on_date,
        clerk: row.actor_id.map(|clerk| clerk.to_string()),
        surfaces_at: row.surfaces_at,
    });
    Ok(waiting.collect())
}
