//! SQL for confirmation sheets.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Answer, Confirmation, Proposal};
use crate::error::Result;
use crate::ids::{ApplicationId, UserId};

/// Adds the next proposal and returns its number.
pub async fn propose(
    connection: &mut PgConnection,
    id: ApplicationId,
    round: i16,
    (proposal, team_names): (&Proposal, &[String]),
    by: UserId,
    now: DateTime<Utc>,
) -> Result<i16> {
    let seq = sqlx::query_scalar!(
        r#"
        insert into audit_confirmation (office_id, application_id, seq, round, proposal, answer_by, sent_by, sent_at, team_names)
        select a.office_id, a.id, coalesce(max(c.seq), 0::smallint) + 1::smallint, $2, $3, $4, $5, $6, $7
        from application a
        left join audit_confirmation c on c.application_id = a.id
        where a.id = $1
        group by a.id
        returning seq
        "#,
        id.0,
        round,
        Json(proposal) as _,
        proposal.answer_by,
        by.0,
        now,
        team_names,
    )
    .fetch_one(connection)
    .await?;
    Ok(seq)
}

/// The names of the team of proposal `seq`, in the team's order, as they were when the proposal was
/// sent.
pub async fn team_names(
    connection: &mut PgConnection,
    id: ApplicationId,
    seq: i16,
) -> Result<Vec<String>> {
    let names = sqlx::query_scalar!(
        "select team_names from audit_confirmation where application_id = $1 and seq = $2",
        id.0,
        seq
    )
    .fetch_one(connection)
    .await?;
    Ok(names.unwrap_or_default())
}

/// Stores the customer's answer to proposal `seq`.
pub async fn answer(
    connection: &mut PgConnection,
    id: ApplicationId,
    seq: i16,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update audit_confirmation
        set answer = $3,
            answered_at = $4
        where application_id = $1
          and seq = $2
          and answer is null
        "#,
        id.0,
        seq,
        Json(answer) as _,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The confirmation sheets of an application, in the order of the proposals.
pub async fn list(connection: &mut PgConnection, id: ApplicationId) -> Result<Vec<Confirmation>> {
    let rows = sqlx::query!(
        r#"
        select seq, round, proposal as "proposal: Json<Proposal>", sent_at, answer as "answer: Json<Answer>", answered_at
        from audit_confirmation
        where application_id = $1
        order by seq
        "#,
        id.0,
    )
    .fetch_all(connection)
    .await?;
    let sheets = rows.into_iter().map(|row| Confirmation {
        seq: row.seq,
        round: row.round,
        proposal: row.proposal.0,
        sent_at: row.sent_at,
        answer: row.answer.map(|answer| answer.0),
        answered_at: row.answered_at,
    });
    Ok(sheets.collect())
}
