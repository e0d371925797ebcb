//! The private `PostgreSQL` of `cargo run` and `cargo test` when `DATABASE_URL` is not set: found
//! or downloaded, created, started and stopped without installing or configuring a server. It is
//! for one program on one machine; production sets `DATABASE_URL` and does not use it. It knows
//! nothing of the schema: the caller creates roles, databases and tables. Messages name the
//! settings `DATABASE_URL` and `PG_BIN_DIR`, from which the program decides.

mod account;
mod binaries;
mod cluster;
mod cluster_folder;
mod download;
mod error;
mod server_settings;
mod socket;
mod sources;
mod stale_server;
#[cfg(test)]
mod tests;
mod version;
mod watchdog;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::time::sleep;

use self::cluster::Cluster;
use self::cluster_folder::ClusterFolder;
pub use self::error::Error;
use self::sources::Sources;
use self::stale_server::ServerState;

/// The log of the programs that manage the server, in the cluster's folder, which also serves as
/// their lock.
const TOOLS: &str = "tools.log";
/// The interval of checks whether the server runs.
const CHECK_INTERVAL: Duration = Duration::from_millis(200);
/// How long a regularly stopped server may stay down before it is started again: an administrator's
/// `pg_ctl restart` needs a moment.
const STOPPED_FOR: Duration = Duration::from_secs(2);
/// A server that dies within this time after its start counts as failed to start.
const MIN_UPTIME: Duration = Duration::from_secs(1);
/// The number of consecutive failed starts after which supervision gives up.
const MAX_FAILURES: usize = 3;

/// Settings of the private server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cluster's own folder: created if missing, otherwise empty or created by an earlier
    /// start. If the program runs as root, the folder must be reachable by the user `postgres`
    /// (else `nobody`), so not below `/root`.
    pub folder: PathBuf,
    /// The durability of commits.
    pub durability: Durability,
    /// `PG_BIN_DIR`: use the programs of this folder only.
    pub binaries: Option<PathBuf>,
    /// `PATH`, searched for `pg_config` and for the programs themselves.
    pub path: Option<OsString>,
    /// The folder of a downloaded `PostgreSQL` for all clusters of this user; for root it must be
    /// reachable as `folder` must.
    pub downloads: PathBuf,
}

/// The durability of commits after a power cut. If only the program is killed, nothing is lost: its
/// server stops regularly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// No commit is lost: the cluster of `cargo run`.
    Full,
    /// A power cut may lose the whole cluster, and a killed server its last second: the cluster of
    /// `cargo test`, which is disposable.
    Off,
}

/// A running private `PostgreSQL`. It stops with [`PrivatePostgres::stop`], or shortly after this
/// value is dropped or the program ends.
#[derive(Debug)]
pub struct PrivatePostgres {
    /// Shared with a restart in progress: `stop` waits for it.
    cluster: Arc<Mutex<Cluster>>,
    socket: PathBuf,
}

impl PrivatePostgres {
    /// Starts the cluster of `settings.folder`, creating it first if necessary, and returns when it
    /// accepts connections.
    ///
    /// # Errors
    /// When another running program uses the folder, when no suitable `PostgreSQL` can be found or
    /// downloaded, or when the server does not start.
    pub async fn start(settings: &Settings) -> Result<Self, Error> {
        Self::start_from(settings, &Sources::usual()).await
    }

    /// [`PrivatePostgres::start`] with the places to search as an argument.
    async fn start_from(settings: &Settings, sources: &Sources) -> Result<Self, Error> {
        let folder = settings.folder.clone();
        let cluster_folder = run_blocking(move || ClusterFolder::claim(&folder)).await?;
        let binaries = binaries::find_or_download(
            settings,
            sources,
            cluster_folder.account(),
            cluster::major_of(&cluster_folder)?,
        )
        .await?;
        let durability = settings.durability;
        let cluster =
            run_blocking(move || Cluster::create_and_start(cluster_folder, binaries, durability))
                .await?;
        Ok(Self {
            socket: cluster.socket().to_owned(),
            cluster: Arc::new(Mutex::new(cluster)),
        })
    }

    /// Connection options for `role` and `database`: over the unix socket without a password,
    /// because the permissions of its folder control the access. The superuser is `postgres`, and
    /// the initial database has the same name.
    pub fn connect_options(&self, role: &str, database: &str) -> PgConnectOptions {
        // Set explicitly, because PGPORT and PGSSLMODE are meant for other servers.
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(socket::PORT)
            .ssl_mode(PgSslMode::Disable)
            .username(role)
            .database(database)
    }

    /// Stops the server, ending open connections, and returns when the server and its watchdog have
    /// ended.
    pub async fn stop(self) -> Result<(), Error> {
        run_blocking(move || lock(&self.cluster).stop()).await
    }

    /// Restarts the server on the same data and socket whenever it dies. Calls `alive` at each
    /// check that finds the server running. Returns only after three consecutive failed starts,
    /// with a one-line error.
    pub async fn keep_running(&self, alive: impl Fn()) -> Error {
        let (mut failures, mut started) = (0, None::<Instant>);
        loop {
            self.until_dead(&alive).await;
            failures = if started.is_some_and(|at| at.elapsed() <= MIN_UPTIME) {
                failures + 1
            } else {
                0
            };
            let mut cause = "it dies as soon as it is started".to_owned();
            loop {
                if failures >= MAX_FAILURES {
                    return Error::Lost {
                        folder: lock(&self.cluster).folder().to_owned(),
                        failures,
                        cause,
                    };
                }
                tracing::error!(failures, "the private PostgreSQL died and is started again");
                let cluster = Arc::clone(&self.cluster);
                match run_blocking(move || lock(&cluster).restart()).await {
                    Ok(()) => break,
                    Err(error) => cause = error.in_one_line(),
                }
                failures += 1;
                sleep(CHECK_INTERVAL).await;
            }
            started = Some(Instant::now());
            tracing::warn!("the private PostgreSQL runs again");
        }
    }

    /// Completes when the server is dead.
    async fn until_dead(&self, alive: &impl Fn()) {
        let mut seen = Instant::now();
        let mut times_killed = 0;
        loop {
            let state = lock(&self.cluster).state();
            match state {
                ServerState::Running => {
                    seen = Instant::now();
                    times_killed = 0;
                    alive();
                }
                // At the start of a server its pid file is incomplete for a moment.
                ServerState::Killed if times_killed > 0 => return,
                ServerState::Killed => times_killed += 1,
                ServerState::Stopped if seen.elapsed() > STOPPED_FOR => return,
                ServerState::Stopped => {}
            }
            sleep(CHECK_INTERVAL).await;
        }
    }
}

/// Ignores poisoning: the cluster is consistent even after a panic.
fn lock(cluster: &Mutex<Cluster>) -> MutexGuard<'_, Cluster> {
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs blocking work on a blocking thread. If the caller is cancelled, the work still finishes and
/// its result is dropped, which stops everything it started.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Error::Interrupted))
}
