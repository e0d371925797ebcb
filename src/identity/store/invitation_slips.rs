//! The SQL of printed invitations: two codes, each of another administrator. Codes come as their digests.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// A printed invitation.
#[derive(Debug)]
pub struct Slip {
    /// The administrator who was shown the first code.
    pub first_by: Uuid,
    /// The administrator who was shown the second one.
    pub second_by: Option<Uuid>,
    /// Until when it is good.
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

/// Begins a new slip, in the place of an earlier one.
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

/// Adds the second code.
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

/// Drops the slip of an account, and says whether there was one.
pub async fn drop_slip(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let dropped = sqlx::query!("delete from invitation_slip where user_id = $1", user.0)
        .execute(connection)
        .await?;
    Ok(dropped.rows_affected() > 0)
}

/// The active account whose slip has these two codes, in either order, and is still good.
pub async fn look(
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

/// Uses a slip up; false when it is no longer good. Of two who use it at once one comes second.
pub async fn use_up(
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
