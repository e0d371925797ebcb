//! The three roles of the database, how a private server is given them, and whether a given server's URL signs in as the right one. On a given server its
//! superuser makes them (docs/operations.md, deployment).

use sqlx::postgres::PgConnectOptions;
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
    let mut superuser = server
        .connect_options("postgres", "postgres")
        .connect()
        .await?;
    for role in [OWNER, APPLICATION, VAULT] {
        if !sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut superuser)
            .await?
        {
            sqlx::query(sqlx::AssertSqlSafe(format!("create role {role} login")))
                .execute(&mut superuser)
                .await?;
        }
    }
    if !sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut superuser)
        .await?
    {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "create database {name} owner {OWNER}"
        )))
        .execute(&mut superuser)
        .await?;
    }
    superuser.close().await?;
    Ok(())
}

/// Roles of PostgreSQL's own that see or change more than their grants say.
const POWERS: [&str; 5] = [
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
];

/// Why a URL may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleFault {
    /// The server did not answer.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// It is another role than the one it must be, or one that can do more.
    #[error("{0}")]
    Wrong(String),
}

/// What the server says of a role.
#[derive(Debug, sqlx::FromRow)]
struct Told {
    /// The role that signed in; `set role` can always go back to it.
    name: String,
    superuser: bool,
    /// Roles that bypass row security or grants, the role itself among them, that it is or can become.
    powers: Vec<String>,
    /// Whether it owns the database or a table, or can become a role that does.
    owns: bool,
    /// The service's roles whose rights it has, or that it can become.
    member: Vec<String>,
    /// Whether it has the rights of the wanted role without `set role`.
    fits: bool,
}

/// Makes sure that `options`, the value of `setting`, signs in as `wanted` (or as a login that is its member) and can do no more than that role.
///
/// Row-level security, the journal that cannot be rewritten, and the vault that only one role opens all rest on this: an owner, a superuser or a member of
/// both roles would pass each of them.
///
/// # Errors
/// One line that names the setting.
pub async fn assert_role(
    options: &PgConnectOptions,
    setting: &str,
    wanted: &str,
) -> Result<(), RoleFault> {
    let told = ask(options, wanted).await.map_err(|error| match error {
        // It answered, and did not let the role in: a wrong password, or no such database.
        sqlx::Error::Database(refusal) => RoleFault::Wrong(format!(
            "{setting}: the server refuses it: {}",
            refusal.message()
        )),
        other => RoleFault::Unreachable(other.to_string()),
    })?;
    let Some(wrong) = wrong(&told, wanted) else {
        return Ok(());
    };
    let made = "deploy/create-roles.sh makes the roles";
    Err(RoleFault::Wrong(format!(
        "{setting} must sign in as {wanted}, and signs in as {}, which {wrong}; {made}",
        told.name
    )))
}

async fn ask(options: &PgConnectOptions, wanted: &str) -> Result<Told, sqlx::Error> {
    let mut connection = options.connect().await?;
    // Not a checked query: it is about the server and no table of ours.
    let told = sqlx::query_as(
        r"
        select
            session_user::text as name,
            (select rolsuper from pg_roles where rolname = session_user) as superuser,
            array(
                select rolname::text
                from pg_roles
                where (rolsuper or rolbypassrls or rolcreaterole or rolreplication or rolname = any ($2))
                  and pg_has_role(session_user, oid, 'member')
                order by rolname = session_user desc, rolname
            ) as powers,
            (
                select pg_has_role(session_user, datdba, 'member')
                from pg_database
                where datname = current_database()
            ) or exists (
                select
                from pg_class
                join pg_namespace on pg_namespace.oid = relnamespace
                where nspname !~ '^(pg_|information_schema$)'
                  and pg_has_role(session_user, relowner, 'member')
            ) as owns,
            array(
                select rolname::text
                from pg_roles
                where rolname = any ($3)
                  and pg_has_role(session_user, oid, 'member')
            ) as member,
            coalesce((select pg_has_role(current_user, oid, 'usage') from pg_roles where rolname = $1), false) as fits
        ",
    )
    .bind(wanted)
    .bind(POWERS.as_slice())
    .bind([OWNER, APPLICATION, VAULT].as_slice())
    .fetch_one(&mut connection)
    .await;
    connection.close().await?;
    told
}

/// What is wrong with a role that must be `wanted`, if anything is.
fn wrong(told: &Told, wanted: &str) -> Option<String> {
    if told.superuser {
        return Some("is a superuser".to_owned());
    }
    if told.owns {
        return Some("owns the database or its tables, or is a member of their owner".to_owned());
    }
    if let Some(power) = told.powers.first() {
        let itself = *power == told.name;
        return Some(if itself {
            "may bypass row security, make roles or replicate".to_owned()
        } else {
            format!("is a member of {power}")
        });
    }
    if let Some(other) = told.member.iter().find(|role| *role != wanted) {
        return Some(if *other == told.name {
            "is another role of the service".to_owned()
        } else {
            format!("is a member of {other} too")
        });
    }
    (!told.fits).then(|| "is neither that role nor a member that inherits its rights".to_owned())
}
