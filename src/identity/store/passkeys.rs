//! SQL of passkeys and their challenges.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{FactorId, UserId};

/// The ceremony that a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ChallengePurpose {
    /// Registering a passkey.
    Registration,
    /// Proving the second factor.
    Proof,
}

/// A passkey, for checking an assertion.
#[derive(Debug)]
pub struct PasskeyRow {
    /// The factor.
    pub id: Uuid,
    /// The public key.
    pub public_key: Vec<u8>,
}

/// A new passkey.
#[derive(Debug)]
pub struct NewPasskey<'a> {
    /// The factor.
    pub id: FactorId,
    /// The owner.
    pub user: UserId,
    /// The owner's name for it.
    pub label: &'a str,
    /// The credential's id.
    pub credential_id: &'a [u8],
    /// The public key.
    pub public_key: &'a [u8],
    /// The authenticator's counter.
    pub sign_count: i64,
}

/// Inserts a confirmed passkey.
///
/// # Errors
/// `conflict` when the credential is registered already.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewPasskey<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into second_factor (
            id, user_id, kind, label, credential_id, public_key, sign_count, created_at, confirmed_at
        )
        values ($1, $2, 'passkey', $3, $4, $5, $6, $7, $7)
        ",
        new.id.0,
        new.user.0,
        new.label,
        new.credential_id,
        new.public_key,
        new.sign_count,
        now,
    )
    .execute(connection)
    .await
    .on_constraint("second_factor_credential_is_unique", || {
        Error::new(Code::Conflict).detail(
            "Kunci sandi ini sudah terdaftar.",
            "This passkey is registered already.",
        )
    })?;
    Ok(())
}

/// The passkey of `user` with this credential id.
pub async fn find(
    connection: &mut PgConnection,
    user: UserId,
    credential_id: &[u8],
) -> Result<Option<PasskeyRow>> {
    let row = sqlx::query_as!(
        PasskeyRow,
        r#"
        select id, public_key as "public_key!"
        from second_factor
        where user_id = $1
          and kind = 'passkey'
          and credential_id = $2
        "#,
        user.0,
        credential_id,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lists the credential ids of an account.
pub async fn list_credential_ids(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<Vec<u8>>> {
    let ids = sqlx::query_scalar!(
        r#"
        select credential_id as "credential_id!"
        from second_factor
        where user_id = $1
          and kind = 'passkey'
        order by created_at, id
        "#,
        user.0,
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Records a use with the authenticator's counter; false if the counter has not risen. An
/// authenticator without a counter always sends zero.
pub async fn record_use(
    connection: &mut PgConnection,
    id: FactorId,
    sign_count: i64,
    today: NaiveDate,
) -> Result<bool> {
    let recorded = sqlx::query!(
        "
        update second_factor
        set sign_count = $2, last_used_on = $3
        where id = $1
          and (sign_count < $2 or (sign_count = 0 and $2 = 0))
        ",
        id.0,
        sign_count,
        today,
    )
    .execute(connection)
    .await?;
    Ok(recorded.rows_affected() == 1)
}

/// Inserts a challenge.
pub async fn add_challenge(
    connection: &mut PgConnection,
    digest: &[u8],
    user: UserId,
    purpose: ChallengePurpose,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let purpose: &str = purpose.into();
    sqlx::query!(
        "
        insert into passkey_challenge (digest, user_id, purpose, expires_at)
        values ($1, $2, $3, $4)
        ",
        digest,
        user.0,
        purpose,
        expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Uses a challenge up; false if it is not one of `user` for this purpose, was used before, or has
/// expired.
pub async fn take_challenge(
    connection: &mut PgConnection,
    digest: &[u8],
    user: UserId,
    purpose: ChallengePurpose,
    now: DateTime<Utc>,
) -> Result<bool> {
    let purpose: &str = purpose.into();
    let taken = sqlx::query!(
        "
        delete from passkey_challenge
        where digest = $1
          and user_id = $2
          and purpose = $3
          and expires_at > $4
        ",
        digest,
        user.0,
        purpose,
        now,
    )
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Deletes expired challenges.
pub async fn delete_expired_challenges(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("delete from passkey_challenge where expires_at <= $1", now)
        .execute(connection)
        .await?;
    Ok(())
}
