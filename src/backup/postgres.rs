//! `pg_dump` and `pg_restore`, run as the owner of the tables. The password goes to them in the
//! environment, never in an argument.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::supervisor::Failure;

/// The database server of the office, reached as the owner.
#[derive(Debug, Clone)]
pub struct Server {
    options: PgConnectOptions,
    binaries: Option<PathBuf>,
}

impl Server {
    /// The server of `options`, whose programs are in the folder `binaries` or in `PATH`.
    pub fn new(options: PgConnectOptions, binaries: Option<PathBuf>) -> Self {
        Self { options, binaries }
    }

    /// Opens a connection.
    pub async fn connect(&self) -> Result<PgConnection, Failure> {
        Ok(self
            .options
            .connect()
            .await
            .map_err(|error| format!("the database cannot be reached: {error}"))?)
    }

    /// Writes the database into the new folder `to`.
    pub async fn dump(&self, to: &Path) -> Result<(), Failure> {
        // Reached first, so that its fault is told in our words.
        self.connect().await?.close().await?;
        let jobs = jobs();
        let arguments = ["--format=directory", "--compress=1", &jobs, "--file"];
        self.run("pg_dump", &arguments, to).await
    }

    /// Reads the database from the folder `from`.
    pub async fn load(&self, from: &Path) -> Result<(), Failure> {
        let database = format!("--dbname={}", self.database());
        let jobs = jobs();
        let arguments = ["--exit-on-error", "--no-owner", &database, &jobs];
        self.run("pg_restore", &arguments, from).await
    }

    fn database(&self) -> &str {
        self.options
            .get_database()
            .unwrap_or_else(|| self.options.get_username())
    }

    async fn run(&self, name: &str, arguments: &[&str], folder: &Path) -> Result<(), Failure> {
        let program = self
            .binaries
            .as_ref()
            .map_or_else(|| name.into(), |folder| folder.join(name));
        let mut command = tokio::process::Command::new(&program);
        command
            .args(arguments.iter().map(OsStr::new))
            .arg(folder)
            .envs(self.variables())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let ended = command.output().await.map_err(|error| {
            format!(
                "{} cannot be run ({error}): install the client programs of PostgreSQL, of the server's version or newer, or name their folder as PG_BIN_DIR",
                program.display()
            )
        })?;
        if ended.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let said: Vec<_> = said.lines().take(3).collect();
        Err(format!("{name} failed: {}", said.join("; ")).into())
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        let host = options.get_socket().map_or_else(
            || options.get_host().to_owned(),
            |socket| socket.display().to_string(),
        );
        let ssl_mode = match options.get_ssl_mode() {
            PgSslMode::Disable => "disable",
            PgSslMode::Allow => "allow",
            PgSslMode::Prefer => "prefer",
            PgSslMode::Require => "require",
            PgSslMode::VerifyCa => "verify-ca",
            PgSslMode::VerifyFull => "verify-full",
        };
        let password = options.to_url_lossy().password().map(|encoded| {
            percent_encoding::percent_decode_str(encoded)
                .decode_utf8_lossy()
                .into_owned()
        });
        let given = [
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.database().to_owned()),
            ("PGSSLMODE", ssl_mode.to_owned()),
        ];
        given
            .into_iter()
            .chain(password.map(|password| ("PGPASSWORD", password)))
            .collect()
    }
}

/// One connection for each processor.
fn jobs() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    format!("--jobs={processors}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_get_the_password_in_the_environment_as_it_was_meant() {
        let options: PgConnectOptions =
            "postgres://desk_owner:a%2Fb%40%25%20c@db.example:6432/desk?sslmode=require"
                .parse()
                .unwrap();
        let variables = Server::new(options, None).variables();
        for wanted in [
            ("PGHOST", "db.example"),
            ("PGPORT", "6432"),
            ("PGUSER", "desk_owner"),
            ("PGDATABASE", "desk"),
            ("PGSSLMODE", "require"),
            ("PGPASSWORD", "a/b@% c"),
        ] {
            assert!(
                variables
                    .iter()
                    .any(|(name, value)| (*name, value.as_str()) == wanted),
                "{}",
                wanted.0
            );
        }
    }
}
