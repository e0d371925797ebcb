//! What the service looks for when it surfaces, delivers, resumes and closes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::complaint::file::Whereabouts;
use crate::complaint::sop::{ANSWER_WAITS, QUESTION_WAITS};
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};

/// Complaints whose surfacing time has come, with that time, in the order of their random ids.
///
/// # Errors
/// When the server refuses.
pub async fn due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(ComplaintId, DateTime<Utc>)>> {
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
    Ok(rows
        .into_iter()
        .map(|row| (ComplaintId(row.id), row.surfaces_at))
        .collect())
}

/// Where a complaint is of which a message of the reporter or an attachment became known at `slot`; nothing when it was something else that was written, such
/// as who the reporter is: whoever heard of that and found nothing new would know.
///
/// # Errors
/// When the server refuses.
pub async fn with_news(
    connection: &mut PgConnection,
    case: ComplaintId,
    slot: DateTime<Utc>,
) -> Result<Option<Whereabouts>> {
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
    row.map(|row| {
        Ok(Whereabouts {
            case,
            office: OfficeId(row.office_id),
            stage: super::stage(&row.stage)?,
        })
    })
    .transpose()
}

/// Complaints whose answer is signed and not yet before the reporter.
///
/// # Errors
/// When the server refuses.
pub async fn signed(connection: &mut PgConnection) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        "select id from wbs.complaint where stage = 'answer_signed' order by id"
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Complaints that wait no longer for their reporter by `now`: a message of theirs after the last question can be read, or they have had `QUESTION_WAITS`.
///
/// # Errors
/// When the server refuses.
pub async fn to_resume(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where c.stage = 'waiting_for_reporter'
          and (c.stage_since <= $2
              or exists (
                  select from wbs.message m
                  where m.case_id = c.id
                    and m.author = 'reporter'
                    and m.surfaces_at <= $1
                    and m.screened
                    and m.seq > (select coalesce(max(q.seq), 0) from wbs.message q where q.case_id = c.id and q.asks)
              ))
        order by c.id
        "#,
        now,
        now - QUESTION_WAITS,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Complaints with an answer that are over by `now`: acknowledged, with nothing of the reporter's still waiting for its surfacing time, or `ANSWER_WAITS` old.
///
/// # Errors
/// When the server refuses.
pub async fn to_close(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        where c.stage = 'answered'
          and (c.stage_since <= $1
              or (c.acknowledged_on is not null and not exists (select from wbs.outbox o where o.case_id = c.id)))
        order by c.id
        "#,
        now - ANSWER_WAITS,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// The offices that have complaints. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn offices(connection: &mut PgConnection) -> Result<Vec<OfficeId>> {
    let ids = sqlx::query_scalar!(
        "select o.id from office o where exists (select from wbs.complaint c where c.office_id = o.id) order by o.id"
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(OfficeId)
        .collect())
}

/// At most `limit` surfaced complaints of an office that were screened with another roll than that of this mark, or have a message to be screened: those with
/// a message or a report of retaliation first, the closed last, and in no order that would let one that fails keep back another.
///
/// # Errors
/// When the server refuses.
pub async fn to_screen(
    connection: &mut PgConnection,
    office: OfficeId,
    mark: &[u8; 32],
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        cross join lateral (
            select c.id in (select m.case_id from wbs.message m where not m.screened and m.surfaces_at <= $3)
                or c.id in (select r.case_id from wbs.retaliation r where not r.screened and r.surfaces_at <= $3) as has_message
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
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Writes down with which roll a complaint was screened.
///
/// # Errors
/// When the server refuses.
pub async fn was_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    mark: &[u8; 32],
) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set screened_with = $2 where id = $1",
        case.0,
        mark.as_slice()
    )
    .execute(connection)
    .await?;
    Ok(())
}
