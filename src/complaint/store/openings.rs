//! That somebody of the office opened a complaint: once a day and person, in days, for the reporter's access log.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::complaint::papers::history::Access;
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::sop::role::Role;

/// Writes down that `person` opened it today; true when it is the first time today.
///
/// # Errors
/// When the server refuses.
pub async fn note(connection: &mut PgConnection, case: ComplaintId, person: &[u8], role: Role, on: NaiveDate) -> Result<bool> {
    let done = sqlx::query!(
        "insert into wbs.opening (case_id, person_tag, role, on_date) values ($1, $2, $3, $4) on conflict do nothing",
        case.0,
        person,
        role.code(),
        on,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// On which days people of which role opened it, newest first.
///
/// # Errors
/// When the server refuses.
pub async fn list(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<Access>> {
    let rows = sqlx::query!(
        r#"
        select on_date, role, count(*) as "people!"
        from wbs.opening
        where case_id = $1
        group by on_date, role
        order by on_date desc, role
        "#,
        case.0,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| Access { on: row.on_date, role: row.role, people: row.people, disclosed: None, original: None }).collect())
}
