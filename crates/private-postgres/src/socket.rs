//! The folder of the server's unix socket. The socket is the only access to the server, so its
//! folder is private; its path must be short.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use super::cluster_folder::ClusterFolder;

/// Part of the socket's name; no TCP port is opened.
pub(super) const PORT: u16 = 5432;

/// The longest path of a socket; unix systems allow 103 to 107 bytes.
const MAX_PATH_BYTES: usize = 100;

/// The folder of the socket.
#[derive(Debug)]
pub(super) struct SocketFolder {
    path: PathBuf,
    /// The folder as passed to the server: free of characters with a meaning in its list of folders
    /// or in a shell.
    server_path: String,
    /// True if it lies outside the cluster's folder.
    outside: bool,
}

impl SocketFolder {
    /// Creates the folder: `s` in the cluster's folder or, if that path is too long, a folder below
    /// `/tmp` named after the cluster's.
    pub(super) fn make(cluster_folder: &ClusterFolder) -> Result<Self, Error> {
        let inside = cluster_folder.folder().join("s");
        if socket(&inside).as_os_str().len() < MAX_PATH_BYTES {
            cluster_folder.private_folder(&inside)?;
            // The server's working directory is its data folder, so the relative path is
            // independent of special characters in the folder's path.
            return Ok(Self {
                path: inside,
                server_path: "../s".to_owned(),
                outside: false,
            });
        }
        let mark =
            hex::encode(&Sha256::digest(cluster_folder.folder().as_os_str().as_bytes())[..8]);
        let below = |root: &str| {
            let server_path = format!("{root}/private-postgres-{mark}");
            let path = PathBuf::from(&server_path);
            cluster_folder.private_folder(&path).map(|()| Self {
                path,
                server_path,
                outside: true,
            })
        };
        below("/tmp").or_else(|_| below("/var/tmp"))
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path to pass to the server.
    pub(super) fn server_path(&self) -> &str {
        &self.server_path
    }

    /// Removes the socket files of a killed server. The process id in its lock file may meanwhile
    /// belong to another process, which would keep the server from starting. Must only be called
    /// while no server runs.
    pub(super) fn remove_stale(&self) {
        let socket = socket(&self.path);
        let mut lock = OsString::from(&socket);
        lock.push(".lock");
        fs::remove_file(lock).ok();
        fs::remove_file(socket).ok();
    }

    /// Removes the socket files, and the folder if it is outside the cluster's. Must only be called
    /// while no server runs.
    pub(super) fn remove(&self) {
        self.remove_stale();
        if self.outside {
            fs::remove_dir(&self.path).ok();
        }
    }
}

/// The socket file in `folder`, by the naming convention of `PostgreSQL` clients.
fn socket(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}
