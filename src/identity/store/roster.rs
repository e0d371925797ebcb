//! SQL of the roster: the staff of the office, and the holders of a role on a day.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};

/// An active member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The person.
    pub user: UserId,
    /// The display name.
    pub display_name: String,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// The person.
    pub user: UserId,
    /// The display name.
    pub display_name: String,
    /// True if the account may sign in.
    pub active: bool,
    /// The person's own roles.
    pub roles: Roles,
    /// Confirmed appointments: past, current and future, each ending at its revocation.
    pub acting: Vec<RolePeriod>,
    /// Roles that the person held before.
    pub former: Vec<RolePeriod>,
    /// Former and proposed names.
    pub other_names: Vec<String>,
    /// Current and former e-mail addresses.
    pub addresses: Vec<String>,
}

impl RosterEntry {
    /// All current, former and proposed names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.display_name)
            .chain(&self.other_names)
            .map(String::as_str)
    }
}

/// A role with the days (WIB) of an acting appointment or of a former post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolePeriod {
    /// The role.
    pub role: Role,
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
}

/// The active accounts that hold one of `roles` on the day `today` (WIB), each with the role held,
/// by name, including acting holders.
pub async fn holders_of(
    connection: &mut PgConnection,
    office: OfficeId,
    roles: Roles,
    today: NaiveDate,
) -> Result<Vec<(Colleague, Role)>> {
    let codes: Vec<String> = roles.iter().map(|role| role.code().to_owned()).collect();
    let rows = sqlx::query!(
        r#"
        select u.id, u.display_name, h.role as "role!"
        from holders_of($1, $2, $3) h
        join app_user u on u.id = h.user_id
        order by u.display_name, u.id, h.role
        "#,
        office.0,
        &codes,
        today,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    Ok(rows
        .filter_map(|row| {
            let colleague = Colleague {
                user: UserId(row.id),
                display_name: row.display_name,
            };
            Some((colleague, Role::from_code(&row.role)?))
        })
        .collect())
}

/// The active accounts that hold `role` on the day `today` (WIB), by name, including acting
/// holders.
pub async fn holders(
    connection: &mut PgConnection,
    office: OfficeId,
    role: Role,
    today: NaiveDate,
) -> Result<Vec<Colleague>> {
    let held = holders_of(connection, office, Roles::NONE.with(role), today).await?;
    Ok(held.into_iter().map(|(colleague, _)| colleague).collect())
}

/// Lists the active staff of the office by name, after a cursor.
pub async fn colleagues(
    connection: &mut PgConnection,
    office: OfficeId,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Colleague>> {
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
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| Colleague {
            user: UserId(row.id),
            display_name: row.display_name,
        })
        .collect())
}

/// All staff of the office by name, active or not. Customers are not included.
pub async fn roster(connection: &mut PgConnection, office: OfficeId) -> Result<Vec<RosterEntry>> {
    let (appointed, former) = (
        appointed(connection, office).await?,
        former(connection, office).await?,
    );
    let of = |held: &[(UserId, RolePeriod)], id| {
        held.iter()
            .filter(|(user, _)| user.0 == id)
            .map(|(_, acting)| *acting)
            .collect()
    };
    let rows = sqlx::query!(
        r#"
        select u.id, u.display_name, u.active and u.password_hash is not null as "active!",
               array(select r.role from user_role r where r.user_id = u.id order by r.role) as "roles!",
               array(
                   select h.was from account_history h where h.user_id = u.id and h.what = 'name'
                   union
                   select p.display_name from name_proposal p where p.user_id = u.id
                   order by 1
               ) as "other_names!",
               array(
                   select u.email
                   union
                   select h.was from account_history h where h.user_id = u.id and h.what = 'address'
                   order by 1
               ) as "addresses!"
        from app_user u
        where u.office_id = $1
          and u.customer_id is null
        order by u.display_name, u.id
        "#,
        office.0,
    );
    let entries = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| RosterEntry {
            user: UserId(row.id),
            display_name: row.display_name,
            active: row.active,
            roles: Roles::from_codes(row.roles.iter().map(String::as_str)),
            acting: of(&appointed, row.id),
            former: of(&former, row.id),
            other_names: row.other_names,
            addresses: row.addresses,
        });
    Ok(entries.collect())
}

/// All confirmed appointments of the office. A revoked one ends on the day of its revocation.
async fn appointed(
    connection: &mut PgConnection,
    office: OfficeId,
) -> Result<Vec<(UserId, RolePeriod)>> {
    let rows = sqlx::query!(
        r#"
        select a.user_id, a.role, a.first_day, least(a.last_day, (a.revoked_at at time zone 'Asia/Jakarta')::date) as "last_day!"
        from acting_appointment a
        where a.office_id = $1
          and a.confirmed_at is not null
          and (a.revoked_at is null or (a.revoked_at at time zone 'Asia/Jakarta')::date >= a.first_day)
        order by a.first_day, a.id
        "#,
        office.0,
    );
    let appointments = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .filter_map(|row| {
            let role = Role::from_code(&row.role)?;
            Some((
                UserId(row.user_id),
                RolePeriod {
                    role,
                    first_day: row.first_day,
                    last_day: row.last_day,
                },
            ))
        });
    Ok(appointments.collect())
}

/// All former posts of staff of the office.
async fn former(
    connection: &mut PgConnection,
    office: OfficeId,
) -> Result<Vec<(UserId, RolePeriod)>> {
    let rows = sqlx::query!(
        "
        select f.user_id, f.role, f.first_day, f.last_day
        from former_post f
        join app_user u on u.id = f.user_id
        where u.office_id = $1
        order by f.first_day, f.last_day, f.role, f.user_id
        ",
        office.0,
    );
    let posts = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .filter_map(|row| {
            let role = Role::from_code(&row.role)?;
            Some((
                UserId(row.user_id),
                RolePeriod {
                    role,
                    first_day: row.first_day,
                    last_day: row.last_day,
                },
            ))
        });
    Ok(posts.collect())
}
