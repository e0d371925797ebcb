//! A PostgreSQL server for one test, which may restart it, make it read-only, and block
//! connections.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use private_postgres::{Durability, PrivatePostgres, Settings};
use service_desk::clock::Clock;
use service_desk::database::roles;
use service_desk::start;
use sqlx::ConnectOptions as _;

use super::TestApp;

/// The server. It stops and its folder is deleted after the test; the value itself is leaked,
/// because services of the test may outlive it.
pub struct OwnServer {
    server: &'static PrivatePostgres,
    folder: PathBuf,
}

impl OwnServer {
    pub async fn start() -> Self {
        service_desk::gateways::install_tls_provider();
        let folder = PathBuf::from("/var/tmp").join(format!(
            "service-desk-own-{}",
            uuid::Uuid::new_v4().simple()
        ));
        let settings = Settings {
            folder: folder.clone(),
            durability: Durability::Off,
            binaries: super::cluster::environment("PG_BIN_DIR").map(PathBuf::from),
            path: super::cluster::environment("PATH"),
            downloads: PathBuf::from("/var/tmp/service-desk-postgres"),
        };
        Self {
            server: Box::leak(Box::new(PrivatePostgres::start(&settings).await.unwrap())),
            folder,
        }
    }

    /// A service on a migrated database of this server.
    pub async fn app(&self, flags: &[&str]) -> TestApp {
        // The folder of a service is named after its database.
        let name = format!("own_{}", uuid::Uuid::new_v4().simple());
        roles::create_database(self.server, &name).await.unwrap();
        let clock = Clock::set_to("2026-07-06T01:00:00Z".parse().unwrap());
        let office = start::prepare(self.server.connect_options(roles::OWNER, &name), &clock)
            .await
            .unwrap();
        TestApp::start_on(self.server, name, office, flags).await
    }

    /// Runs these statements as the superuser, because a superuser may write on a read-only server.
    pub async fn execute(&self, statements: &[&str]) {
        let options = self
            .server
            .connect_options("postgres", "postgres")
            .options([("default_transaction_read_only", "off")]);
        let mut superuser = options.connect().await.unwrap();
        for statement in statements {
            sqlx::raw_sql(sqlx::AssertSqlSafe((*statement).to_owned()))
                .execute(&mut superuser)
                .await
                .unwrap();
        }
    }

    /// Runs `pg_ctl` as an administrator does by hand, and waits for its end.
    pub async fn pg_ctl(&self, words: &[&str]) {
        let mut command = self.command(words).unwrap();
        assert!(
            tokio::task::spawn_blocking(move || command.status())
                .await
                .unwrap()
                .unwrap()
                .success(),
            "pg_ctl {words:?}"
        );
    }

    /// `pg_ctl` as the server's user; an error when no server runs.
    fn command(&self, words: &[&str]) -> std::io::Result<Command> {
        let data = self.folder.join("pg");
        let file = fs::read_to_string(data.join("postmaster.pid"))?;
        let program = fs::read_link(format!(
            "/proc/{}/exe",
            file.lines().next().unwrap_or_default()
        ))?
        .with_file_name("pg_ctl");
        let owner = fs::metadata(&data)?;
        let mut command = Command::new(program);
        command
            .args(words)
            .args(["-s", "-w", "-D"])
            .arg(data)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if owner.uid() != fs::metadata("/proc/self")?.uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        Ok(command)
    }

    /// Makes the server a standby at its next start: it is read-only until its promotion.
    pub fn become_standby(&self) {
        fs::write(self.folder.join("pg/standby.signal"), "").unwrap();
    }

    /// The folder of the server's socket.
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("s")
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        drop(
            self.command(&["stop", "-m", "immediate"])
                .and_then(|mut stop| stop.status()),
        );
        drop(fs::remove_dir_all(&self.folder));
    }
}
