//! The SQL of tokens that went out by mail. Tokens come as their digests.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::mail::Purpose;

/// The account a token is about. `Debug` is not derived: it would show an address.
pub struct Account {
    /// The account.
    pub id: Uuid,
    /// Its office.
    pub office_id: Uuid,
    /// As typed.
    pub email: String,
    /// Whether mail was proved to arrive there.
    pub verified: bool,
    /// In which language mails to it are written.
    pub language: String,
}

impl Account {
    /// Office and account as ids.
    pub fn ids(&self) -> (OfficeId, UserId) {
        (OfficeId(self.office_id), UserId(self.id))
    }
}

/// The active account with this e-mail, given in lower case, if it was taken up; locked, so that of two requests one comes second.
pub async fn account_with(connection: &mut PgConnection, email: &str) -> Result<Option<Account>> {
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

/// One account; locked.
pub async fn account(connection: &mut PgConnection, user: UserId) -> Result<Account> {
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

/// The language in which mails to an account are written.
pub async fn language(connection: &mut PgConnection, user: UserId) -> Result<String> {
    Ok(
        sqlx::query_scalar!("select language from app_user where id = $1", user.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Adds the token of a mail; every earlier one for the same is void.
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

/// Makes every open token of this purpose void.
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

/// The active account a good token is about; the token stays as it is.
pub async fn look(
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

/// Uses a token up; false when it is no longer good. Of two who use it at once one comes second.
pub async fn use_up(
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

/// Notes that mail arrives at the address of an account.
pub async fn verify(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update app_user set email_verified_at = $2, version = version + 1 where id = $1 and email_verified_at is null", user.0, now)
        .execute(connection)
        .await?;
    Ok(())
}
