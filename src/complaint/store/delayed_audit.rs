//! Delayed audit events of reporters. They wait for the next release time and enter the audit trail
//! together, so that the trail shows the day of an act and not the minute.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId, UserId};

/// Stores an act until its release time.
pub async fn enqueue(
    connection: &mut PgConnection,
    (case, action, on, surfaces_at): (ComplaintId, &str, NaiveDate, DateTime<Utc>),
    clerk: Option<UserId>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into wbs.outbox (id, case_id, action, on_date, actor_id, surfaces_at)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        uuid::Uuid::new_v4(),
        case.0,
        action,
        on,
        clerk.map(|clerk| clerk.0),
        surfaces_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A delayed event that is due.
pub struct DelayedEvent {
    /// The complaint.
    pub case: ComplaintId,
    /// Office of the complaint.
    pub office: OfficeId,
    /// Action for the audit trail.
    pub action: String,
    /// Day of the act.
    pub on: NaiveDate,
    /// Id of the clerk that entered a paper complaint; none for an act of the reporter.
    pub clerk: Option<String>,
    /// Release time of the act.
    pub surfaces_at: DateTime<Utc>,
}

/// Removes and returns the events that are due, ordered by day and random id. The event of a
/// message or an attachment of a released complaint stays while a due one is unscreened, so that no
/// recipient is notified before it may be read. A copy is waited for for an hour at most.
pub async fn take_due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<DelayedEvent>> {
    let rows = sqlx::query!(
        r#"
        with due as (
            delete from wbs.outbox o
            using wbs.complaint c
            where c.id = o.case_id
              and o.surfaces_at <= $1
              and not (o.action in ('reporter_wrote', 'attach_scan')
                  and c.stage <> 'received'
                  and (exists (select from wbs.message m where m.case_id = o.case_id and not m.screened and m.surfaces_at <= $1)
                      or exists (
                          select from wbs.attachment a
                          where a.case_id = o.case_id
                            and a.surfaces_at <= $1
                            and not a.screened
                            and (a.copy is not null or a.surfaces_at > $1 - interval '1 hour')
                      )))
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
    let waiting = rows.into_iter().map(|row| DelayedEvent {
        case: ComplaintId(row.case_id),
        office: OfficeId(row.office_id),
        action: row.action,
        on: row.on_date,
        clerk: row.actor_id.map(|clerk| clerk.to_string()),
        surfaces_at: row.surfaces_at,
    });
    Ok(waiting.collect())
}
