//! Brings a database to the present: our own migrations and the job engine's, as the owner, one process at a time.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

/// The migrations of this build, forward only.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Migrates the database behind `owner`. Running it again does nothing; two at once wait for each other.
///
/// # Errors
/// When the server cannot be reached, or a migration fails: then that migration has left nothing behind.
pub async fn migrate(
    owner: PgConnectOptions,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(owner)
        .await?;
    MIGRATOR.run(&pool).await?;
    graphile_worker::WorkerOptions::default()
        .pg_pool(pool.clone())
        .init()
        .await?;
    sqlx::raw_sql(include_str!("job_rights.sql"))
        .execute(&pool)
        .await?;
    pool.close().await;
    Ok(())
}

/// Makes sure, as the application, that the database is not older than this build. A newer one is fine: a release works with the next one's schema.
///
/// # Errors
/// In words for whoever starts the program: that it cannot be reached, or must be migrated first.
pub async fn must_be_present(
    app: &PgConnectOptions,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = app
        .connect()
        .await
        .map_err(|error| format!("the database cannot be reached: {error}"))?;
    // Not a checked query: the table is sqlx's own and in no migration of ours. Without it, or without the right to see it, nothing was migrated.
    let newest = sqlx::query_scalar::<_, Option<i64>>(
        "select max(version) from _sqlx_migrations where success",
    )
    .fetch_one(&mut connection)
    .await;
    connection.close().await?;
    let wanted = MIGRATOR.iter().map(|migration| migration.version).max();
    if newest.ok().flatten() < wanted {
        return Err(
            "the database is older than this program: run `service-desk migrate` first".into(),
        );
    }
    Ok(())
}
