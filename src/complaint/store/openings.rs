//! That somebody of the office opened a complaint: once a day and person, in days, for the reporter's access log.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::complaint::papers::history::Access;
use crate::error::Result;
use crate::ids::{ComplaintId, UserId};
use crate::sop::role::Role;

/// Writes down that `person` opened it today under `role`; true when it is the first time today.
///
/// # Errors
/// When the server refuses.
pub async fn note(
    connection: &mut PgConnection,
    case: ComplaintId,
    person: &[u8],
    role: Role,
    on: NaiveDate,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into wbs.opening (case_id, person_tag, role, on_date) values ($1, $2, $3, $4) on conflict do nothing",
        case.0,
        person,
        role.code(),
        on,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Whether it stands in the trail that `user` did `action` to this object on that day.
///
/// # Errors
/// When the server refuses.
pub async fn is_in_the_trail(
    connection: &mut PgConnection,
    object: &[u8; 32],
    action: &str,
    user: UserId,
    on: NaiveDate,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from audit.event where object_ref = $1 and action = $2 and actor_id = $3 and on_date = $4) as "found!""#,
        object.as_slice(),
        action,
        user.0,
        on,
    );
    Ok(found.fetch_one(connection).await?)
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
    Ok(rows
        .into_iter()
        .map(|row| Access {
            on: row.on_date,
            role: row.role,
            people: row.people,
            disclosed: None,
            original: None,
        })
        .collect())
}
