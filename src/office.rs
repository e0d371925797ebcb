//! The office, to which all rows belong, and its first calendar. Created once, when the database is
//! new.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::casework::calendars;
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::office_hours::default_calendar;

/// Creates the office and its first calendar if there is no office yet. Returns the office's id.
pub async fn create_if_missing(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<OfficeId> {
    if let Some(id) = sqlx::query_scalar!("select id from office order by created_at limit 1")
        .fetch_optional(&mut *connection)
        .await?
    {
        return Ok(OfficeId(id));
    }
    let office = OfficeId::at(now);
    sqlx::query!(
        r#"
        insert into office (id, code, name, city, created_at)
        values ($1, 'bspji-palembang', 'Balai Standardisasi dan Pelayanan Jasa Industri Palembang', 'Palembang', $2)
        "#,
        office.0,
        now,
    )
    .execute(&mut *connection)
    .await?;
    let reason = "Perpres 21/2023; SKB 3 Menteri 2026 (perlu diperiksa terhadap naskah aslinya)";
    calendars::add(connection, office, &default_calendar(), reason, None, now).await?;
    Ok(office)
}
