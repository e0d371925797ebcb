//! Brings a database to the present: our own migrations and the job engine's, as the owner, one process at a time.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The migrations of this build, forward only.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Migrates the database behind `owner`. Running it again does nothing; two at once wait for each other.
///
/// # Errors
/// When the server cannot be reached, or a migration fails: then that migration has left nothing behind.
pub async fn migrate(owner: PgConnectOptions) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner).await?;
    MIGRATOR.run(&pool).await?;
    graphile_worker::WorkerOptions::default().pg_pool(pool.clone()).init().await?;
    sqlx::raw_sql(include_str!("job_rights.sql")).execute(&pool).await?;
    pool.close().await;
    Ok(())
}
