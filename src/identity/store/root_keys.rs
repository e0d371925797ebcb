//! SQL of the sealed copies of the root key.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// Number of the advisory lock for changing the copies; arbitrary, but constant.
const LOCK: i64 = 0x726f_6f74_5f6b_6579;

/// The root key, sealed under one `MASTER_KEY`.
#[derive(Debug)]
pub struct SealedCopy {
    /// The id of that `MASTER_KEY`.
    pub key_id: String,
    /// The sealed key.
    pub sealed: Vec<u8>,
}

/// Locks the copies until the transaction ends.
pub async fn lock(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK)
        .execute(connection)
        .await?;
    Ok(())
}

/// The copy under the key with this id.
pub async fn find(connection: &mut PgConnection, key_id: &str) -> Result<Option<Vec<u8>>> {
    let sealed = sqlx::query_scalar!("select sealed from root_key where key_id = $1", key_id);
    Ok(sealed.fetch_optional(connection).await?)
}

/// Counts the copies.
pub async fn count(connection: &mut PgConnection) -> Result<i64> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from root_key"#);
    Ok(count.fetch_one(connection).await?)
}

/// The id of the key of the newest copy.
pub async fn newest(connection: &mut PgConnection) -> Result<Option<String>> {
    let newest =
        sqlx::query_scalar!("select key_id from root_key order by created_at desc, key_id limit 1");
    Ok(newest.fetch_optional(connection).await?)
}

/// True if something is sealed under keys that are derived from the root key: the signing keys are
/// made at the first start.
pub async fn has_sealed_data(connection: &mut PgConnection) -> Result<bool> {
    let exists = sqlx::query_scalar!(r#"select exists (select from signing_key) as "exists!""#);
    Ok(exists.fetch_one(connection).await?)
}

/// Deletes the copy under the key with this id, if there is one.
pub async fn delete(connection: &mut PgConnection, key_id: &str) -> Result<()> {
    sqlx::query!("delete from root_key where key_id = $1", key_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Inserts a copy.
pub async fn add(
    connection: &mut PgConnection,
    copy: &SealedCopy,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into root_key (key_id, sealed, created_at) values ($1, $2, $3)",
        copy.key_id,
        copy.sealed,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes the copies under all other keys; returns their number.
pub async fn delete_others(connection: &mut PgConnection, key_id: &str) -> Result<u64> {
    let gone = sqlx::query!("delete from root_key where key_id <> $1", key_id)
        .execute(connection)
        .await?;
    Ok(gone.rows_affected())
}

/// Adds an entry to the journal of the first office, if there is one: the key belongs to the whole
/// installation.
pub async fn record(connection: &mut PgConnection, task: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "
        insert into journal (office_id, subject, subject_id, at, actor_roles, task)
        select o.id, 'root_key', o.id, $1, '{}', $2
        from office o
        order by o.created_at, o.id
        limit 1
        ",
        now,
        task,
    )
    .execute(connection)
    .await?;
    Ok(())
}
