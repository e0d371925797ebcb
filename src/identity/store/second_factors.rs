//! SQL of second factors and recovery codes.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{FactorId, UserId};

/// The kind of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FactorKind {
    /// An authenticator app (TOTP).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
}

/// A second factor in its owner's list.
#[derive(Debug)]
pub struct FactorRow {
    /// Its id.
    pub id: Uuid,
    /// The kind.
    pub kind: FactorKind,
    /// The owner's name for it.
    pub label: String,
    /// When it was enrolled.
    pub created_at: DateTime<Utc>,
    /// The last day on which it was used.
    pub last_used_on: Option<NaiveDate>,
}

/// The sealed secret of an authenticator app.
#[derive(Debug)]
pub struct TotpRow {
    /// The factor.
    pub id: Uuid,
    /// The sealed secret.
    pub secret: Vec<u8>,
}

/// Locks the second factors of an account until the transaction ends.
pub async fn lock(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("select id from app_user where id = $1 for update", user.0)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Lists the confirmed factors of an account, oldest first.
pub async fn list(connection: &mut PgConnection, user: UserId) -> Result<Vec<FactorRow>> {
    let rows = sqlx::query_as!(
        FactorRow,
        r#"
        select id, kind as "kind: FactorKind", label, created_at, last_used_on
        from second_factor
        where user_id = $1
          and confirmed_at is not null
        order by created_at, id
        "#,
        user.0,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Inserts an app that waits to be confirmed, in place of an earlier one that waits.
pub async fn add_totp(
    connection: &mut PgConnection,
    id: FactorId,
    user: UserId,
    label: &str,
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "delete from second_factor where user_id = $1 and kind = 'totp' and confirmed_at is null",
        user.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        insert into second_factor (id, user_id, kind, label, secret, created_at)
        values ($1, $2, 'totp', $3, $4, $5)
        ",
        id.0,
        user.0,
        label,
        secret,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The app of an account: the confirmed one, or the one that waits and was made after `since`.
pub async fn find_totp(
    connection: &mut PgConnection,
    user: UserId,
    waiting_since: Option<DateTime<Utc>>,
) -> Result<Option<TotpRow>> {
    let row = sqlx::query_as!(
        TotpRow,
        r#"
        select id, secret as "secret!"
        from second_factor
        where user_id = $1
          and kind = 'totp'
          and case
                when $2::timestamptz is null then confirmed_at is not null
                else confirmed_at is null and created_at > $2
              end
        "#,
        user.0,
        waiting_since,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Confirms the app `id`; an earlier app of the account is deleted.
pub async fn confirm_totp(
    connection: &mut PgConnection,
    user: UserId,
    id: FactorId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "delete from second_factor where user_id = $1 and kind = 'totp' and id <> $2",
        user.0,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update second_factor set confirmed_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Accepts the time step of a code; false if this step or a later one was accepted before.
pub async fn accept_step(
    connection: &mut PgConnection,
    id: FactorId,
    step: i64,
    today: NaiveDate,
) -> Result<bool> {
    let accepted = sqlx::query!(
        "
        update second_factor
        set last_step = $2, last_used_on = $3
        where id = $1
          and (last_step is null or last_step < $2)
        ",
        id.0,
        step,
        today,
    )
    .execute(connection)
    .await?;
    Ok(accepted.rows_affected() == 1)
}

/// Deletes one confirmed factor of an account; false if there is none with this id.
pub async fn delete(connection: &mut PgConnection, user: UserId, id: FactorId) -> Result<bool> {
    let gone = sqlx::query!(
        "delete from second_factor where user_id = $1 and id = $2 and confirmed_at is not null",
        user.0,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// Deletes all factors and recovery codes of an account.
pub async fn delete_all(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from second_factor where user_id = $1", user.0)
        .execute(&mut *connection)
        .await?;
    delete_codes(connection, user).await
}

/// Deletes the recovery codes of an account.
pub async fn delete_codes(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("delete from recovery_code where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Inserts recovery codes.
pub async fn add_codes(
    connection: &mut PgConnection,
    user: UserId,
    digests: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into recovery_code (user_id, digest, created_at)
        select $1, digest, $3
        from unnest($2::bytea[]) as digest
        ",
        user.0,
        digests,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Uses a recovery code; false if it is unknown or was used before.
pub async fn use_code(
    connection: &mut PgConnection,
    user: UserId,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let update = sqlx::query!(
        "
        update recovery_code
        set used_at = $3
        where user_id = $1
          and digest = $2
          and used_at is null
        ",
        user.0,
        digest,
        now,
    )
    .execute(connection)
    .await?;
    Ok(update.rows_affected() == 1)
}

/// Counts the unused recovery codes of an account.
pub async fn count_codes(connection: &mut PgConnection, user: UserId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from recovery_code where user_id = $1 and used_at is null"#,
        user.0
    );
    Ok(count.fetch_one(connection).await?)
}
