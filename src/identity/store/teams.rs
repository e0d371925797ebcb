//! SQL of teams and their members.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{OfficeId, TeamId, UserId};
use crate::sop::role::Roles;

/// A team with its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The team.
    pub id: TeamId,
    /// Name of the team.
    pub name: String,
    /// True if it receives work.
    pub active: bool,
    /// The members, by name, including deactivated ones.
    pub members: Vec<Member>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Version for the `ETag`.
    pub version: i64,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// The display name.
    pub display_name: String,
    /// True if the account is active and has a password.
    pub active: bool,
    /// The roles `team_lead` and `team_staff` that the person holds.
    pub roles: Roles,
}

/// The active teams of `user`.
pub async fn teams_of(connection: &mut PgConnection, user: UserId) -> Result<Vec<TeamId>> {
    let ids = sqlx::query_scalar!(
        "
        select t.id
        from team_member m
        join team t on t.id = m.team_id
        where m.user_id = $1
          and t.active
        order by t.id
        ",
        user.0,
    );
    Ok(ids
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(TeamId)
        .collect())
}

/// One team of the office, active or not.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    team: TeamId,
) -> Result<Option<Team>> {
    let row = sqlx::query_as!(
        TeamRow,
        "select id, name, active, version, created_at from team where id = $1 and office_id = $2",
        team.0,
        office.0
    );
    let found = row.fetch_optional(&mut *connection).await?;
    Ok(with_members(connection, found.into_iter().collect())
        .await?
        .pop())
}

/// Lists teams of the office, oldest first, after a cursor.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    active: Option<bool>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Team>> {
    let (after_time, after_id) = after.unzip();
    let rows = sqlx::query_as!(
        TeamRow,
        "
        select id, name, active, version, created_at
        from team
        where office_id = $1
          and ($2::boolean is null or active = $2)
          and ($3::timestamptz is null or (created_at, id) > ($3, $4))
        order by created_at, id
        limit $5
        ",
        office.0,
        active,
        after_time,
        after_id,
        limit,
    );
    let found = rows.fetch_all(&mut *connection).await?;
    with_members(connection, found).await
}

/// Inserts a team without members.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    id: TeamId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let added = sqlx::query!(
        "insert into team (id, office_id, name, created_at) values ($1, $2, $3, $4)",
        id.0,
        office.0,
        name,
        now
    );
    added
        .execute(connection)
        .await
        .on_constraint("team_name_is_unique", taken)?;
    Ok(())
}

/// Locks a team of the office until the transaction ends; returns false if there is none.
pub async fn lock(connection: &mut PgConnection, office: OfficeId, id: TeamId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select 1 as "one!" from team where id = $1 and office_id = $2 for update"#,
        id.0,
        office.0
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// Updates name and state of a team and increments its version.
pub async fn change(
    connection: &mut PgConnection,
    id: TeamId,
    name: &str,
    active: bool,
) -> Result<()> {
    let changed = sqlx::query!(
        "update team set name = $2, active = $3, version = version + 1 where id = $1",
        id.0,
        name,
        active
    );
    changed
        .execute(connection)
        .await
        .on_constraint("team_name_is_unique", taken)?;
    Ok(())
}

/// Adds a member.
pub async fn add_member(connection: &mut PgConnection, id: TeamId, user: UserId) -> Result<()> {
    sqlx::query!(
        "insert into team_member (team_id, user_id) values ($1, $2)",
        id.0,
        user.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a member.
pub async fn remove_member(connection: &mut PgConnection, id: TeamId, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from team_member where team_id = $1 and user_id = $2",
        id.0,
        user.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Filters `users` for active staff of the office.
pub async fn filter_staff(
    connection: &mut PgConnection,
    office: OfficeId,
    users: &[UserId],
) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    let staff = sqlx::query_scalar!(
        "select id from app_user where office_id = $1 and customer_id is null and active and id = any ($2)",
        office.0,
        &ids,
    );
    Ok(staff
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(UserId)
        .collect())
}

struct TeamRow {
    id: Uuid,
    name: String,
    active: bool,
    version: i64,
    created_at: DateTime<Utc>,
}

async fn with_members(connection: &mut PgConnection, rows: Vec<TeamRow>) -> Result<Vec<Team>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let found = sqlx::query!(
        r#"
        select m.team_id, m.user_id, u.display_name, u.active and u.password_hash is not null as "active!",
               array(select r.role from user_role r where r.user_id = u.id and r.role in ('team_lead', 'team_staff')) as "roles!"
        from team_member m
        join app_user u on u.id = m.user_id
        where m.team_id = any ($1)
        order by u.display_name, u.id
        "#,
        &ids,
    );
    let found = found.fetch_all(connection).await?;
    let members_of = |team: Uuid| {
        let members = found
            .iter()
            .filter(|member| member.team_id == team)
            .map(|member| Member {
                user: UserId(member.user_id),
                display_name: member.display_name.clone(),
                active: member.active,
                roles: Roles::from_codes(member.roles.iter().map(String::as_str)),
            });
        members.collect()
    };
    let teams = rows.into_iter().map(|row| {
        let TeamRow {
            id,
            name,
            active,
            version,
            created_at,
        } = row;
        Team {
            id: TeamId(id),
            name,
            active,
            members: members_of(id),
            created_at,
            version,
        }
    });
    Ok(teams.collect())
}

fn taken() -> Error {
    Error::new(Code::Conflict).detail(
        "Tim dengan nama ini sudah ada.",
        "A team with this name already exists.",
    )
}
