//! SQL of proposals that wait for a second administrator: states, names and roles of accounts.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::identity::proposal::Proposal;
use crate::ids::UserId;
use crate::sop::role::Role;

/// Selects `$columns` of the proposals for `$user`, and whether the author is still an
/// administrator.
macro_rules! proposals {
    ($columns:literal, $table:literal, $user:expr) => {
        sqlx::query!(
            r#"
        select "#
                + $columns
                + r#",
               exists (
                   select
                   from app_user u
                   join user_role r on r.user_id = u.id and r.role = 'admin'
                   where u.id = p.proposed_by
                     and u.active
                     and u.password_hash is not null
               ) as "stands!"
        from "#
                + $table
                + r#" p
        where p.user_id = $1
        "#,
            $user.0,
        )
    };
}

/// The proposed state of an account, if there is one.
pub async fn find_state(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Proposal<bool>>> {
    let row = proposals!("p.active, p.proposed_by", "activity_proposal", user);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Proposal {
        value: row.active,
        proposed_by: UserId(row.proposed_by),
        is_valid: row.stands,
    }))
}

/// The proposed name of an account, if there is one.
pub async fn find_name(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Proposal<String>>> {
    let row = proposals!("p.display_name, p.proposed_by", "name_proposal", user);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Proposal {
        value: row.display_name,
        proposed_by: UserId(row.proposed_by),
        is_valid: row.stands,
    }))
}

/// The proposals about roles of an account: true if the role is to be given, false if taken.
pub async fn list_roles(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<(Role, Proposal<bool>)>> {
    let rows = proposals!("p.role, p.proposed_by, p.takes", "role_proposal", user);
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let proposal = Proposal {
                value: !row.takes,
                proposed_by: UserId(row.proposed_by),
                is_valid: row.stands,
            };
            Some((Role::from_code(&row.role)?, proposal))
        })
        .collect())
}

/// Stores the proposed state of an account.
pub async fn propose_state(
    connection: &mut PgConnection,
    user: UserId,
    active: bool,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("insert into activity_proposal (user_id, active, proposed_by, proposed_at) values ($1, $2, $3, $4)", user.0, active, by.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the proposed state of an account.
pub async fn withdraw_state(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from activity_proposal where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Stores the proposed name of an account.
pub async fn propose_name(
    connection: &mut PgConnection,
    user: UserId,
    display_name: &str,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    let proposal = sqlx::query!(
        "insert into name_proposal (user_id, display_name, proposed_by, proposed_at) values ($1, $2, $3, $4)",
        user.0,
        display_name,
        by.0,
        now,
    );
    proposal.execute(connection).await?;
    Ok(())
}

/// Deletes the proposed name of an account.
pub async fn withdraw_name(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from name_proposal where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Stores the proposal to give a role, or to take it.
pub async fn propose_role(
    connection: &mut PgConnection,
    user: UserId,
    role: Role,
    gives: bool,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into role_proposal (user_id, role, takes, proposed_by, proposed_at) values ($1, $2, $3, $4, $5)",
        user.0,
        role.code(),
        !gives,
        by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the proposal about a role.
pub async fn withdraw_role(connection: &mut PgConnection, user: UserId, role: Role) -> Result<()> {
    sqlx::query!(
        "delete from role_proposal where user_id = $1 and role = $2",
        user.0,
        role.code()
    )
    .execute(connection)
    .await?;
    Ok(())
}
