//! The three roles of the database, and how a private server is given them. Elsewhere whoever runs the server makes them (README, deployment).

use sqlx::{ConnectOptions as _, Connection as _};

use super::embedded::PrivatePostgres;

/// The roles of the database, as the private server sets them up (see `migrations/0001_foundation.sql`).
pub const OWNER: &str = "desk_owner";
/// What the service runs as.
pub const APPLICATION: &str = "desk_app";
/// What will read the identities of whistle-blowers.
pub const VAULT: &str = "desk_vault";

/// Sets up the three roles and a database of the owner's on a private server, where they are missing.
///
/// # Errors
/// When the server refuses.
pub async fn create_database(server: &PrivatePostgres, name: &str) -> Result<(), sqlx::Error> {
    let mut superuser = server.connect_options("postgres", "postgres").connect().await?;
    for role in [OWNER, APPLICATION, VAULT] {
        if !sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)").bind(role).fetch_one(&mut superuser).await? {
            sqlx::query(sqlx::AssertSqlSafe(format!("create role {role} login"))).execute(&mut superuser).await?;
        }
    }
    if !sqlx::query_scalar("select exists (select from pg_database where datname = $1)").bind(name).fetch_one(&mut superuser).await? {
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} owner {OWNER}"))).execute(&mut superuser).await?;
    }
    superuser.close().await?;
    Ok(())
}
