//! The office's calendars: numbered versions in the database, each read once and cached. Open files
//! are measured by the newest version, closed files by the version they closed under.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::sop::working_time::{Calendar, CalendarDraft};

/// Cache of the calendars read so far. Cheap to clone. A version never changes, so a cached entry
/// never becomes stale.
#[derive(Debug, Clone, Default)]
pub struct Calendars {
    read: Arc<RwLock<CalendarsByVersion>>,
}

type CalendarsByVersion = HashMap<(OfficeId, i32), Arc<Calendar>>;

/// A stored version of a calendar.
#[derive(Debug)]
pub(crate) struct StoredCalendar {
    /// The version number, from 1.
    pub version: i32,
    /// Working hours and days off.
    pub definition: CalendarDraft,
    /// The reason for this version.
    pub reason: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

impl Calendars {
    /// The first office, which is the one this installation serves, with its newest calendar.
    pub async fn first_office(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(OfficeId, Arc<Calendar>)> {
        let newest = sqlx::query!(
            r#"
            select o.id, (select max(v.version) from calendar_version v where v.office_id = o.id) as "version!"
            from office o
            order by o.created_at
            limit 1
            "#,
        );
        let newest = newest.fetch_one(&mut *connection).await?;
        let office = OfficeId(newest.id);
        Ok((
            office,
            self.version(connection, office, newest.version).await?,
        ))
    }

    /// The newest calendar of the office; it measures open files.
    pub(crate) async fn newest(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
    ) -> Result<Arc<Calendar>> {
        let newest = sqlx::query_scalar!(
            r#"select max(version) as "version!" from calendar_version where office_id = $1"#,
            office.0
        );
        let version = newest.fetch_one(&mut *connection).await?;
        self.version(connection, office, version).await
    }

    /// The given version of the office's calendar.
    pub(crate) async fn version(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        version: i32,
    ) -> Result<Arc<Calendar>> {
        if let Some(known) = self
            .read
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&(office, version))
        {
            return Ok(Arc::clone(known));
        }
        let stored = find(connection, office, version)
            .await?
            .ok_or_else(|| Error::internal("a file names a calendar that is not there"))?;
        let calendar = Arc::new(
            Calendar::try_from(stored.definition)
                .map_err(|faults| Error::internal(faults.to_string()))?,
        );
        self.read
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((office, version), Arc::clone(&calendar));
        Ok(calendar)
    }
}

/// Finds one stored version.
pub(crate) async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    version: i32,
) -> Result<Option<StoredCalendar>> {
    let row = sqlx::query!(
        r#"
        select definition as "definition: Json<CalendarDraft>", reason, created_at
        from calendar_version
        where office_id = $1
          and version = $2
        "#,
        office.0,
        version,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| StoredCalendar {
        version,
        definition: row.definition.0,
        reason: row.reason,
        created_at: row.created_at,
    }))
}

/// Lists the versions below `before`, newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<StoredCalendar>> {
    let rows = sqlx::query!(
        r#"
        select version, definition as "definition: Json<CalendarDraft>", reason, created_at
        from calendar_version
        where office_id = $1
          and version < coalesce($2, 2147483647)
        order by version desc
        limit $3
        "#,
        office.0,
        before,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let stored = rows.into_iter().map(|row| StoredCalendar {
        version: row.version,
        definition: row.definition.0,
        reason: row.reason,
        created_at: row.created_at,
    });
    Ok(stored.collect())
}

/// Adds the next version and returns its number.
///
/// # Errors
/// `overtaken` when another request added a version at the same time.
pub(crate) async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    calendar: &Calendar,
    reason: &str,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<i32> {
    use crate::error::OnConstraint as _;
    sqlx::query_scalar!(
        r#"
        insert into calendar_version (office_id, version, definition, reason, created_at, created_by)
        select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5
        from calendar_version
        where office_id = $1
        returning version
        "#,
        office.0,
        Json(calendar.as_draft()) as _,
        reason,
        now,
        by.map(|by| by.0),
    )
    .fetch_one(connection)
    .await
    .on_constraint("calendar_version_pkey", || Error::new(Code::Overtaken))
}
