//! The SQL of the test authority.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// "The authority is being made", as a lock of the database: any number will do as long as it is always the same.
const LOCK: i64 = 0x6c65_7474_6572_6361;

/// The authority as it is kept.
pub struct Kept {
    /// The private key, sealed.
    pub sealed: Vec<u8>,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
}

/// Makes this transaction the only one that looks whether there is an authority, and gives the name of the office it is for.
///
/// # Errors
/// When the server refuses, or no office was founded yet.
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

/// The authority, when there is one.
///
/// # Errors
/// When the server refuses.
pub async fn find(connection: &mut PgConnection) -> Result<Option<Kept>> {
    Ok(
        sqlx::query_as!(Kept, "select sealed, certificate from letter_authority")
            .fetch_optional(connection)
            .await?,
    )
}

/// Keeps a new one.
///
/// # Errors
/// When the server refuses.
pub async fn add(connection: &mut PgConnection, kept: &Kept, now: DateTime<Utc>) -> Result<()> {
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
