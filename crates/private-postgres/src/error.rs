//! Errors of the private `PostgreSQL`, each with its remedy.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the private `PostgreSQL`. Every message can be shown at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another running copy of the program uses the folder.
    #[error(
        "the private PostgreSQL in {} is in use by another running copy of this program ({holder}); stop that one first, \
         or set DATABASE_URL to work with a server of your own", .folder.display()
    )]
    InUse {
        /// The cluster's folder.
        folder: PathBuf,
        /// `process 123`, or `process unknown`.
        holder: String,
    },
    /// A watchdog or `initdb` of an earlier start still holds the folder after the timeout.
    #[error(
        "processes of an earlier start are still at work in {}; see {} there, end them, and start again",
        .folder.display(), super::TOOLS
    )]
    Busy {
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// The folder contains other files, or has a name that `PostgreSQL` cannot handle.
    #[error("{} cannot hold the private PostgreSQL: {reason}; choose another folder", .folder.display())]
    UnfitFolder {
        /// The requested folder.
        folder: PathBuf,
        /// The reason.
        reason: &'static str,
    },
    /// No `PostgreSQL` was found, and the download failed.
    #[error(
        "{lacking} was not found on this machine, and downloading PostgreSQL {release} did not help ({cause}).\n\
         There are three ways out:\n\
         1. install PostgreSQL: `apt install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), \
         `brew install postgresql@18` (macOS);\n\
         2. set DATABASE_URL to a PostgreSQL server you have;\n\
         3. with Docker: `docker compose up`."
    )]
    NoBinaries {
        /// The version that was searched for.
        lacking: String,
        /// The version of the download.
        release: String,
        /// The reason why the download failed.
        cause: String,
    },
    /// `PG_BIN_DIR` does not contain a usable `PostgreSQL`.
    #[error(
        "PG_BIN_DIR is set to {}, but {reason}; correct it, or unset it to use whatever this machine has", .folder.display()
    )]
    UnfitBinaries {
        /// The value of `PG_BIN_DIR`.
        folder: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The data belongs to a major version that this machine does not have.
    #[error(
        "the data in {} belongs to PostgreSQL {wanted}, which is not on this machine (found: {found}); install PostgreSQL {wanted}, \
         or set PG_BIN_DIR to its programs, or move that folder away to begin with an empty database", .data.display()
    )]
    OtherMajor {
        /// The data folder.
        data: PathBuf,
        /// The major version it needs.
        wanted: u32,
        /// The versions found, for the message.
        found: String,
    },
    /// The program runs as root, and the machine has no user for the server.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a user `nobody`; \
         run this program as an ordinary user, or set DATABASE_URL"
    )]
    NoAccount,
    /// A program of `PostgreSQL` could not be run at all.
    #[error(
        "cannot run {} as {account} in {}: {source}; that user must be able to reach both",
        .program.display(), .folder.display()
    )]
    Unrunnable {
        /// The program.
        program: PathBuf,
        /// The user that should run it.
        account: String,
        /// The working folder.
        folder: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb could not make a database cluster in {}:\n{output}", .folder.display())]
    InitFailed {
        /// The cluster's folder.
        folder: PathBuf,
        /// The last lines of its output.
        output: String,
    },
    /// The server did not start.
    #[error("the private PostgreSQL in {} did not start:\n{output}\nThe last lines of its log:\n{log}", .folder.display())]
    StartFailed {
        /// The cluster's folder.
        folder: PathBuf,
        /// The output of `pg_ctl`.
        output: String,
        /// The end of the server's log.
        log: String,
    },
    /// The server died and could not be restarted. One line, because the program ends with it.
    #[error("the private PostgreSQL in {} died and could not be started again after {failures} attempts: {cause} (see server.log there)", .folder.display())]
    Lost {
        /// The cluster's folder.
        folder: PathBuf,
        /// The number of consecutive failed starts.
        failures: usize,
        /// The last error.
        cause: String,
    },
    /// The server did not stop.
    #[error("the private PostgreSQL in {} did not stop:\n{output}", .folder.display())]
    StopFailed {
        /// The cluster's folder.
        folder: PathBuf,
        /// The output of `pg_ctl`.
        output: String,
    },
    /// A file or folder of the cluster cannot be used.
    #[error(
        "cannot use {} for the private PostgreSQL: {source}; it must belong to the user who runs this program", .path.display()
    )]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The program ended during the operation.
    #[error("the private PostgreSQL was interrupted because the program is ending")]
    Interrupted,
}

impl Error {
    /// The most informative line: after a failed start, the last line of the server's log.
    pub(super) fn in_one_line(&self) -> String {
        let text = match self {
            Self::StartFailed { output, log, .. } => format!("{output}\n{log}"),
            other => other.to_string(),
        };
        text.lines()
            .rev()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or("nothing was said")
            .to_owned()
    }

    /// For `map_err`: an error of the system at `path`.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<'_> {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
