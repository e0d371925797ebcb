//! The three roles of the database, their creation on a private server, and the check that a given
//! URL signs in as the right role. On a given server the superuser creates them
//! (docs/operations.md, deployment).

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use private_postgres::PrivatePostgres;

/// The owner of the tables (see `migrations/0001_foundation.sql`).
pub const OWNER: &str = "desk_owner";
/// The role of the service.
pub const APPLICATION: &str = "desk_app";
/// The role that reads the identities of reporters.
pub const VAULT: &str = "desk_vault";

/// Creates the three roles and a database of the owner on a private server, if they are missing.
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

/// Predefined roles of PostgreSQL with more access than the grants give.
const PRIVILEGED_ROLES: [&str; 5] = [
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
];

/// The reason why a URL is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The server did not answer.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The URL signs in as another role, or as a role with more rights.
    #[error("{0}")]
    Wrong(String),
}

/// Properties of the role that signed in.
#[derive(Debug, sqlx::FromRow)]
struct RoleFacts {
    /// The session role; `set role` can always return to it.
    name: String,
    superuser: bool,
    /// Roles that bypass row-level security or grants and that the session role is, or can become.
    powers: Vec<String>,
    /// True if the role owns the database or a table, or can become a role that does.
    owns: bool,
    /// The roles of the service that the session role is, or can become.
    member: Vec<String>,
    /// True if the role has the rights of the required role without `set role`.
    fits: bool,
}

/// Checks that `options`, the value of `setting`, signs in as `wanted` (or as a login that is its
/// member) and has no further rights.
///
/// Row-level security, the append-only journal and the vault's exclusive access depend on this
/// separation: an owner, a superuser or a member of both roles could bypass them.
///
/// # Errors
/// One line that names the setting.
pub async fn assert_role(
    options: &PgConnectOptions,
    setting: &str,
    wanted: &str,
) -> Result<(), RoleError> {
    let facts = read_role(options, wanted)
        .await
        .map_err(|error| match error {
            // The server rejected the login: a wrong password, or no such database.
            sqlx::Error::Database(refusal) => RoleError::Wrong(format!(
                "{setting}: the server refuses it: {}",
                refusal.message()
            )),
            other => RoleError::Unreachable(other.to_string()),
        })?;
    let Some(role_problem) = role_problem(&facts, wanted) else {
        return Ok(());
    };
    let made = "deploy/create-roles.sh makes the roles";
    Err(RoleError::Wrong(format!(
        "{setting} must sign in as {wanted}, and signs in as {}, which {role_problem}; {made}",
        facts.name
    )))
}

async fn read_role(options: &PgConnectOptions, wanted: &str) -> Result<RoleFacts, sqlx::Error> {
    let mut connection = options.connect().await?;
    // Not a checked query: it is about the server and no table of ours.
    let facts = sqlx::query_as(
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
    .bind(PRIVILEGED_ROLES.as_slice())
    .bind([OWNER, APPLICATION, VAULT].as_slice())
    .fetch_one(&mut connection)
    .await;
    connection.close().await?;
    facts
}

/// Describes why a role is not acceptable as `wanted`; `None` if it is.
fn role_problem(facts: &RoleFacts, wanted: &str) -> Option<String> {
    if facts.superuser {
        return Some("is a superuser".to_owned());
    }
    if facts.owns {
        return Some("owns the database or its tables, or is a member of their owner".to_owned());
    }
    if let Some(power) = facts.powers.first() {
        let itself = *power == facts.name;
        return Some(if itself {
            "may bypass row security, make roles or replicate".to_owned()
        } else {
            format!("is a member of {power}")
        });
    }
    if let Some(other) = facts.member.iter().find(|role| *role != wanted) {
        return Some(if *other == facts.name {
            "is another role of the service".to_owned()
        } else {
            format!("is a member of {other} too")
        });
    }
    (!facts.fits).then(|| "is neither that role nor a member that inherits its rights".to_owned())
}
