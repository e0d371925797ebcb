//! Acts of reporters on their way into the audit trail. They wait for the next surfacing time and enter together, so that the trail tells a day and no minute.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::casework::workflow::RequestTime;
use crate::complaint::services::ComplaintServices;
use crate::complaint::services::release_slots::next_surfacing;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};

/// Puts an act by.
///
/// # Errors
/// When the server refuses.
pub async fn enqueue(
    connection: &mut PgConnection,
    case: ComplaintId,
    action: &str,
    clerk: Option<UserId>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let (_, surfaces_at) = next_surfacing(connection, at, services).await?;
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

/// Takes what is due out of the box, in the order of random ids. What a reporter wrote of a complaint that the office knows stays until its names were looked
/// for: nobody hears of a message that they could not read, or may not.
///
/// # Errors
/// When the server refuses.
pub async fn take_due(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Waiting>> {
    let rows = sqlx::query!(
        r#"
        with due as (
            delete from wbs.outbox o
            using wbs.complaint c
            where c.id = o.case_id
              and o.surfaces_at <= $1
              and not (o.action = 'reporter_wrote'
                  and c.stage <> 'received'
                  and exists (select from wbs.message m where m.case_id = o.case_id and not m.screened and m.surfaces_at <= $1))
            returning o.id, o.case_id, c.office_id, o.action, o.on_date, o.actor_id, o.surfaces_at
        )
        select case_id, office_id, action, on_date, actor_id, surfaces_at
        from due
        order by on_date, id
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
