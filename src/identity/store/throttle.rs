//! The SQL of login throttling. Accounts and addresses come as tags; nothing here can tell whose they are.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// An attempt that counts as a failure until it is forgiven.
#[derive(Debug)]
pub struct Attempt {
    id: i64,
    account_tag: Vec<u8>,
    address_tag: Vec<u8>,
}

/// How often an account was tried in vain.
#[derive(Debug)]
pub struct Count {
    /// Failures that count for this caller.
    pub failures: i64,
    /// When the oldest of them was.
    pub oldest: Option<DateTime<Utc>>,
}

/// One attempt on an account at a time: two must not both be the last that is allowed.
pub async fn lock(connection: &mut PgConnection, account_tag: &[u8]) -> Result<()> {
    let lock = i64::from_be_bytes(account_tag.first_chunk().copied().unwrap_or_default());
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, lock)
        .execute(connection)
        .await?;
    Ok(())
}

/// The failures of the account since `since` that count for this address: its own when it is known (since `known_since`), else those of all that
/// are not.
pub async fn count(
    connection: &mut PgConnection,
    account_tag: &[u8],
    address_tag: &[u8],
    since: DateTime<Utc>,
    known_since: DateTime<Utc>,
) -> Result<Count> {
    let count = sqlx::query_as!(
        Count,
        r#"
        with known as (
            select k.address_tag
            from known_address k
            where k.account_tag = $1
              and k.last_login_at > $4
        )
        select count(*) as "failures!", min(f.at) as oldest
        from login_failure f
        where f.account_tag = $1
          and f.at > $3
          and case
                when exists (select from known where address_tag = $2) then f.address_tag = $2
                else not exists (select from known where known.address_tag = f.address_tag)
              end
        "#,
        account_tag,
        address_tag,
        since,
        known_since,
    );
    Ok(count.fetch_one(connection).await?)
}

/// Writes an attempt down.
pub async fn add(
    connection: &mut PgConnection,
    account_tag: Vec<u8>,
    address_tag: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Attempt> {
    let id = sqlx::query_scalar!(
        "insert into login_failure (account_tag, address_tag, at) values ($1, $2, $3) returning id",
        account_tag,
        address_tag,
        now,
    );
    Ok(Attempt {
        id: id.fetch_one(connection).await?,
        account_tag,
        address_tag,
    })
}

/// The attempt was no failure: it was never weighed.
pub async fn forget(connection: &mut PgConnection, attempt: &Attempt) -> Result<()> {
    sqlx::query!("delete from login_failure where id = $1", attempt.id)
        .execute(connection)
        .await?;
    Ok(())
}

/// The attempt succeeded: its address is known from now on, and its failures are forgiven. Those of others stay.
pub async fn refund(
    connection: &mut PgConnection,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<()> {
    pardon(connection, &attempt.account_tag, &attempt.address_tag, now).await
}

/// The address is known to be the account's from now on, and what was tried from there is forgiven. What others tried stays.
pub async fn pardon(
    connection: &mut PgConnection,
    account_tag: &[u8],
    address_tag: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "delete from login_failure where account_tag = $1 and address_tag = $2",
        account_tag,
        address_tag
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        insert into known_address (account_tag, address_tag, last_login_at)
        values ($1, $2, $3)
        on conflict (account_tag, address_tag) do update
            set last_login_at = excluded.last_login_at
        ",
        account_tag,
        address_tag,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes some failures that count no longer; never waits for another who does the same.
pub async fn forget_old(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "
        delete from login_failure
        where id in (
            select id
            from login_failure
            where at <= $1
            order by at
            limit 100
            for update skip locked
        )
        ",
        before,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes addresses that are known no longer.
pub async fn forget_addresses(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "delete from known_address where last_login_at <= $1",
        before
    )
    .execute(connection)
    .await?;
    Ok(())
}
