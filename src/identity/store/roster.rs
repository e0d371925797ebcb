//! The SQL of the roster: who works here, and who holds a role on a day.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};

/// Somebody who holds the role that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The person.
    pub user: UserId,
    /// The name to show.
    pub display_name: String,
}

/// Somebody who works here now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The person.
    pub user: UserId,
    /// The name to show.
    pub display_name: String,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// The person.
    pub user: UserId,
    /// The name to show.
    pub display_name: String,
    /// Whether they may sign in.
    pub active: bool,
    /// What they hold themselves.
    pub roles: Roles,
    /// Whom they act for, acted for or will act for: confirmed and not revoked.
    pub acting: Vec<Acting>,
}

/// An appointment to act, with its days (WIB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// In which role.
    pub role: Role,
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
}

/// The active people of the office who hold `role` on the day `today` (WIB), by name; whoever acts for its holder that day included.
///
/// # Errors
/// When the server refuses.
pub async fn holders(conn: &mut PgConnection, office: OfficeId, role: Role, today: NaiveDate) -> Result<Vec<Holder>> {
    let rows = sqlx::query!(
        "
        select u.id, u.display_name
        from app_user u
        where u.office_id = $1
          and u.active
          and u.password_hash is not null
          and u.id in (
              select r.user_id
              from user_role r
              where r.role = $2
              union all
              select a.user_id
              from acting_appointment a
              where a.office_id = $1
                and a.role = $2
                and a.revoked_at is null
                and a.confirmed_at is not null
                and $3 between a.first_day and a.last_day
          )
        order by u.display_name, u.id
        ",
        office.0,
        role.code(),
        today,
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| Holder { user: UserId(row.id), display_name: row.display_name }).collect())
}

/// The active staff of the office, by name, those after `after`.
///
/// # Errors
/// When the server refuses.
pub async fn colleagues(conn: &mut PgConnection, office: OfficeId, after: Option<(String, Uuid)>, limit: i64) -> Result<Vec<Colleague>> {
    let (after_name, after_id) = after.unzip();
    let rows = sqlx::query!(
        "
        select u.id, u.display_name
        from app_user u
        where u.office_id = $1
          and u.customer_id is null
          and u.active
          and u.password_hash is not null
          and ($2::text is null or (u.display_name, u.id) > ($2, $3::uuid))
        order by u.display_name, u.id
        limit $4
        ",
        office.0,
        after_name,
        after_id,
        limit,
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| Colleague { user: UserId(row.id), display_name: row.display_name }).collect())
}

/// All staff of the office, by name, whether they may sign in now or not; never a customer.
///
/// # Errors
/// When the server refuses.
pub async fn roster(conn: &mut PgConnection, office: OfficeId) -> Result<Vec<RosterEntry>> {
    let appointed = appointed(conn, office).await?;
    let rows = sqlx::query!(
        r#"
        select u.id, u.display_name, u.active and u.password_hash is not null as "active!",
               array(select r.role from user_role r where r.user_id = u.id) as "roles!"
        from app_user u
        where u.office_id = $1
          and u.customer_id is null
        order by u.display_name, u.id
        "#,
        office.0,
    );
    let entries = rows.fetch_all(conn).await?.into_iter().map(|row| RosterEntry {
        user: UserId(row.id),
        display_name: row.display_name,
        active: row.active,
        roles: Roles::from_codes(row.roles.iter().map(String::as_str)),
        acting: appointed.iter().filter(|(user, _)| user.0 == row.id).map(|(_, acting)| *acting).collect(),
    });
    Ok(entries.collect())
}

/// Every confirmed appointment of the office that was not revoked, whenever it is.
async fn appointed(conn: &mut PgConnection, office: OfficeId) -> Result<Vec<(UserId, Acting)>> {
    let rows = sqlx::query!(
        "
        select a.user_id, a.role, a.first_day, a.last_day
        from acting_appointment a
        where a.office_id = $1
          and a.confirmed_at is not null
          and a.revoked_at is null
        order by a.first_day, a.id
        ",
        office.0,
    );
    let appointments = rows.fetch_all(conn).await?.into_iter().filter_map(|row| {
        let role = Role::from_code(&row.role)?;
        Some((UserId(row.user_id), Acting { role, first_day: row.first_day, last_day: row.last_day }))
    });
    Ok(appointments.collect())
}
