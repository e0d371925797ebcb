//! SQL of integration keys.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::signed_in::{SessionState, SignedIn};
use crate::ids::{CustomerId, IntegrationId, OfficeId, SessionId, UserId};
use crate::sop::role::Roles;
use crate::web::scope::Scope;

/// A key without its secret.
#[derive(Debug)]
pub struct IntegrationRow {
    /// Its id.
    pub id: Uuid,
    /// The owner.
    pub owner_id: Uuid,
    /// Purpose of the key.
    pub name: String,
    /// Codes of its scopes.
    pub scopes: Vec<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The last day on which it is valid.
    pub last_day: NaiveDate,
    /// The last day on which it was used.
    pub last_used_on: Option<NaiveDate>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A new key.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// Its id.
    pub id: IntegrationId,
    /// The office.
    pub office: OfficeId,
    /// The owner.
    pub owner: UserId,
    /// Purpose of the key.
    pub name: &'a str,
    /// Codes of its scopes.
    pub scopes: &'a [String],
    /// SHA-256 of the key.
    pub digest: &'a [u8],
    /// The last day on which it is valid.
    pub last_day: NaiveDate,
}

/// A valid key, for authorising a request.
#[derive(Debug)]
pub struct ActiveKey {
    /// The key.
    pub id: IntegrationId,
    /// The owner with their own roles. The role of an acting appointment is not available to keys.
    pub caller: SignedIn,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// The last day on which it was used.
    pub last_used_on: Option<NaiveDate>,
}

/// The key with this digest, if it is valid on `today` and the owner's account is active.
pub async fn find_by_digest(
    connection: &mut PgConnection,
    digest: &[u8],
    today: NaiveDate,
) -> Result<Option<ActiveKey>> {
    let row = sqlx::query!(
        r#"
        select i.id, i.scopes, i.last_used_on, u.id as user_id, u.office_id, u.customer_id, u.display_name,
               array(select r.role from user_role r where r.user_id = u.id) as "roles!"
        from integration i
        join app_user u on u.id = i.owner_id
        where i.digest = $1
          and i.revoked_at is null
          and i.last_day >= $2
          and u.active
        "#,
        digest,
        today,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| ActiveKey {
        id: IntegrationId(row.id),
        caller: SignedIn {
            user: UserId(row.user_id),
            // A session id that no session has, so that session queries find nothing.
            session: SessionId(row.id),
            office: OfficeId(row.office_id),
            customer: row.customer_id.map(CustomerId),
            roles: Roles::from_codes(row.roles.iter().map(String::as_str)),
            acting: None,
            name: row.display_name,
            state: SessionState::default(),
        },
        scopes: row
            .scopes
            .iter()
            .filter_map(|code| Scope::from_code(code))
            .collect(),
        last_used_on: row.last_used_on,
    }))
}

/// Records that the key was used on this day.
pub async fn record_use(
    connection: &mut PgConnection,
    id: IntegrationId,
    on: NaiveDate,
) -> Result<()> {
    sqlx::query!("update integration set last_used_on = $2 where id = $1 and last_used_on is distinct from $2", id.0, on).execute(connection).await?;
    Ok(())
}

/// Inserts a key.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewKey<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into integration (id, office_id, owner_id, name, scopes, digest, created_at, last_day)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
        new.id.0,
        new.office.0,
        new.owner.0,
        new.name,
        new.scopes,
        new.digest,
        now,
        new.last_day,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the valid keys of a person. Locks the person's row, so that concurrent requests cannot
/// exceed the limit.
pub async fn count_in_force(
    connection: &mut PgConnection,
    owner: UserId,
    today: NaiveDate,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"select 1 as "one!" from app_user where id = $1 for update"#,
        owner.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from integration where owner_id = $1 and revoked_at is null and last_day >= $2"#,
        owner.0,
        today,
    );
    Ok(count.fetch_one(connection).await?)
}

/// Locks a key until the transaction ends.
pub async fn lock(connection: &mut PgConnection, id: IntegrationId) -> Result<()> {
    sqlx::query_scalar!(
        r#"select 1 as "one!" from integration where id = $1 for update"#,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// One key of the office.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: IntegrationId,
) -> Result<Option<IntegrationRow>> {
    let row = sqlx::query_as!(
        IntegrationRow,
        "
        select id, owner_id, name, scopes, created_at, last_day, last_used_on, revoked_at, version
        from integration
        where id = $1
          and office_id = $2
        ",
        id.0,
        office.0,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lists keys of the office, oldest first, after a cursor; of one owner or of all.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    owner: Option<UserId>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<IntegrationRow>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        IntegrationRow,
        "
        select id, owner_id, name, scopes, created_at, last_day, last_used_on, revoked_at, version
        from integration
        where office_id = $1
          and ($2::uuid is null or owner_id = $2)
          and ($3::timestamptz is null or (created_at, id) > ($3, $4))
        order by created_at, id
        limit $5
        ",
        office.0,
        owner.map(|owner| owner.0),
        at,
        id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Updates a key and increments its version.
pub async fn change(
    connection: &mut PgConnection,
    id: IntegrationId,
    name: &str,
    scopes: &[String],
    last_day: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "
        update integration
        set name = $2, scopes = $3, last_day = $4, version = version + 1
        where id = $1
        ",
        id.0,
        name,
        scopes,
        last_day,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes a key; returns false if it is already revoked.
pub async fn revoke(
    connection: &mut PgConnection,
    id: IntegrationId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let revoked = sqlx::query!(
        "
        update integration
        set revoked_at = $3, revoked_by = $2, version = version + 1
        where id = $1
          and revoked_at is null
        ",
        id.0,
        by.0,
        now,
    );
    Ok(revoked.execute(connection).await?.rows_affected() > 0)
}
