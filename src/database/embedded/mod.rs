//! The private `PostgreSQL` behind `cargo run` and `cargo test` when no `DATABASE_URL` is set: found or downloaded, made, started and stopped
//! without anybody installing or configuring a server. It is for one program on one machine; production sets `DATABASE_URL` and never comes here.
//! It knows nothing of our schema: roles, databases and migrations are laid on top by the caller.

mod account;
mod binaries;
mod cluster;
mod download;
mod error;
mod home;
mod leftover;
mod server_settings;
mod socket;
mod sources;
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
pub use self::error::EmbeddedError;
use self::home::Home;
use self::leftover::Trace;
use self::sources::Sources;

/// How often one looks whether the server runs.
const LOOK: Duration = Duration::from_millis(200);
/// How long a server may be stopped in order before it is started again: an administrator's `pg_ctl restart` needs a moment.
const STOPPED_FOR: Duration = Duration::from_secs(2);
/// A server that dies sooner after its start has not come up.
const UP: Duration = Duration::from_secs(1);
/// Starts that may fail in a row.
const FAILURES: usize = 3;

/// Where the cluster lives and how careful it must be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cluster's own folder: made when missing, otherwise empty or made by an earlier start. When the program runs as root it must be
    /// reachable by the user `postgres` (else `nobody`), so not below `/root`.
    pub folder: PathBuf,
    /// What a power cut may cost.
    pub durability: Durability,
    /// `PG_BIN_DIR`: use the programs of this folder and look nowhere else.
    pub binaries: Option<PathBuf>,
    /// `PATH`, searched for `pg_config` and for the programs themselves.
    pub path: Option<OsString>,
    /// Where a downloaded `PostgreSQL` is kept for all clusters of this user; for root it must be reachable as `folder` must.
    pub downloads: PathBuf,
}

/// What a power cut may cost. A killed program never costs anything: its server stops in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed: the cluster of `cargo run`.
    Kept,
    /// Everything, and a killed server the last second's commits: the cluster of `cargo test`, which nobody will miss.
    Waived,
}

/// A running private `PostgreSQL`. It stops with [`PrivatePostgres::stop`], or a moment after this value or the whole program is gone.
#[derive(Debug)]
pub struct PrivatePostgres {
    /// Shared with a revival under way: a stop waits for it.
    cluster: Arc<Mutex<Cluster>>,
    socket: PathBuf,
}

impl PrivatePostgres {
    /// Starts the cluster of `settings.folder`, making it first if need be, and returns when it accepts connections.
    ///
    /// # Errors
    /// When another running program uses the folder, when no fitting `PostgreSQL` can be found or downloaded, or when it will not start.
    pub async fn start(settings: &Settings) -> Result<Self, EmbeddedError> {
        Self::start_from(settings, &Sources::usual()).await
    }

    /// [`PrivatePostgres::start`] with the places to find `PostgreSQL` in as an argument.
    async fn start_from(settings: &Settings, sources: &Sources) -> Result<Self, EmbeddedError> {
        let folder = settings.folder.clone();
        let home = aside(move || Home::claim(&folder)).await?;
        let binaries =
            binaries::obtain(settings, sources, home.account(), cluster::major_of(&home)?).await?;
        let durability = settings.durability;
        let cluster = aside(move || Cluster::raise(home, binaries, durability)).await?;
        Ok(Self {
            socket: cluster.socket().to_owned(),
            cluster: Arc::new(Mutex::new(cluster)),
        })
    }

    /// How to connect as `role` to `database`: over the unix socket, without a password, which the folder's access rights stand in for.
    /// The superuser is `postgres`, and so is the database that is there from the start.
    #[must_use]
    pub fn connect_options(&self, role: &str, database: &str) -> PgConnectOptions {
        // Port and TLS mode would otherwise come from PGPORT and PGSSLMODE, which are meant for some other server.
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(socket::PORT)
            .ssl_mode(PgSslMode::Disable)
            .username(role)
            .database(database)
    }

    /// Stops the server, ending open connections, and returns when it and its watchdog are gone.
    ///
    /// # Errors
    /// When the server does not stop even when told to do so at once.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        aside(move || lock(&self.cluster).stop()).await
    }

    /// Keeps the server running: one that died, for whatever reason, is started again on the same data and socket. Calls `alive` as often as it sees that
    /// the server runs. Ends only when three starts in a row failed, with one line that says so.
    pub async fn keep(&self, alive: impl Fn()) -> EmbeddedError {
        let (mut failures, mut started) = (0, None::<Instant>);
        loop {
            self.death(&alive).await;
            failures = if started.is_some_and(|at| at.elapsed() <= UP) {
                failures + 1
            } else {
                0
            };
            let mut cause = "it dies as soon as it is started".to_owned();
            loop {
                if failures >= FAILURES {
                    return EmbeddedError::Lost {
                        folder: lock(&self.cluster).folder().to_owned(),
                        failures,
                        cause,
                    };
                }
                tracing::error!(failures, "the private PostgreSQL died and is started again");
                let cluster = Arc::clone(&self.cluster);
                match aside(move || lock(&cluster).revive()).await {
                    Ok(()) => break,
                    Err(error) => cause = error.in_one_line(),
                }
                failures += 1;
                sleep(LOOK).await;
            }
            started = Some(Instant::now());
            tracing::warn!("the private PostgreSQL runs again");
        }
    }

    /// Done when the server is gone.
    async fn death(&self, alive: &impl Fn()) {
        let mut seen = Instant::now();
        let mut looks_killed = 0;
        loop {
            let trace = lock(&self.cluster).trace();
            match trace {
                Trace::Running => {
                    seen = Instant::now();
                    looks_killed = 0;
                    alive();
                }
                // A pid file is half written for a moment when a server starts.
                Trace::Killed if looks_killed > 0 => return,
                Trace::Killed => looks_killed += 1,
                Trace::Stopped if seen.elapsed() > STOPPED_FOR => return,
                Trace::Stopped => {}
            }
            sleep(LOOK).await;
        }
    }
}

/// A cluster is consistent also after a panic: it is only looked at, started or stopped.
fn lock(cluster: &Mutex<Cluster>) -> MutexGuard<'_, Cluster> {
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs waiting work where it holds up no other task. If the caller stops waiting, the work is finished and its outcome dropped, which stops
/// whatever it started.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(EmbeddedError::Interrupted))
}
