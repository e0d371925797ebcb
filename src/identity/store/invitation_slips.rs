//! SQL of printed invitations. A slip has two codes from different administrators, stored as
//! digests.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// A printed invitation.
#[derive(Debug)]
pub struct Slip {
    /// The administrator with the first code.
    pub first_by: Uuid,
    /// The administrator with the second code.
    pub second_by: Option<Uuid>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// The slip of an account, if there is one.
pub async fn find(connection: &mut PgConnection, user: UserId) -> Result<Option<Slip>> {
    let found = sqlx::query_as!(
        Slip,
        "select first_by, second_by, expires_at from invitation_slip where user_id = $1",
        user.0
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Starts a new slip and replaces an earlier one.
pub async fn begin(
    connection: &mut PgConnection,
    user: UserId,
    by: UserId,
    digest: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into invitation_slip (user_id, first_digest, first_by, expires_at)
        values ($1, $2, $3, $4)
        on conflict (user_id) do update
        set first_digest = excluded.first_digest, first_by = excluded.first_by, second_digest = null, second_by = null, expires_at = excluded.expires_at
        ",
        user.0,
        digest,
        by.0,
        expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the second code.
pub async fn complete(
    connection: &mut PgConnection,
    user: UserId,
    by: UserId,
    digest: &[u8],
) -> Result<()> {
    sqlx::query!(
        "update invitation_slip set second_digest = $2, second_by = $3 where user_id = $1",
        user.0,
        digest,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the slip of an account; returns false if there is none.
pub async fn drop_slip(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let dropped = sqlx::query!("delete from invitation_slip where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(dropped.rows_affected() > 0)
}

/// The active account with these two codes on its slip, in either order, if the slip has not
/// expired.
pub async fn find_account(
    connection: &mut PgConnection,
    one: &[u8],
    other: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(OfficeId, UserId)>> {
    let found = sqlx::query!(
        "
        select u.office_id, u.id
        from invitation_slip s
        join app_user u on u.id = s.user_id
        where (s.first_digest, s.second_digest) in (($1, $2), ($2, $1))
          and s.expires_at > $3
          and u.active
        ",
        one,
        other,
        now,
    );
    Ok(found
        .fetch_optional(connection)
        .await?
        .map(|row| (OfficeId(row.office_id), UserId(row.id))))
}

/// Consumes a slip; returns false if it is no longer valid. Of two concurrent requests only one
/// succeeds.
pub async fn consume(
    connection: &mut PgConnection,
    one: &[u8],
    other: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let used = sqlx::query!(
        "delete from invitation_slip where (first_digest, second_digest) in (($1, $2), ($2, $1)) and expires_at > $3",
        one,
        other,
        now,
    );
    Ok(used.execute(connection).await?.rows_affected() > 0)
}
