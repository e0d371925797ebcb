//! SQL of roles.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};

/// Number of the advisory lock for role changes; arbitrary, but constant.
const LOCK: i64 = 0x6164_6d69_6e73;

/// Locks role changes and deactivations until the transaction ends, so that two administrators
/// cannot remove each other at the same time.
pub async fn lock(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK)
        .execute(connection)
        .await?;
    Ok(())
}

/// True if the person is an active administrator.
pub async fn is_admin(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select 1 as "one!"
        from app_user u
        join user_role r on r.user_id = u.id and r.role = 'admin'
        where u.id = $1
          and u.active
          and u.password_hash is not null
        "#,
        user.0,
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// Active accounts of the office that hold `role` themselves and have a password.
pub async fn active_holders(
    connection: &mut PgConnection,
    office: OfficeId,
    role: Role,
) -> Result<Vec<UserId>> {
    let found = sqlx::query_scalar!(
        "
        select u.id
        from app_user u
        join user_role r on r.user_id = u.id and r.role = $2
        where u.office_id = $1
          and u.active
          and u.password_hash is not null
        order by u.id
        ",
        office.0,
        role.code(),
    );
    Ok(found
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(UserId)
        .collect())
}

/// The roles a person holds.
pub async fn find_roles(connection: &mut PgConnection, user: UserId) -> Result<Roles> {
    let codes = sqlx::query_scalar!("select role from user_role where user_id = $1", user.0)
        .fetch_all(connection)
        .await?;
    Ok(Roles::from_codes(codes.iter().map(String::as_str)))
}

/// Gives a role.
pub async fn give(
    connection: &mut PgConnection,
    user: UserId,
    role: Role,
    by: Option<UserId>,
    proposed_by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into user_role (user_id, role, granted_at, granted_by, proposed_by) values ($1, $2, $3, $4, $5)",
        user.0,
        role.code(),
        now,
        by.map(|user| user.0),
        proposed_by.map(|user| user.0),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a role.
pub async fn take(connection: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    sqlx::query!(
        "delete from user_role where user_id = $1 and role = $2",
        user.0,
        role.code()
    )
    .execute(connection)
    .await?;
    Ok(())
}
