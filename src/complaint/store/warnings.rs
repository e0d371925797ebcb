//! Warnings. The handlers of the case see them with it; whoever is warned sees the warning and nothing else.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, WarningId};

const TEXT: &str = "warning|sealed";
const STATEMENT: &str = "warning|statement";

/// A warning as stored.
pub struct Stored {
    /// Its id.
    pub id: WarningId,
    /// Its case: for opening it, never for showing.
    pub case: ComplaintId,
    /// On which day it was issued.
    pub issued_on: NaiveDate,
    /// On which day the person stated something.
    pub stated_on: Option<NaiveDate>,
    sealed: Vec<u8>,
    statement: Option<Vec<u8>>,
}

impl Stored {
    /// What it says, and what the person stated.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn open(&self, key: &CaseKey) -> Result<(String, Option<String>)> {
        let open = |place: &str, sealed: &[u8]| {
            let text = key
                .open(place, self.id.0, sealed)
                .ok_or_else(|| Error::internal("a warning cannot be opened: moved or changed"))?;
            String::from_utf8(text.to_vec()).map_err(Error::internal)
        };
        Ok((
            open(TEXT, &self.sealed)?,
            self.statement
                .as_deref()
                .map(|sealed| open(STATEMENT, sealed))
                .transpose()?,
        ))
    }
}

/// Adds a warning.
///
/// # Errors
/// When the server refuses.
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
        key.seal(TEXT, id.0, text.as_bytes()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The warnings of a case.
///
/// # Errors
/// When the server refuses.
pub async fn of_case(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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

/// Where a warning stands in the list of whoever was warned: within a day by an id that was drawn, so that no order tells which case it is of.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    on: NaiveDate,
    id: Uuid,
}

impl Place {
    /// That of `stored`.
    #[must_use]
    pub fn of(stored: &Stored) -> Self {
        Self {
            on: stored.issued_on,
            id: stored.id.0,
        }
    }
}

/// At most `limit` warnings of a person after `after`, newest day first.
///
/// # Errors
/// When the server refuses.
pub async fn of_person(
    connection: &mut PgConnection,
    person: &[u8],
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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

/// Locks a warning of a person.
///
/// # Errors
/// When the server refuses.
pub async fn lock(
    connection: &mut PgConnection,
    id: WarningId,
    person: &[u8],
) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Stored,
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

/// Writes down what the person states (keterangan).
///
/// # Errors
/// When the server refuses.
pub async fn state(
    connection: &mut PgConnection,
    id: WarningId,
    key: &CaseKey,
    text: &str,
    on: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "update wbs.warning set statement = $2, stated_on = $3 where id = $1",
        id.0,
        key.seal(STATEMENT, id.0, text.as_bytes()),
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The wrapped key of a case in which the caller has a part without seeing it: a warning, or a request to decide.
///
/// # Errors
/// When the server refuses.
pub async fn wrapped_key(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<u8>> {
    Ok(
        sqlx::query_scalar!(r#"select wbs.wrapped_key($1) as "wrapped!""#, case.0)
            .fetch_one(connection)
            .await?,
    )
}

/// The wrapped keys of such cases, each case once; one that is gone has none.
///
/// # Errors
/// When the server refuses.
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
