//! The database that is measured: a private PostgreSQL with the settings of `cargo run` (fsync on),
//! migrated, with user accounts, and filled with applications or with complaints (`wbs`).

use std::path::{Path, PathBuf};

use private_postgres::{Durability, PrivatePostgres, Settings};
use service_desk::clock::Clock;
use service_desk::database::roles::{APPLICATION, OWNER, VAULT, create_database};
use service_desk::identity::password::Passwords;
use service_desk::identity::password_rules::Password;
use service_desk::start::prepare;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use uuid::Uuid;

use crate::Outcome;

/// The password of every account.
pub const PASSWORD: &str = "kuda benar baterai";
const DATABASE: &str = "desk";

/// The database server with an owner connection.
pub struct Office {
    server: PrivatePostgres,
    owner: PgConnection,
    /// The id of the office; nil in an empty database.
    pub id: Uuid,
    folder: PathBuf,
    batches: u32,
}

impl Office {
    /// Sets the server up below `folder`, with the office and its accounts.
    pub async fn open(folder: &Path) -> Outcome<Self> {
        let mut office = Self::bare(folder).await?;
        let owner = office.server.connect_options(OWNER, DATABASE);
        office.id = prepare(owner, &Clock::system()).await?.0;
        let hash = Passwords::for_this_machine()
            .hash(Password::new(PASSWORD.to_owned()))
            .await?;
        let people = include_str!("../people.sql").replace("$staff_hash$", &hash);
        office.run(&people).await?;
        Ok(office)
    }

    /// Sets the server up below `folder`, with the roles and an empty database.
    pub async fn bare(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("postgres");
        let path = std::env::var_os("PATH");
        let downloads = folder.with_file_name("downloads");
        let settings = Settings {
            folder: folder.clone(),
            durability: Durability::Full,
            binaries: None,
            path,
            downloads,
        };
        let server = PrivatePostgres::start(&settings).await?;
        create_database(&server, DATABASE).await?;
        let owner = server.connect_options(OWNER, DATABASE).connect().await?;
        Ok(Self {
            server,
            owner,
            id: Uuid::nil(),
            folder,
            batches: 0,
        })
    }

    /// Inserts `count` applications.
    pub async fn fill(&mut self, count: u64) -> Outcome<()> {
        let script = include_str!("../office.sql").replace("$count$", &count.to_string());
        run(&mut self.owner, &script).await?;
        self.analyze_and_checkpoint().await
    }

    /// Updates the planner's statistics and writes a checkpoint.
    pub async fn analyze_and_checkpoint(&mut self) -> Outcome<()> {
        run(&mut self.owner, "analyze").await?;
        self.as_superuser("checkpoint").await
    }

