//! SQL of the test authority.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// Number of the advisory lock for creating the authority; arbitrary, but constant.
const LOCK: i64 = 0x6c65_7474_6572_6361;

/// The stored authority.
pub struct SealedAuthority {
    /// The sealed private key.
    pub sealed: Vec<u8>,
    /// The certificate in DER.
    pub certificate: Vec<u8>,
}

/// Takes the lock for creating the authority until the transaction ends; returns the name of the
/// first office.
///
/// # Errors
/// Also when there is no office yet.
pub async fn lock_first_office(connection: &mut PgConnection) -> Result<String> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK)
        .execute(&mut *connection)
        .await?;
    Ok(
        sqlx::query_scalar!("select name from office order by created_at limit 1")
            .fetch_one(connection)
            .await?,
    )
}

/// The stored authority, if there is one.
pub async fn find(connection: &mut PgConnection) -> Result<Option<SealedAuthority>> {
    Ok(sqlx::query_as!(
        SealedAuthority,
        "select sealed, certificate from letter_authority"
    )
    .fetch_optional(connection)
    .await?)
}

/// Stores a new authority.
pub async fn add(
    connection: &mut PgConnection,
    kept: &SealedAuthority,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into letter_authority (sealed, certificate, created_at) values ($1, $2, $3)",
        kept.sealed,
        kept.certificate,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
