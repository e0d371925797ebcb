//! The SQL of the vault. Sealing is the application's call; the rest is done on connections of the vault's own role.

use sqlx::PgConnection;

use crate::error::Result;

/// Puts a sealed identity into the vault, as the application: it can do nothing else there.
///
/// # Errors
/// When the server refuses.
pub async fn seal(
    connection: &mut PgConnection,
    case_ref: &[u8; 32],
    fingerprint: &[u8; 32],
    sealed: &[u8],
) -> Result<()> {
    sqlx::query!(
        r#"select vault.seal($1, $2, $3) as "sealed: ()""#,
        case_ref.as_slice(),
        fingerprint.as_slice(),
        sealed
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// The sealed identity of a case, as the vault.
///
/// # Errors
/// When the server refuses.
pub async fn find(connection: &mut PgConnection, case_ref: &[u8; 32]) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select sealed from vault.identity where case_ref = $1",
        case_ref.as_slice()
    )
    .fetch_optional(connection)
    .await?)
}

/// Whether any identity lies here, as the vault.
///
/// # Errors
/// When the server refuses.
pub async fn holds_any(connection: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from vault.identity) as "any!""#)
            .fetch_one(connection)
            .await?,
    )
}

/// Deletes the row of a case, as the vault.
///
/// # Errors
/// When the server refuses.
pub async fn forget(connection: &mut PgConnection, case_ref: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "delete from vault.identity where case_ref = $1",
        case_ref.as_slice()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The fingerprints of custodians' keys the service was started with, with their tags.
///
/// # Errors
/// When the server refuses.
pub async fn pinned(connection: &mut PgConnection) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let rows = sqlx::query!(
        "select fingerprint, mac from vault.custodian_key order by pinned_on, fingerprint"
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.fingerprint, row.mac))
        .collect())
}

/// Pins a custodian's key.
///
/// # Errors
/// When the server refuses.
pub async fn pin(
    connection: &mut PgConnection,
    fingerprint: &[u8; 32],
    mac: &[u8; 32],
    on: chrono::NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "insert into vault.custodian_key (fingerprint, pinned_on, mac) values ($1, $2, $3) on conflict do nothing",
        fingerprint.as_slice(),
        on,
        mac.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
