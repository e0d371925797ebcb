//! SQL of the vault. The application's role can only call `vault.seal`; all other statements run on
//! connections of the vault's role.

use sqlx::PgConnection;

use crate::error::Result;

/// Stores a sealed identity, in the application's role.
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

/// Reads the sealed identity of a case, in the vault's role.
pub async fn find(connection: &mut PgConnection, case_ref: &[u8; 32]) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select sealed from vault.identity where case_ref = $1",
        case_ref.as_slice()
    )
    .fetch_optional(connection)
    .await?)
}

/// Whether the vault holds any identity, in the vault's role.
pub async fn holds_any(connection: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from vault.identity) as "any!""#)
            .fetch_one(connection)
            .await?,
    )
}

/// Deletes the identity of a case, in the vault's role.
pub async fn delete(connection: &mut PgConnection, case_ref: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "delete from vault.identity where case_ref = $1",
        case_ref.as_slice()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists the pinned fingerprints of custodian keys with their MACs.
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

/// Pins a custodian key.
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
