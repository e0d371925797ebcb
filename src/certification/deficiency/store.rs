//! SQL for deficiency sheets.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::{DeficiencyItem, DeficiencySheet};
use crate::error::Result;
use crate::ids::{ApplicationId, DeficiencySheetId, OfficeId, UserId};

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
