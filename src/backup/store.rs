//! The SQL of a restoration, as the owner of the tables. Unchecked, because the database is empty.

use std::time::Duration;

use futures_util::stream::BoxStream;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::database::migrate::RESTORE_MARK;
use crate::supervisor::Failure;

/// Marks the database as one whose restoration has begun; says whether it was marked before.
///
/// # Errors
/// When it holds anything else.
pub async fn mark_empty_database(owner: &mut PgConnection) -> Result<bool, Failure> {
    let (marked, in_use): (bool, bool) = sqlx::query_as(
        "select to_regclass($1) is not null,
                exists (
                    select from pg_class c
                    join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p', 'v', 'S')
                      and n.nspname not in ('pg_catalog', 'information_schema')
                      and n.nspname not like 'pg_toast%'
                )",
    )
    .bind(RESTORE_MARK)
    .fetch_one(&mut *owner)
    .await?;
    if marked {
        return Ok(true);
    }
    if in_use {
        return Err(
            "the database is not empty: a backup is restored into a new one (create database desk owner desk_owner)"
                .into(),
        );
    }
    mark(owner).await?;
    Ok(false)
}

async fn mark(owner: &mut PgConnection) -> Result<(), Failure> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "create table {RESTORE_MARK} ()"
    )))
    .execute(owner)
    .await?;
    Ok(())
}

/// Keeps other runs away from the database, as long as the connection is open.
pub async fn claim(owner: &mut PgConnection) -> Result<(), Failure> {
    let claimed: bool =
        sqlx::query_scalar("select pg_try_advisory_lock(hashtext('service-desk restore'))")
            .fetch_one(owner)
            .await?;
    if claimed {
        return Ok(());
    }
    Err("another restore into this database is running".into())
}

/// Removes what an interrupted restoration left in a marked database; the mark stays.
pub async fn empty_marked_database(owner: &mut PgConnection) -> Result<(), Failure> {
    // The `pg_restore` of a killed run may still be writing.
    while sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = current_user and application_name = 'pg_restore'",
    )
    .execute(&mut *owner)
    .await?
    .rows_affected()
        > 0
    {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut transaction = owner.begin().await?;
    sqlx::raw_sql("drop owned by current_user cascade")
        .execute(&mut *transaction)
        .await?;
    mark(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

/// Prepares the restored database for the service, which starts from now on.
pub async fn finish(owner: &mut PgConnection) -> Result<(), Failure> {
    // The dump has no statistics of the planner.
    let script = format!("analyze; drop table {RESTORE_MARK}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script))
        .execute(owner)
        .await?;
    Ok(())
}

/// Key and SHA-256 of each document.
pub fn documents(owner: &mut PgConnection) -> BoxStream<'_, sqlx::Result<(String, Vec<u8>)>> {
    sqlx::query_as("select object_key, sha256 from document_version").fetch(owner)
}
