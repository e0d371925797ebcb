//! Queries of the service's jobs: release, delivery, resumption, closing and rescreening.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::file::ComplaintStatus;
use crate::complaint::sop::{ANSWER_TIMEOUT, QUESTION_TIMEOUT};
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};

/// Lists the complaints due for release with their release time, in the order of their random ids.
/// A complaint waits for the copies of its attachments, which are screened with it, for an hour at
/// most. An outcome without a copy counts as one, because no handler can read that file.
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
          and (surfaces_at <= $1 - interval '1 hour'
              or not exists (select from wbs.attachment a where a.case_id = complaint.id and a.surfaces_at <= $1 and a.copy is null))
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

/// Returns the status of a complaint when a message of the reporter or an attachment was released
/// at `slot`. Returns none for other acts, such as a declared identity: a notification without a
/// new message would reveal that act.
pub async fn find_with_news(
    connection: &mut PgConnection,
    case: ComplaintId,
    slot: DateTime<Utc>,
) -> Result<Option<ComplaintStatus>> {
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
        Ok(ComplaintStatus {
            case,
            office: OfficeId(row.office_id),
            stage: super::stage(&row.stage)?,
        })
    })
    .transpose()
}

/// Lists the complaints with a signed answer that is not delivered yet.
pub async fn list_signed(connection: &mut PgConnection) -> Result<Vec<ComplaintId>> {
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

/// Lists the complaints that need not wait for their reporter any longer: a message after the last
/// question was released and screened, or `QUESTION_TIMEOUT` has passed.
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
        now - QUESTION_TIMEOUT,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Lists the answered complaints to close: acknowledged without delayed events left, or answered
/// `ANSWER_TIMEOUT` ago.
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
        now - ANSWER_TIMEOUT,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Lists the offices that have complaints. Requires the service's context.
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

/// Lists at most `limit` released complaints of an office to screen: those with an unscreened
/// message or report of retaliation first, then those last screened with a roster other than
/// `mark`, closed ones last; but those that `failed` after all others. The order within a group is
/// random.
pub async fn to_screen(
    connection: &mut PgConnection,
    office: OfficeId,
    mark: &[u8; 32],
    now: DateTime<Utc>,
    failed: &[Uuid],
    limit: i64,
) -> Result<Vec<ComplaintId>> {
    let ids = sqlx::query_scalar!(
        r#"
        select c.id
        from wbs.complaint c
        cross join lateral (
            select c.id in (select m.case_id from wbs.message m where not m.screened and m.surfaces_at <= $3)
                or c.id in (select r.case_id from wbs.retaliation r where not r.screened and r.surfaces_at <= $3)
                or c.id in (select a.case_id from wbs.attachment a where a.copy is not null and not a.screened and a.surfaces_at <= $3)
                as has_message
        ) x
        where c.office_id = $1
          and c.stage <> 'received'
          and (x.has_message or c.screened_with is distinct from $2)
        order by c.id = any ($5), x.has_message desc, c.closed_on is not null, random()
        limit $4
        "#,
        office.0,
        mark.as_slice(),
        now,
        limit,
        failed,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}

/// Lists the texts to screen of a complaint that were released by `now`, each with whether it was
/// screened: messages of the reporter, reports of retaliation, copies of attachments.
pub async fn texts_to_screen(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, bool)>> {
    let rows = sqlx::query!(
        r#"
        select id as "id!", screened as "screened!"
        from (
            select id, screened, surfaces_at from wbs.message where case_id = $1 and author = 'reporter'
            union all
            select id, screened, surfaces_at from wbs.retaliation where case_id = $1
            union all
            select id, screened, surfaces_at from wbs.attachment where case_id = $1 and copy is not null
        ) as text
        where surfaces_at <= $2
        order by id
        "#,
        case.0,
        now,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.screened)).collect())
}

/// Returns the roster (by its mark) with which a complaint was screened, if it was.
pub async fn screened_with(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select screened_with from wbs.complaint where id = $1",
        case.0
    )
    .fetch_one(connection)
    .await?)
}

/// Records the roster (by its mark) with which a complaint was screened.
pub async fn mark_screened(
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
