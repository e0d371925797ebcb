//! Warnings. Handlers of the case see a warning with the case; the warned person sees the warning
//! and nothing else.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, WarningId};

const TEXT_COLUMN: &str = "warning|sealed";
const STATEMENT_COLUMN: &str = "warning|statement";

/// Row of `wbs.warning`.
pub struct WarningRow {
    /// Id of the warning.
    pub id: WarningId,
    /// The complaint, needed to open the warning; never shown to the warned person.
    pub case: ComplaintId,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Day of the statement.
    pub stated_on: Option<NaiveDate>,
    sealed: Vec<u8>,
    statement: Option<Vec<u8>>,
}

impl WarningRow {
    /// Opens the text and the statement.
    ///
    /// # Errors
    /// Internal error when one was moved or changed.
    pub fn open(&self, key: &CaseKey) -> Result<(String, Option<String>)> {
        let open = |place: &str, sealed: &[u8]| {
            let text = key
                .open(place, self.id.0, sealed)
                .ok_or_else(|| Error::internal("a warning cannot be opened: moved or changed"))?;
            String::from_utf8(text.to_vec()).map_err(Error::internal)
        };
        Ok((
            open(TEXT_COLUMN, &self.sealed)?,
            self.statement
                .as_deref()
                .map(|sealed| open(STATEMENT_COLUMN, sealed))
                .transpose()?,
        ))
    }
}

/// Inserts a warning.
pub async fn add(
    connection: &mut PgConnection,
    case: ComplaintId,
    key: &CaseKey,
    person: &[u8; 32],
    text: &str,
    on: NaiveDate,
) -> Result<()> {
    let id = WarningId::random();
    sqlx::query!(
        "insert into wbs.warning (id, case_id, person_tag, issued_on, sealed) values ($1, $2, $3, $4, $5)",
        id.0,
        case.0,
        person.as_slice(),
        on,
        key.seal(TEXT_COLUMN, id.0, text.as_bytes()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists the warnings of a case.
pub async fn list_of_case(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<WarningRow>> {
    let rows = sqlx::query_as!(
        WarningRow,
        r#"
        select id as "id: WarningId", case_id as "case: ComplaintId", issued_on, stated_on, sealed, statement
        from wbs.warning
        where case_id = $1
        order by issued_on, id
        "#,
        case.0,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Keyset cursor of a person's warnings. Within a day the order follows random ids, so that the
/// order does not reveal the case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct WarningCursor {
    on: NaiveDate,
    id: Uuid,
}

impl WarningCursor {
    /// Cursor of this row.
    pub fn of(stored: &WarningRow) -> Self {
        Self {
            on: stored.issued_on,
            id: stored.id.0,
        }
    }
}

/// Lists at most `limit` warnings of a person after `after`, newest day first.
pub async fn list_of_person(
    connection: &mut PgConnection,
    person: &[u8],
    after: Option<WarningCursor>,
    limit: i64,
) -> Result<Vec<WarningRow>> {
    let rows = sqlx::query_as!(
        WarningRow,
        r#"
        select id as "id: WarningId", case_id as "case: ComplaintId", issued_on, stated_on, sealed, statement
        from wbs.warning
        where person_tag = $1
          and ($2::date is null or issued_on < $2 or (issued_on = $2 and id > $3))
        order by issued_on desc, id
        limit $4
        "#,
        person,
        after.map(|place| place.on),
        after.map(|place| place.id),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Locks and reads a warning of a person.
pub async fn lock(
    connection: &mut PgConnection,
    id: WarningId,
    person: &[u8],
) -> Result<Option<WarningRow>> {
    let row = sqlx::query_as!(
        WarningRow,
        r#"
        select id as "id: WarningId", case_id as "case: ComplaintId", issued_on, stated_on, sealed, statement
        from wbs.warning
        where id = $1
          and person_tag = $2
        for update
        "#,
        id.0,
        person,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Stores the statement of the warned person (keterangan).
pub async fn add_statement(
    connection: &mut PgConnection,
    id: WarningId,
    key: &CaseKey,
    text: &str,
    on: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "update wbs.warning set statement = $2, stated_on = $3 where id = $1",
        id.0,
        key.seal(STATEMENT_COLUMN, id.0, text.as_bytes()),
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads the wrapped key of a case that the caller may not see as a whole: for a warning, or a
/// disclosure request to decide.
pub async fn wrapped_key(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<u8>> {
    Ok(
        sqlx::query_scalar!(r#"select wbs.wrapped_key($1) as "wrapped!""#, case.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Reads the wrapped keys of such cases, each once; deleted cases are left out.
pub async fn wrapped_keys(
    connection: &mut PgConnection,
    cases: impl Iterator<Item = ComplaintId>,
) -> Result<Vec<(ComplaintId, Vec<u8>)>> {
    let cases: Vec<_> = cases.map(|case| case.0).collect();
    let rows = sqlx::query!(
        r#"
        select k.case_id as "case_id!", k.wrapped as "wrapped!"
        from (select c.id as case_id, wbs.wrapped_key(c.id) as wrapped from (select distinct unnest($1::uuid[]) as id) c) k
        where k.wrapped is not null
        "#,
        &cases,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (ComplaintId(row.case_id), row.wrapped))
        .collect())
}
