//! A database cluster: created once, then started and stopped.

use std::fs::{self, File};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::binaries::Binaries;
use super::cluster_folder::ClusterFolder;
use super::socket::SocketFolder;
use super::stale_server::ServerState;
use super::watchdog::Watchdog;
use super::{Durability, Error, server_settings, stale_server};

/// Attempts to start, half a second apart, after a server was killed: its children need a moment to
/// notice, and a new server cannot start beside them.
const TRIES_AFTER_A_CRASH: usize = 20;

/// The number of attempts when the children of the killed server were ended before.
const TRIES_OF_A_RESTART: usize = 3;

/// A running server with its watchdog, socket, programs and folder.
#[derive(Debug)]
pub(super) struct Cluster {
    watchdog: Watchdog,
    socket: SocketFolder,
    binaries: Binaries,
    folder: ClusterFolder,
    /// The options of the server at each start.
    options: String,
}

/// The major version of the data; `None` without data.
pub(super) fn major_of(cluster_folder: &ClusterFolder) -> Result<Option<u32>, Error> {
    let data = cluster_folder.data();
    if !data.exists() {
        return Ok(None);
    }
    let file = data.join("PG_VERSION");
    let text = fs::read_to_string(&file).map_err(Error::at(&file))?;
    text.trim()
        .parse()
        .map(Some)
        .map_err(|_| Error::UnfitFolder {
            folder: data,
            reason: "its PG_VERSION names no version",
        })
}

impl Cluster {
    /// Creates the cluster if it is missing, cleans up after an earlier server, and starts a new
    /// one.
    pub(super) fn create_and_start(
        cluster_folder: ClusterFolder,
        binaries: Binaries,
        durability: Durability,
    ) -> Result<Self, Error> {
        if !cluster_folder.data().exists() {
            make(&cluster_folder, &binaries, durability)?;
        }
        let tries = if stale_server::stop_stale_server(&cluster_folder, &binaries)? {
            TRIES_AFTER_A_CRASH
        } else {
            1
        };
        let socket = SocketFolder::make(&cluster_folder)?;
        socket.remove_stale();
        let options = server_settings::options(socket.server_path(), durability);
        let watchdog = start(&cluster_folder, &binaries, &options, tries)?;
        tracing::info!(
            "private PostgreSQL {} runs in {}",
            binaries.version(),
            cluster_folder.folder().display()
        );
        Ok(Self {
            watchdog,
            socket,
            binaries,
            folder: cluster_folder,
            options,
        })
    }

    /// The folder of the server's socket.
    pub(super) fn socket(&self) -> &Path {
        self.socket.path()
    }

    /// The cluster's folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.folder()
    }

    /// The state of the server by its pid file.
    pub(super) fn state(&self) -> ServerState {
        stale_server::state(&self.folder.data())
    }

    /// Starts a dead server again, on the same data and socket. A server that an administrator has
    /// started meanwhile (`pg_ctl restart`) is left alone.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        if self.state() == ServerState::Running {
            return Ok(());
        }
        // The watchdog's server is gone, and it must not stop the next one.
        self.watchdog.kill();
        stale_server::stop_stale_server(&self.folder, &self.binaries)?;
        stale_server::end_orphans(&self.folder)?;
        self.socket.remove_stale();
        // Flushing the whole file system takes a tenth of a second, file by file several seconds.
        // Not every build of PostgreSQL supports it.
        let quick = format!("{} -c recovery_init_sync_method=syncfs", self.options);
        let started = start(&self.folder, &self.binaries, &quick, TRIES_OF_A_RESTART);
        self.watchdog =
            started.or_else(|_| start(&self.folder, &self.binaries, &self.options, 1))?;
        Ok(())
    }

    /// Stops the server, also if the watchdog was killed before.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        if !self.watchdog.stop() {
            tracing::warn!(
                "the private PostgreSQL did not stop as usual; see {}",
                self.folder.server_log().display()
            );
            stale_server::stop_stale_server(&self.folder, &self.binaries)?;
        }
        self.socket.remove();
        Ok(())
    }

    /// `pg_ctl` as the server's user, for tests that act as an administrator.
    #[cfg(test)]
    pub(super) fn pg_ctl(&self) -> std::process::Command {
        self.folder
            .account()
            .command(&self.binaries.program("pg_ctl"), self.folder.folder())
    }

    /// The watchdog, for tests that kill it.
    #[cfg(test)]
    pub(super) fn watchdog(&self) -> &Watchdog {
        &self.watchdog
    }
}

/// Creates the data folder under a temporary name and renames it when it is complete, so that an
/// interrupted `initdb` is never taken for a cluster, and a cluster never removed as an interrupted
/// one.
fn make(
    cluster_folder: &ClusterFolder,
    binaries: &Binaries,
    durability: Durability,
) -> Result<(), Error> {
    tracing::info!(
        "making a private PostgreSQL {} in {}",
        binaries.version(),
        cluster_folder.folder().display()
    );
    let growing = cluster_folder.folder().join("pg.new");
    // `C.UTF-8` sorts like `C` and knows the letters of all languages, but not every system has it.
    for locale in ["--locale=C.UTF-8", "--locale=C"] {
        if growing.exists() {
            fs::remove_dir_all(&growing).map_err(Error::at(&growing))?;
        }
        cluster_folder.private_folder(&growing)?;
        let mut words = vec![
            "--username=postgres",
            // The folder of the socket controls the access.
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            locale,
            "--data-checksums",
            "--no-instructions",
        ];
        words.extend(match durability {
            Durability::Full => None,
            Durability::Off => Some("--no-sync"),
        });
        words.push("-D");
        let mut arguments: Vec<&Path> = words.into_iter().map(Path::new).collect();
        arguments.push(&growing);
        if cluster_folder
            .run(&binaries.program("initdb"), &arguments)?
            .success()
        {
            return fs::rename(&growing, cluster_folder.data())
                .and_then(|()| File::open(cluster_folder.folder())?.sync_all())
                .map_err(Error::at(&growing));
        }
    }
    Err(Error::InitFailed {
        folder: cluster_folder.folder().to_owned(),
        output: cluster_folder.tools_log_tail(),
    })
}

/// Starts the server, with several attempts.
fn start(
    cluster_folder: &ClusterFolder,
    binaries: &Binaries,
    options: &str,
    tries: usize,
) -> Result<Watchdog, Error> {
    cluster_folder.fresh_server_log()?;
    let pg_ctl = binaries.program("pg_ctl");
    let mut tries = tries;
    loop {
        tries = tries.saturating_sub(1);
        match Watchdog::start(cluster_folder, &pg_ctl, options) {
            Err(Error::StartFailed { .. }) if tries > 0 => sleep(Duration::from_millis(500)),
            outcome => return outcome,
        }
    }
}
