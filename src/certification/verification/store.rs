//! SQL for verification.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::VerificationForm;
use crate::error::Result;
use crate::ids::{ApplicationId, UserId};

/// Stores the judgements of a round.
pub async fn add_items(
    connection: &mut PgConnection,
    id: ApplicationId,
    round: i16,
    form: &VerificationForm,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    let requirements: Vec<String> = form
        .items
        .iter()
        .map(|item| item.requirement.clone())
        .collect();
    let results: Vec<String> = form
        .items
        .iter()
        .map(|item| item.result.code().to_owned())
        .collect();
    let notes: Vec<Option<String>> = form.items.iter().map(|item| item.note.clone()).collect();
    sqlx::query!(
        r#"
        insert into verification_item (office_id, application_id, round, requirement, result, note, verified_by, at)
        select a.office_id, a.id, $2, item.requirement, item.result, item.note, $6, $7
        from application a
        cross join unnest($3::text[], $4::text[], $5::text[]) as item (requirement, result, note)
        where a.id = $1
        "#,
        id.0,
        round,
        &requirements,
        &results,
        &notes as &[Option<String>],
        by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// True if the latest judgement of a row of the checklist is that its document is complete.
pub async fn is_complete(
    connection: &mut PgConnection,
    id: ApplicationId,
    requirement: &str,
) -> Result<bool> {
    let is_complete = sqlx::query_scalar!(
        r#"
        select result = 'complete' as "is_complete!"
        from verification_item
        where application_id = $1
          and requirement = $2
        order by round desc
        limit 1
        "#,
        id.0,
        requirement,
    )
    .fetch_optional(connection)
    .await?;
    Ok(is_complete.unwrap_or_default())
}
