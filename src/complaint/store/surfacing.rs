//! What the service looks for when it surfaces, delivers, resumes and closes.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::file::Whereabouts;
use crate::complaint::sop::Stage;
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::table::Stage as _;

/// Complaints whose surfacing time has come, with that time, in the order of their random ids.
///
/// # Errors
/// When the server refuses.
pub async fn due(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<(ComplaintId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"
        select id, surfaces_at
        from wbs.complaint
        where stage = 'received'
          and surfaces_at <= $1
        order by surfaces_at, id
        "#,
        now,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (ComplaintId(row.id), row.surfaces_at)).collect())
}

/// Where a complaint is of which a message of the reporter or an attachment became known at `slot`; nothing when it was something else that was written, such
/// as who the reporter is: whoever heard of that and found nothing new would know.
///
/// # Errors
/// When the server refuses.
pub async fn with_news(connection: &mut PgConnection, case: ComplaintId, slot: DateTime<Utc>) -> Result<Option<Whereabouts>> {
    let row = sqlx::query!(
        r#"
        select c.office_id, c.stage
        from wbs.complaint c
        where c.id = $1
          and (exists (select from wbs.message m where m.case_id = c.id and m.author = 'reporter' and m.surfaces_at = $2)
              or exists (select from wbs.attachment a where a.case_id = c.id and a.surfaces_at = $2))
        "#,
        case.0,
        slot,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok(Whereabouts { case, office: OfficeId(row.office_id), stage: super::stage(&row.stage)? })).transpose()
}

/// Complaints at a stage, with the moment they came to it and the day of the acknowledgement.
///
/// # Errors
/// When the server refuses.
pub async fn at(connection: &mut PgConnection, stage: Stage) -> Result<Vec<(ComplaintId, DateTime<Utc>, Option<NaiveDate>)>> {
    let rows = sqlx::query!("select id, stage_since, acknowledged_on from wbs.complaint where stage = $1 order by id", stage.code())
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (ComplaintId(row.id), row.stage_since, row.acknowledged_on)).collect())
}

/// Whether an acknowledgement is still waiting for its surfacing time.
///
/// # Errors
/// When the server refuses.
pub async fn has_waiting(connection: &mut PgConnection, case: ComplaintId) -> Result<bool> {
    let found: Option<Uuid> = sqlx::query_scalar!("select id from wbs.outbox where case_id = $1 limit 1", case.0).fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// The offices that have complaints. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn offices(connection: &mut PgConnection) -> Result<Vec<OfficeId>> {
    let ids = sqlx::query_scalar!("select o.id from office o where exists (select from wbs.complaint c where c.office_id = o.id) order by o.id");
    Ok(ids.fetch_all(connection).await?.into_iter().map(OfficeId).collect())
}

/// At most `limit` surfaced complaints of an office that were screened with another roll than that of this mark, or have a message to be screened: those with
/// a message or a report of retaliation first, the closed last, and in no order that would let one that fails keep back another.
///
/// # Errors
/// When the server refuses.
pub async fn to_screen(connection: &mut PgConnection, office: OfficeId, mark: &[u8; 32], now: DateTime<Utc>, limit: i64) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        cross join lateral (
            select exists (select from wbs.message m where m.case_id = c.id and not m.screened and m.surfaces_at <= $3)
                or exists (select from wbs.retaliation r where r.case_id = c.id and not r.screened and r.surfaces_at <= $3) as has_message
        ) x
        where c.office_id = $1
          and c.stage <> 'received'
          and (x.has_message or c.screened_with is distinct from $2)
        order by x.has_message desc, c.closed_on is not null, random()
        limit $4
        "#,
        office.0,
        mark.as_slice(),
        now,
        limit,
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(ComplaintId).collect())
}

/// Writes down with which roll a complaint was screened.
///
/// # Errors
/// When the server refuses.
pub async fn was_screened(connection: &mut PgConnection, case: ComplaintId, mark: &[u8; 32]) -> Result<()> {
    sqlx::query!("update wbs.complaint set screened_with = $2 where id = $1", case.0, mark.as_slice()).execute(connection).await?;
    Ok(())
}
