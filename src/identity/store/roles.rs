//! The SQL of roles and of proposals to give them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::identity::proposal::Proposal;
use crate::ids::UserId;
use crate::sop::role::{Role, Roles};

/// "Administrators are being changed", as a lock of the database: any number will do as long as it is always the same.
const LOCK: i64 = 0x6164_6d69_6e73;

/// Makes this transaction the only one that changes roles or deactivates people: of two administrators who remove each other one comes second.
pub async fn lock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK).execute(conn).await?;
    Ok(())
}

/// Whether the person is an active administrator.
pub async fn is_admin(conn: &mut PgConnection, user: UserId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select 1 as "one!"
        from app_user u
        join user_role r on r.user_id = u.id and r.role = 'admin'
        where u.id = $1
          and u.active
        "#,
        user.0,
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Whether there is an active administrator besides this person.
pub async fn has_other_admin(conn: &mut PgConnection, user: UserId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select 1 as "one!"
        from app_user u
        join user_role r on r.user_id = u.id and r.role = 'admin'
        where u.id <> $1
          and u.active
        limit 1
        "#,
        user.0,
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// The roles a person holds.
pub async fn held(conn: &mut PgConnection, user: UserId) -> Result<Roles> {
    let codes = sqlx::query_scalar!("select role from user_role where user_id = $1", user.0).fetch_all(conn).await?;
    Ok(Roles::from_codes(codes.iter().map(String::as_str)))
}

/// The proposals about a person. One whose author is no longer an active administrator stands no more.
pub async fn proposals(conn: &mut PgConnection, user: UserId) -> Result<Vec<Proposal>> {
    let rows = sqlx::query!(
        r#"
        select p.role, p.proposed_by,
               exists (
                   select
                   from app_user u
                   join user_role r on r.user_id = u.id and r.role = 'admin'
                   where u.id = p.proposed_by
                     and u.active
               ) as "stands!"
        from role_proposal p
        where p.user_id = $1
        "#,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some(Proposal { role: Role::from_code(&row.role)?, by: UserId(row.proposed_by), stands: row.stands }))
        .collect())
}

/// Gives a role.
pub async fn give(
    conn: &mut PgConnection,
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
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a role away.
pub async fn take(conn: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    sqlx::query!("delete from user_role where user_id = $1 and role = $2", user.0, role.code()).execute(conn).await?;
    Ok(())
}

/// Keeps a proposal for a second administrator.
pub async fn propose(conn: &mut PgConnection, user: UserId, role: Role, by: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("insert into role_proposal (user_id, role, proposed_by, proposed_at) values ($1, $2, $3, $4)", user.0, role.code(), by.0, now,)
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops a proposal.
pub async fn withdraw(conn: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    sqlx::query!("delete from role_proposal where user_id = $1 and role = $2", user.0, role.code()).execute(conn).await?;
    Ok(())
}
