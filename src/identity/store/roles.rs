//! SQL of roles and role proposals.

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

/// The role proposals for a person. A proposal no longer counts when its author is not an active
/// administrator.
pub async fn proposals(connection: &mut PgConnection, user: UserId) -> Result<Vec<RoleProposal>> {
    let rows = sqlx::query!(
        r#"
        select p.role, p.proposed_by, p.takes,
               exists (
                   select
                   from app_user u
                   join user_role r on r.user_id = u.id and r.role = 'admin'
                   where u.id = p.proposed_by
                     and u.active
                     and u.password_hash is not null
               ) as "stands!"
        from role_proposal p
        where p.user_id = $1
        "#,
        user.0,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(RoleProposal {
                role: Role::from_code(&row.role)?,
                removes: row.takes,
                proposed_by: UserId(row.proposed_by),
                is_valid: row.stands,
            })
        })
        .collect())
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

/// Stores a proposal for a second administrator.
pub async fn propose(
    connection: &mut PgConnection,
    user: UserId,
    role: Role,
    takes: bool,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into role_proposal (user_id, role, takes, proposed_by, proposed_at) values ($1, $2, $3, $4, $5)",
        user.0,
        role.code(),
        takes,
        by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a proposal.
pub async fn withdraw(connection: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    sqlx::query!(
        "delete from role_proposal where user_id = $1 and role = $2",
        user.0,
        role.code()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A role change that a first administrator proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleProposal {
    /// The role.
    pub role: Role,
    /// True if the role is to be removed, false if it is to be given.
    pub removes: bool,
    /// The author.
    pub proposed_by: UserId,
    /// True if the author is still an administrator. Otherwise the proposal no longer counts.
    pub is_valid: bool,
}
