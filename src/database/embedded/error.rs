//! What can go wrong with the private `PostgreSQL`, each with what the reader can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private `PostgreSQL` could not be had. Every message can be shown to the person at the terminal as it stands.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// A live copy of the program holds the folder.
    #[error(
        "the private PostgreSQL in {} is in use by another running copy of this program ({holder}); stop that one first, \
         or set DATABASE_URL to work with a server of your own", .folder.display()
    )]
    InUse {
        /// The cluster's folder.
        folder: PathBuf,
        /// `process 123`, or that it is not known.
        holder: String,
    },
    /// An earlier watchdog or `initdb` still holds the folder long after it should be done.
    #[error(
        "processes of an earlier start are still at work in {}; see {} there, end them, and start again",
        .folder.display(), super::home::TOOLS
    )]
    Busy {
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// The folder holds something else, or has a name `PostgreSQL` cannot take.
    #[error("{} cannot hold the private PostgreSQL: {reason}; choose another folder", .folder.display())]
    UnfitFolder {
        /// The folder asked for.
        folder: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No local `PostgreSQL`, and none could be downloaded.
    #[error(
        "{lacking} was not found on this machine, and downloading PostgreSQL {release} did not help ({cause}).\n\
         There are three ways out:\n\
         1. install PostgreSQL: `apt install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), \
         `brew install postgresql@18` (macOS);\n\
         2. set DATABASE_URL to a PostgreSQL server you have;\n\
         3. with Docker: `docker compose up`."
    )]
    NoBinaries {
        /// What was looked for.
        lacking: String,
        /// The version that was to be downloaded.
        release: String,
        /// Why it was not.
        cause: String,
    },
    /// `PG_BIN_DIR` does not hold a `PostgreSQL` we can use.
    #[error(
        "PG_BIN_DIR is set to {}, but {reason}; correct it, or unset it to use whatever this machine has", .folder.display()
    )]
    UnfitBinaries {
        /// What `PG_BIN_DIR` says.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The data was written by a major version this machine does not have.
    #[error(
        "the data in {} belongs to PostgreSQL {wanted}, which is not on this machine (found: {found}); install PostgreSQL {wanted}, \
         or set PG_BIN_DIR to its programs, or move that folder away to begin with an empty database", .data.display()
    )]
    OtherMajor {
        /// The data folder.
        data: PathBuf,
        /// The major version it needs.
        wanted: u32,
        /// The versions there are, for the reader.
        found: String,
    },
    /// Running as root with nobody to hand the server to.
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
        /// The user it was to run as.
        account: String,
        /// Where it was to run.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb could not make a database cluster in {}:\n{said}", .folder.display())]
    Unmade {
        /// The cluster's folder.
        folder: PathBuf,
        /// Its last words.
        said: String,
    },
    /// The server did not come up.
    #[error("the private PostgreSQL in {} did not start:\n{said}\nThe last lines of its log:\n{log}", .folder.display())]
    Unstarted {
        /// The cluster's folder.
        folder: PathBuf,
        /// What `pg_ctl` said.
        said: String,
        /// The end of the server's log.
        log: String,
    },
    /// The server died and does not come back. One line: the program ends with it.
    #[error("the private PostgreSQL in {} died and could not be started again after {failures} attempts: {cause} (see server.log there)", .folder.display())]
    Lost {
        /// The cluster's folder.
        folder: PathBuf,
        /// How many starts failed in a row.
        failures: usize,
        /// The last thing that was said about it.
        cause: String,
    },
    /// The server did not go down.
    #[error("the private PostgreSQL in {} did not stop:\n{said}", .folder.display())]
    Unstopped {
        /// The cluster's folder.
        folder: PathBuf,
        /// What `pg_ctl` said.
        said: String,
    },
    /// A file or folder that must be ours is not to be had.
    #[error(
        "cannot use {} for the private PostgreSQL: {source}; it must belong to the user who runs this program", .path.display()
    )]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program is ending while the work was under way.
    #[error("the private PostgreSQL was interrupted because the program is ending")]
    Interrupted,
}

impl EmbeddedError {
    /// The one line that tells most: of a start that failed the last line of the server's log.
    pub(super) fn in_one_line(&self) -> String {
        let text = match self {
            Self::Unstarted { said, log, .. } => format!("{said}\n{log}"),
            other => other.to_string(),
        };
        text.lines()
            .rev()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or("nothing was said")
            .to_owned()
    }

    /// For `map_err`: what the system said about `path`.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<'_> {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
