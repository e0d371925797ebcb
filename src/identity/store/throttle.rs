//! SQL of login throttling. Accounts and addresses are stored as keyed tags, which reveal neither.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::sign_ins::{self, SignInOutcome};
use crate::error::Result;
use crate::ids::SignInId;

/// A sign-in attempt. It counts as a failure until it is refunded.
#[derive(Debug)]
pub struct Attempt {
    id: i64,
    account_tag: Vec<u8>,
    address_tag: Vec<u8>,
    /// Its row in the log of sign-ins.
    pub sign_in: Option<SignInId>,
    /// True if further attempts are refused should this one fail.
    pub is_last: bool,
}

/// The failures of an account.
#[derive(Debug)]
pub struct FailureCount {
    /// Failures that count for this caller.
    pub failures: i64,
    /// Time of the oldest of them.
    pub oldest: Option<DateTime<Utc>>,
}

/// Locks the account until the transaction ends, so that concurrent attempts cannot exceed the
/// limit.
pub async fn lock(connection: &mut PgConnection, account_tag: &[u8]) -> Result<()> {
    let lock = i64::from_be_bytes(account_tag.first_chunk().copied().unwrap_or_default());
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, lock)
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts the failures of the account since `since` for this address. A known address (signed in
/// since `known_since`) has its own count; all unknown addresses share one.
pub async fn count(
    connection: &mut PgConnection,
    account_tag: &[u8],
    address_tag: &[u8],
    since: DateTime<Utc>,
    known_since: DateTime<Utc>,
) -> Result<FailureCount> {
    let count = sqlx::query_as!(
        FailureCount,
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

/// Records an attempt.
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
        sign_in: None,
        is_last: false,
    })
}

/// Deletes an attempt without a password check.
pub async fn delete_attempt(connection: &mut PgConnection, attempt: &Attempt) -> Result<()> {
    sqlx::query!("delete from login_failure where id = $1", attempt.id)
        .execute(&mut *connection)
        .await?;
    match attempt.sign_in {
        Some(id) => sign_ins::delete(connection, id).await,
        None => Ok(()),
    }
}

/// Records a successful attempt: the address becomes known, and its failures are deleted. Failures
/// from other addresses stay.
pub async fn refund(
    connection: &mut PgConnection,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<()> {
    if let Some(id) = attempt.sign_in {
        sign_ins::set_outcome(connection, id, SignInOutcome::SignedIn).await?;
    }
    clear_failures(connection, &attempt.account_tag, &attempt.address_tag, now).await
}

/// Makes the address known for the account and deletes its failures. Failures from other addresses
/// stay.
pub async fn clear_failures(
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

/// Deletes some expired failures; skips rows that another transaction has locked.
pub async fn delete_expired(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
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

/// Deletes addresses without a recent sign-in.
pub async fn delete_unused_addresses(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "delete from known_address where last_login_at <= $1",
        before
    )
    .execute(connection)
    .await?;
    Ok(())
}
