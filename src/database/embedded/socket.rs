//! Where the server's unix socket lies. It is the only way in, so its folder is private; and its path must be short.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EmbeddedError;
use super::home::Home;

/// Part of the socket's name only; nothing listens on a port.
pub(super) const PORT: u16 = 5432;

/// Unix systems take 103 to 107 bytes.
const LONGEST: usize = 100;

/// The folder of the socket.
#[derive(Debug)]
pub(super) struct SocketFolder {
    path: PathBuf,
    /// How the server is told: free of characters that mean something in its list of folders or to a shell.
    told: String,
    /// Lies outside the cluster's folder.
    outside: bool,
}

impl SocketFolder {
    /// Makes the folder: `s` in the cluster's, or where that makes too long a path, one below `/tmp` that is named after the cluster's.
    pub(super) fn make(home: &Home) -> Result<Self, EmbeddedError> {
        let inside = home.folder().join("s");
        if socket(&inside).as_os_str().len() < LONGEST {
            home.private_folder(&inside)?;
            // The server works in its data folder, so this way leads there whatever the folder's own path holds.
            return Ok(Self {
                path: inside,
                told: "../s".to_owned(),
                outside: false,
            });
        }
        let mark = hex::encode(&Sha256::digest(home.folder().as_os_str().as_bytes())[..8]);
        let below = |root: &str| {
            let told = format!("{root}/service-desk-{mark}");
            let path = PathBuf::from(&told);
            home.private_folder(&path).map(|()| Self {
                path,
                told,
                outside: true,
            })
        };
        below("/tmp").or_else(|_| below("/var/tmp"))
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What to tell the server.
    pub(super) fn told(&self) -> &str {
        &self.told
    }

    /// Removes what a killed server left. The number in its lock file may belong to another process by now, which would keep the server from
    /// starting. Only for when no server runs.
    pub(super) fn sweep(&self) {
        let socket = socket(&self.path);
        let mut lock = OsString::from(&socket);
        lock.push(".lock");
        fs::remove_file(lock).ok();
        fs::remove_file(socket).ok();
    }

    /// Leaves nothing behind outside the cluster's folder. Only for when no server runs.
    pub(super) fn clear(&self) {
        self.sweep();
        if self.outside {
            fs::remove_dir(&self.path).ok();
        }
    }
}

/// The socket in `folder`, as every client of `PostgreSQL` looks for it.
fn socket(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}
