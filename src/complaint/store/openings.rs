//! Access log: one row per complaint, staff member and day. Shown to the reporter without names or
//! times.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::complaint::papers::history::Access;
use crate::error::Result;
use crate::ids::{ComplaintId, UserId};
use crate::sop::role::Role;

/// Records that `person` opened the complaint under `role`. Returns true for the first record of
/// the day.
pub async fn record(
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

/// Whether the audit trail has an event `action` by `user` on this object on that day.
pub async fn has_audit_event(
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

/// Lists the days with the role and number of people that opened the complaint, newest first.
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
