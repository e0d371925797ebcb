//! Migrations of the service's schema and of the job engine's, run as the owner. An advisory lock
//! lets one process migrate at a time.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

/// The migrations of this build, forward only.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The table that stands in a database while a backup is restored into it. It has no rows.
pub(crate) const RESTORE_MARK: &str = "restore_unfinished";

/// Migrates the database of `owner`. Repeated runs change nothing; concurrent runs wait for each
/// other.
///
/// # Errors
/// When the server cannot be reached, or a migration fails; a failed migration leaves no changes.
pub(crate) async fn migrate(
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

/// Checks, as the application, that the database is not older than this build. A newer one is
/// accepted, because each release works with the schema of the next one.
///
/// # Errors
/// A message for the operator: the server cannot be reached, or the database must be migrated
/// first.
pub async fn assert_migrated(
    app: &PgConnectOptions,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut connection = app
        .connect()
        .await
        .map_err(|error| format!("the database cannot be reached: {error}"))?;
    let is_unfinished: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(RESTORE_MARK)
        .fetch_one(&mut connection)
        .await?;
    if is_unfinished {
        return Err(
            "a backup was restored into this database only in part: run `service-desk restore` again"
                .into(),
        );
    }
    // An unchecked query, because sqlx creates this table outside the migrations. If the table is
    // missing or not readable, no migration was run.
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
