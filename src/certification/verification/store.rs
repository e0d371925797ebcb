//! SQL for verification.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{DeficiencyItem, DeficiencySheet, VerificationForm};
use crate::error::Result;
use crate::ids::{ApplicationId, DeficiencySheetId, OfficeId, UserId};

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

/// Stores a deficiency sheet.
pub async fn add_sheet(
    connection: &mut PgConnection,
    office: OfficeId,
    id: ApplicationId,
    sheet: &DeficiencySheet,
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into deficiency_sheet (id, office_id, application_id, round, number, items, issued_by, issued_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        sheet.id.0,
        office.0,
        id.0,
        sheet.round,
        sheet.number,
        Json(&sheet.items) as _,
        by.0,
        sheet.issued_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The deficiency sheets of an application, in the order of the rounds.
pub async fn sheets(
    connection: &mut PgConnection,
    id: ApplicationId,
) -> Result<Vec<DeficiencySheet>> {
    let rows = sqlx::query!(
        r#"
        select id, number, round, items as "items: Json<Vec<DeficiencyItem>>", issued_at
        from deficiency_sheet
        where application_id = $1
        order by round
        "#,
        id.0,
    )
    .fetch_all(connection)
    .await?;
    let sheet = rows.into_iter().map(|row| DeficiencySheet {
        id: DeficiencySheetId(row.id),
        number: row.number,
        round: row.round,
        items: row.items.0,
        issued_at: row.issued_at,
    });
    Ok(sheet.collect())
}
