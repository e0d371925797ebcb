//! A cluster's life: made once, then started and stopped.

use std::fs::{self, File};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::binaries::Binaries;
use super::home::Home;
use super::leftover::Trace;
use super::socket::SocketFolder;
use super::watchdog::Watchdog;
use super::{Durability, EmbeddedError, leftover, server_settings};

/// Tries to start, half a second apart, after a server was killed: its children need a moment to notice, and none may start beside them.
const TRIES_AFTER_A_CRASH: usize = 20;

/// The same when the children of the killed server were ended first.
const TRIES_OF_A_REVIVAL: usize = 3;

/// A running server and all that belongs to it.
#[derive(Debug)]
pub(super) struct Cluster {
    watchdog: Watchdog,
    socket: SocketFolder,
    binaries: Binaries,
    home: Home,
    /// What the server is told at each start.
    options: String,
}

/// The major version the data needs; none if there is no data yet.
pub(super) fn major_of(home: &Home) -> Result<Option<u32>, EmbeddedError> {
    let data = home.data();
    if !data.exists() {
        return Ok(None);
    }
    let file = data.join("PG_VERSION");
    let text = fs::read_to_string(&file).map_err(EmbeddedError::at(&file))?;
    text.trim()
        .parse()
        .map(Some)
        .map_err(|_| EmbeddedError::UnfitFolder {
            folder: data,
            reason: "its PG_VERSION names no version",
        })
}

impl Cluster {
    /// Makes the cluster if it is not there, clears up after an earlier server, and starts a new one.
    pub(super) fn raise(
        home: Home,
        binaries: Binaries,
        durability: Durability,
    ) -> Result<Self, EmbeddedError> {
        if !home.data().exists() {
            make(&home, &binaries, durability)?;
        }
        let tries = if leftover::settle(&home, &binaries)? {
            TRIES_AFTER_A_CRASH
        } else {
            1
        };
        let socket = SocketFolder::make(&home)?;
        socket.sweep();
        let options = server_settings::options(socket.told(), durability);
        let watchdog = start(&home, &binaries, &options, tries)?;
        tracing::info!(
            "private PostgreSQL {} runs in {}",
            binaries.version(),
            home.folder().display()
        );
        Ok(Self {
            watchdog,
            socket,
            binaries,
            home,
            options,
        })
    }

    /// The folder of the server's socket.
    pub(super) fn socket(&self) -> &Path {
        self.socket.path()
    }

    /// The folder that is the cluster's.
    pub(super) fn folder(&self) -> &Path {
        self.home.folder()
    }

    /// What is to be seen of the server.
    pub(super) fn trace(&self) -> Trace {
        leftover::trace(&self.home.data())
    }

    /// Starts the server again after it died, on the same data and socket. Leaves a server alone that somebody else has started meanwhile, as
    /// `pg_ctl restart` does.
    pub(super) fn revive(&mut self) -> Result<(), EmbeddedError> {
        if self.trace() == Trace::Running {
            return Ok(());
        }
        // It has nothing to watch any more, and must not stop the next server.
        self.watchdog.end();
        leftover::settle(&self.home, &self.binaries)?;
        leftover::end_orphans(&self.home)?;
        self.socket.sweep();
        // Flushing the file system at once takes a tenth of a second, and file by file several. Not every build of PostgreSQL can.
        let quick = format!("{} -c recovery_init_sync_method=syncfs", self.options);
        let started = start(&self.home, &self.binaries, &quick, TRIES_OF_A_REVIVAL);
        self.watchdog = started.or_else(|_| start(&self.home, &self.binaries, &self.options, 1))?;
        Ok(())
    }

    /// Stops the server; when the watchdog was killed before, without it.
    pub(super) fn stop(&mut self) -> Result<(), EmbeddedError> {
        if !self.watchdog.stop() {
            tracing::warn!(
                "the private PostgreSQL did not stop as usual; see {}",
                self.home.server_log().display()
            );
            leftover::settle(&self.home, &self.binaries)?;
        }
        self.socket.clear();
        Ok(())
    }

    /// `pg_ctl` as the server's user runs it, for tests that do by hand what an administrator may.
    #[cfg(test)]
    pub(super) fn pg_ctl(&self) -> std::process::Command {
        self.home
            .account()
            .command(&self.binaries.program("pg_ctl"), self.home.folder())
    }

    /// The watchdog, for tests that kill it.
    #[cfg(test)]
    pub(super) fn watchdog(&self) -> &Watchdog {
        &self.watchdog
    }
}

/// Makes the data folder. It is made under another name and gets its own when complete, so an `initdb` that was cut short is never taken for
/// a cluster, and a cluster never removed as one.
fn make(home: &Home, binaries: &Binaries, durability: Durability) -> Result<(), EmbeddedError> {
    tracing::info!(
        "making a private PostgreSQL {} in {}",
        binaries.version(),
        home.folder().display()
    );
    let growing = home.folder().join("pg.new");
    // Not every system has the first; it sorts like the second but knows the letters of all languages.
    for locale in ["--locale=C.UTF-8", "--locale=C"] {
        if growing.exists() {
            fs::remove_dir_all(&growing).map_err(EmbeddedError::at(&growing))?;
        }
        home.private_folder(&growing)?;
        let mut words = vec![
            "--username=postgres",
            // Who gets at the socket is decided by its folder.
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            locale,
            "--data-checksums",
            "--no-instructions",
        ];
        words.extend(match durability {
            Durability::Kept => None,
            Durability::Waived => Some("--no-sync"),
        });
        words.push("-D");
        let mut arguments: Vec<&Path> = words.into_iter().map(Path::new).collect();
        arguments.push(&growing);
        if home.run(&binaries.program("initdb"), &arguments)?.success() {
            return fs::rename(&growing, home.data())
                .and_then(|()| File::open(home.folder())?.sync_all())
                .map_err(EmbeddedError::at(&growing));
        }
    }
    Err(EmbeddedError::Unmade {
        folder: home.folder().to_owned(),
        said: home.tools_said(),
    })
}

/// Starts the server.
fn start(
    home: &Home,
    binaries: &Binaries,
    options: &str,
    tries: usize,
) -> Result<Watchdog, EmbeddedError> {
    home.fresh_server_log()?;
    let pg_ctl = binaries.program("pg_ctl");
    let mut tries = tries;
    loop {
        tries = tries.saturating_sub(1);
        match Watchdog::start(home, &pg_ctl, options) {
            Err(EmbeddedError::Unstarted { .. }) if tries > 0 => sleep(Duration::from_millis(500)),
            outcome => return outcome,
        }
    }
}