    /// Switches the logging of every statement with its values on or off. Open sessions are ended,
    /// because they would keep the old setting. The service refuses to start on a server with this
    /// logging, so the service must be running already.
    pub async fn set_statement_logging(&mut self, on: bool) -> Outcome<()> {
        if on {
            for (setting, value) in [
                ("log_statement", "'all'"),
                ("log_parameter_max_length", "-1"),
                ("log_error_verbosity", "'default'"),
            ] {
                self.as_superuser(&format!("alter role {APPLICATION} set {setting} = {value}"))
                    .await?;
            }
        } else {
            self.as_superuser(&format!("alter role {APPLICATION} reset all"))
                .await?;
        }
        self.as_superuser(&format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{APPLICATION}'"
        ))
        .await
    }

    /// Runs `script` as the owner.
    pub async fn run(&mut self, script: &str) -> Outcome<()> {
        run(&mut self.owner, script).await
    }

    pub fn owner(&mut self) -> &mut PgConnection {
        &mut self.owner
    }

    /// Opens a connection with the application's role.
    pub async fn as_application(&self) -> Outcome<PgConnection> {
        Ok(self.options().connect().await?)
    }

    /// Opens another connection of the owner.
    pub async fn as_owner(&self) -> Outcome<PgConnection> {
        Ok(self
            .server
            .connect_options(OWNER, DATABASE)
            .connect()
            .await?)
    }

    /// Restarts the server whenever it dies. Returns only when it cannot be started any more.
    pub async fn keep_running(&self) -> private_postgres::Error {
        self.server.keep_running(|| ()).await
    }

    /// The process id of the server.
    pub fn main_process(&self) -> Outcome<u32> {
        let file = std::fs::read_to_string(self.folder.join("pg/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().parse()?)
    }

    /// The process id of one of the service's sessions.
    pub async fn backend_of_service(&self) -> Outcome<u32> {
        let pid: i32 = sqlx::query_scalar(
            "select pid from pg_stat_activity where usename = $1 order by backend_start limit 1",
        )
        .bind(APPLICATION)
        .fetch_one(&mut self.as_superuser_connection().await?)
        .await?;
        Ok(pid.try_into()?)
    }

    /// Whether the database has a table of this name.
    pub async fn has_table(&self, name: &str) -> Outcome<bool> {
        let found = sqlx::query_scalar("select to_regclass($1) is not null")
            .bind(name)
            .fetch_one(&mut self.as_owner().await?)
            .await?;
        Ok(found)
    }

    /// Whether the server takes connections.
    pub async fn is_up(&self) -> bool {
        self.as_owner().await.is_ok()
    }

    /// Inserts `count` submitted applications that no step has changed. Returns the first part of
    /// their ids.
    pub async fn submitted(&mut self, count: u32) -> Outcome<String> {
        self.batches += 1;
        let batch = format!("{:08}", self.batches);
        let script = include_str!("../batch.sql")
            .replace("$batch$", &batch)
            .replace("$count$", &count.to_string());
        run(&mut self.owner, &script).await?;
        Ok(batch)
    }

    /// Runs a script that needs the superuser.
    pub async fn as_superuser(&mut self, script: &str) -> Outcome<()> {
        run(&mut self.as_superuser_connection().await?, script).await
    }

    async fn as_superuser_connection(&self) -> Outcome<PgConnection> {
        Ok(self
            .server
            .connect_options("postgres", DATABASE)
            .connect()
            .await?)
    }

    /// The URL by which the service connects as the application's role.
    pub fn url(&self) -> String {
        self.url_of(APPLICATION)
    }

    /// The URL by which the service connects to the vault.
    pub fn vault_url(&self) -> String {
        self.url_of(VAULT)
    }

    /// The URL of the owner of the tables.
    pub fn owner_url(&self) -> String {
        self.url_of(OWNER)
    }

    fn url_of(&self, role: &str) -> String {
        let options = self.options();
        format!(
            "postgres:///{DATABASE}?host={}&port={}&user={role}&sslmode=disable",
            Self::socket(&options),
            options.get_port()
        )
    }

    /// The connection arguments of pgbench.
    pub fn arguments(&self) -> Vec<String> {
        let options = self.options();
        [
            "-h",
            &Self::socket(&options),
            "-p",
            &options.get_port().to_string(),
            "-U",
            APPLICATION,
            DATABASE,
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// The path of the server's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The folder of the server's programs, and the server's version.
    pub async fn programs(&self) -> Outcome<(PathBuf, String)> {
        // Read while the session is there.
        let mut session = self.as_owner().await?;
        let (pid, version): (i32, String) =
            sqlx::query_as("select pg_backend_pid(), current_setting('server_version')")
                .fetch_one(&mut session)
                .await?;
        let program = std::fs::read_link(format!("/proc/{pid}/exe"))?;
        Ok((
            program.parent().ok_or("postgres lies nowhere")?.to_owned(),
            version,
        ))
    }

    /// Stops the server.
    pub async fn close(self) -> Outcome<()> {
        drop(self.owner);
        Ok(self.server.stop().await?)
    }

    fn options(&self) -> PgConnectOptions {
        self.server.connect_options(APPLICATION, DATABASE)
    }

    fn socket(options: &PgConnectOptions) -> String {
        options
            .get_socket()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default()
    }
}

async fn run(connection: &mut PgConnection, script: &str) -> Outcome<()> {
    sqlx::raw_sql(AssertSqlSafe(script.to_owned()))
        .execute(connection)
        .await?;
    Ok(())
}
