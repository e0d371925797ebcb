//! The office that is measured: a private PostgreSQL as `cargo run` has it (fsync on), migrated, with its people; filled with 100,000 applications, or with
//! complaints (`wbs`).

use std::path::{Path, PathBuf};

use service_desk::clock::Clock;
use service_desk::database::embedded::{Durability, PrivatePostgres, Settings};
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

/// The database of the office.
pub struct Office {
    server: PrivatePostgres,
    owner: PgConnection,
    /// Its id.
    pub id: Uuid,
    folder: PathBuf,
    batches: u32,
}

impl Office {
    /// Sets it up below `folder`.
    pub async fn open(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("postgres");
        let path = std::env::var_os("PATH");
        let downloads = folder.with_file_name("downloads");
        let settings = Settings {
            folder: folder.clone(),
            durability: Durability::Kept,
            binaries: None,
            path,
            downloads,
        };
        let server = PrivatePostgres::start(&settings).await?;
        create_database(&server, DATABASE).await?;
        let owner = server.connect_options(OWNER, DATABASE);
        let id = prepare(owner.clone(), &Clock::system()).await?.0;
        let mut owner = owner.connect().await?;
        let hash = Passwords::for_this_machine()
            .hash(Password::new(PASSWORD.to_owned()))
            .await?;
        run(
            &mut owner,
            &include_str!("../people.sql").replace("$staff_hash$", &hash),
        )
        .await?;
        Ok(Self {
            server,
            owner,
            id,
            folder,
            batches: 0,
        })
    }

    /// Fills it with applications.
    pub async fn fill(&mut self) -> Outcome<()> {
        run(&mut self.owner, include_str!("../office.sql")).await?;
        self.settle().await
    }

    /// Lets the server know what it has, and write it down.
    pub async fn settle(&mut self) -> Outcome<()> {
        run(&mut self.owner, "analyze").await?;
        self.as_superuser("checkpoint").await
    }

    /// Lets the server log every statement of the service with its values, or no more. Sessions that are open are ended: they would not notice. A service
    /// that finds a server like that does not start, so it must be running already.
    pub async fn listen_in(&mut self, on: bool) -> Outcome<()> {
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

    /// The owner's connection.
    pub fn owner(&mut self) -> &mut PgConnection {
        &mut self.owner
    }

    /// A connection as the application.
    pub async fn as_application(&self) -> Outcome<PgConnection> {
        Ok(self.options().connect().await?)
    }

    /// So many submitted applications that nobody has touched. Gives the first part of their ids.
    pub async fn submitted(&mut self, count: u32) -> Outcome<String> {
        self.batches += 1;
        let batch = format!("{:08}", self.batches);
        let script = include_str!("../batch.sql")
            .replace("$batch$", &batch)
            .replace("$count$", &count.to_string());
        run(&mut self.owner, &script).await?;
        Ok(batch)
    }

    /// What only the superuser may do.
    pub async fn as_superuser(&mut self, script: &str) -> Outcome<()> {
        let mut superuser = self
            .server
            .connect_options("postgres", DATABASE)
            .connect()
            .await?;
        run(&mut superuser, script).await
    }

    /// How the service reaches it.
    pub fn url(&self) -> String {
        self.url_of(APPLICATION)
    }

    /// How the service reaches the vault.
    pub fn vault_url(&self) -> String {
        self.url_of(VAULT)
    }

    fn url_of(&self, role: &str) -> String {
        let options = self.options();
        format!(
            "postgres:///{DATABASE}?host={}&port={}&user={role}&sslmode=disable",
            Self::socket(&options),
            options.get_port()
        )
    }

    /// How pgbench reaches it.
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

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The folder its programs lie in, and its version.
    pub async fn programs(&mut self) -> Outcome<(PathBuf, String)> {
        let (pid, version): (i32, String) =
            sqlx::query_as("select pg_backend_pid(), current_setting('server_version')")
                .fetch_one(&mut self.owner)
                .await?;
        let program = std::fs::read_link(format!("/proc/{pid}/exe"))?;
        Ok((
            program.parent().ok_or("postgres lies nowhere")?.to_owned(),
            version,
        ))
    }

    /// Stops it.
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
