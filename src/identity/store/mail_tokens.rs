//! SQL of the tokens in mails, stored as digests.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::mail::Purpose;

/// The account of a token. `Debug` is not derived, because it would show an address.
pub struct Account {
    /// The account.
    pub id: Uuid,
    /// The office.
    pub office_id: Uuid,
    /// The e-mail as typed.
    pub email: String,
    /// True if the address is verified.
    pub verified: bool,
    /// Language of mails to the account.
    pub language: String,
}

impl Account {
    /// Ids of office and account.
    pub fn ids(&self) -> (OfficeId, UserId) {
        (OfficeId(self.office_id), UserId(self.id))
    }
}

/// The active account with this lower-case e-mail, if its owner has chosen a password. Locks the
/// row, so that concurrent requests run one after the other.
pub async fn lock_account_by_email(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Account>> {
    let found = sqlx::query_as!(
        Account,
        r#"
        select id, office_id, email, email_verified_at is not null as "verified!", language
        from app_user
        where lower(email) = $1
          and active
          and password_hash is not null
        for update
        "#,
        email,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// One account, locked.
pub async fn lock_account(connection: &mut PgConnection, user: UserId) -> Result<Account> {
    let found = sqlx::query_as!(
        Account,
        r#"
        select id, office_id, email, email_verified_at is not null as "verified!", language
        from app_user
        where id = $1
        for update
        "#,
        user.0,
    );
    Ok(found.fetch_one(connection).await?)
}

/// Language of mails to an account.
pub async fn language(connection: &mut PgConnection, user: UserId) -> Result<String> {
    Ok(
        sqlx::query_scalar!("select language from app_user where id = $1", user.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Inserts the token of a mail and voids earlier tokens for the same purpose.
pub async fn add(
    connection: &mut PgConnection,
    (mail, digest): (Uuid, &[u8]),
    user: UserId,
    purpose: Purpose,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    void(connection, user, purpose, now).await?;
    sqlx::query!(
        "insert into mail_token (mail_id, user_id, purpose, digest, expires_at) values ($1, $2, $3, $4, $5)",
        mail,
        user.0,
        purpose.code(),
        digest,
        expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Voids all open tokens for this purpose.
pub async fn void(
    connection: &mut PgConnection,
    user: UserId,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update mail_token
        set voided_at = $3
        where user_id = $1
          and purpose = $2
          and used_at is null
          and voided_at is null
        ",
        user.0,
        purpose.code(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The active account of a valid token. Does not consume the token.
pub async fn find_account(
    connection: &mut PgConnection,
    digest: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Account>> {
    let found = sqlx::query_as!(
        Account,
        r#"
        select u.id, u.office_id, u.email, u.email_verified_at is not null as "verified!", u.language
        from mail_token t
        join app_user u on u.id = t.user_id
        where t.digest = $1
          and t.purpose = $2
          and t.used_at is null
          and t.voided_at is null
          and t.expires_at > $3
          and u.active
        "#,
        digest,
        purpose.code(),
        now,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Consumes a token; returns false if it is no longer valid. Of two concurrent requests only one
/// succeeds.
pub async fn consume(
    connection: &mut PgConnection,
    digest: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<bool> {
    let used = sqlx::query!(
        "
        update mail_token
        set used_at = $3
        where digest = $1
          and purpose = $2
          and used_at is null
          and voided_at is null
          and expires_at > $3
        ",
        digest,
        purpose.code(),
        now,
    );
    Ok(used.execute(connection).await?.rows_affected() > 0)
}

/// Marks the address of an account as verified.
pub async fn verify(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update app_user set email_verified_at = $2, version = version + 1 where id = $1 and email_verified_at is null", user.0, now)
        .execute(connection)
        .await?;
    Ok(())
}
