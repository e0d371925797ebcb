//! The cluster's folder and the exclusive right to use it. Two locks protect it: `lock` is held by
//! this program and excludes a second one; `tools.log` is held by every process that this program
//! starts, except the server, and a successor waits for them, even if this program was killed.
//!
//! Contents: `pg` the data, `s` the socket, `server.log` the log of the current server, `tools.log`
//! the output of `initdb` and `pg_ctl`.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::ServerAccount;
use super::{Error, TOOLS};

const LOCK: &str = "lock";

/// A watchdog gives the server 60 s to stop and then 20 s more; after that it hangs.
const TOOLS_TIMEOUT: Duration = Duration::from_secs(90);

/// The number of log lines shown in errors.
const LAST_LINES: usize = 12;

/// A cluster's folder that no other running program uses. Dropping it releases the folder.
#[derive(Debug)]
pub(super) struct ClusterFolder {
    folder: PathBuf,
    /// The user id of this program.
    own_uid: u32,
    account: ServerAccount,
    tools: File,
    lock: File,
}

impl Drop for ClusterFolder {
    /// Unlocks explicitly. Closing the file is not enough: a child that another thread is just
    /// starting holds the file, too, until it executes its own program.
    fn drop(&mut self) {
        // If unlocking fails, closing the file releases the lock.
        let _ = self.lock.unlock();
    }
}

impl ClusterFolder {
    /// Creates the folder if necessary and locks it.
    pub(super) fn claim(folder: &Path) -> Result<Self, Error> {
        let folder = prepare_folder(folder)?;
        let lock = lock_folder(&folder)?;
        let own_uid = own_user_id(&folder)?;
        let account = ServerAccount::choose(own_uid, &folder, &folder.join("pg"))?;
        // The account must be able to pass through a folder that belongs to root, and may do no
        // more: root opens, chmods and removes files here, and the account must not be able to
        // replace them.
        let owner = fs::metadata(&folder).map_err(Error::at(&folder))?.uid();
        let mode = if account.is(owner, own_uid) {
            0o700
        } else {
            0o711
        };
        fs::set_permissions(&folder, Permissions::from_mode(mode)).map_err(Error::at(&folder))?;
        let tools = wait_for_tools(&folder)?;
        Ok(Self {
            folder,
            own_uid,
            account,
            tools,
            lock,
        })
    }

    /// The folder as an absolute path without symbolic links.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The data folder. It exists under this name only after `initdb` has finished.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("pg")
    }

    /// The log file of the server.
    pub(super) fn server_log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The user that runs the server.
    pub(super) fn account(&self) -> &ServerAccount {
        &self.account
    }

    /// Creates the folder `path`, or checks that it belongs to the server's user and is closed to
    /// all others.
    pub(super) fn private_folder(&self, path: &Path) -> Result<(), Error> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.account.own_folder(path).map_err(Error::at(path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // A symbolic link is not followed: below /tmp any user may have created one under
                // this name.
                let there = fs::symlink_metadata(path).map_err(Error::at(path))?;
                if there.is_dir()
                    && self.account.is(there.uid(), self.own_uid)
                    && there.mode() & 0o777 == 0o700
                {
                    Ok(())
                } else {
                    Err(Error::at(path)(io::Error::other(
                        "something of another user, or open to others, is in its place",
                    )))
                }
            }
            Err(error) => Err(Error::at(path)(error)),
        }
    }

    /// Renames the last server's log and creates an empty one, which the server may write to and
    /// not replace.
    pub(super) fn fresh_server_log(&self) -> Result<(), Error> {
        let log = self.server_log();
        if log.exists() {
            fs::rename(&log, self.folder.join("server.log.old")).map_err(Error::at(&log))?;
        }
        OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&log)
            .and_then(|file| self.account.own_file(&file))
            .map_err(Error::at(&log))
    }

    /// A handle of the tools' log for a child's output. A child with this handle holds the lock.
    pub(super) fn tools(&self) -> Result<File, Error> {
        self.tools
            .try_clone()
            .map_err(Error::at(&self.folder.join(TOOLS)))
    }

    /// Runs a program as the server's user until its end; its output goes to the tools' log.
    pub(super) fn run(&self, program: &Path, arguments: &[&Path]) -> Result<ExitStatus, Error> {
        self.account
            .command(program, &self.folder)
            .args(arguments)
            .stdout(self.tools()?)
            .stderr(self.tools()?)
            .status()
            .map_err(|source| self.unrunnable(program, source))
    }

    /// The error for a program that could not be run.
    pub(super) fn unrunnable(&self, program: &Path, source: io::Error) -> Error {
        Error::Unrunnable {
            program: program.to_owned(),
            account: self.account.name().to_owned(),
            folder: self.folder.clone(),
            source,
        }
    }

    /// The last lines of the tools' log.
    pub(super) fn tools_log_tail(&self) -> String {
        last_lines(&self.folder.join(TOOLS))
    }

    /// The last lines of the server's log.
    pub(super) fn server_log_tail(&self) -> String {
        last_lines(&self.server_log())
    }
}

/// Creates the folder if necessary and returns it as an absolute path without symbolic links, if it
/// can hold a cluster.
fn prepare_folder(folder: &Path) -> Result<PathBuf, Error> {
    let unfit = |reason| Error::UnfitFolder {
        folder: folder.to_owned(),
        reason,
    };
    DirBuilder::new()
        .recursive(true)
        .create(folder)
        .and_then(|()| fs::canonicalize(folder))
        .map_err(Error::at(folder))
        .and_then(|found| {
            // pg_ctl passes the path to a shell between double quotes and does not escape it.
            if found
                .as_os_str()
                .as_bytes()
                .iter()
                .any(|byte| b"\"$`\\\n".contains(byte))
            {
                return Err(unfit(
                    "PostgreSQL cannot take a path with one of \" $ ` \\ or a line break",
                ));
            }
            let entries = fs::read_dir(&found).map_err(Error::at(&found))?;
            let names: Vec<_> = entries
                .filter_map(|entry| Some(entry.ok()?.file_name()))
                .collect();
            // A new volume contains `lost+found`.
            let strange = |name: &std::ffi::OsString| {
                !name.as_bytes().starts_with(b".") && name != "lost+found"
            };
            if !names.iter().any(|name| name == LOCK) && names.iter().any(strange) {
                return Err(unfit("it is not empty, and not made by this program"));
            }
            Ok(found)
        })
}

/// Takes the lock of the running program. The system releases it when the program ends in any way.
fn lock_folder(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let mut lock = open_own_file(folder, &path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            let told = lock
                .read_to_string(&mut process)
                .is_ok_and(|length| length > 0);
            return Err(Error::InUse {
                folder: folder.to_owned(),
                holder: if told {
                    format!("process {}", process.trim())
                } else {
                    "process unknown".to_owned()
                },
            });
        }
        Err(TryLockError::Error(error)) => return Err(Error::at(&path)(error)),
    }
    lock.set_len(0)
        .and_then(|()| writeln!(lock, "{}", std::process::id()))
        .map_err(Error::at(&path))?;
    Ok(lock)
}

/// Waits until no process of an earlier program is running, and truncates the log.
fn wait_for_tools(folder: &Path) -> Result<File, Error> {
    let path = folder.join(TOOLS);
    let tools = open_own_file(folder, &path)?;
    let since = Instant::now();
    loop {
        match tools.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if since.elapsed() < TOOLS_TIMEOUT => {
                sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy {
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(Error::at(&path)(error)),
        }
    }
    tools.set_len(0).map_err(Error::at(&path))?;
    Ok(tools)
}

/// Opens a file of the folder's owner without truncating it. Other users may not read it, because a
/// reader could lock it.
fn open_own_file(folder: &Path, path: &Path) -> Result<File, Error> {
    let owner = fs::metadata(folder).map_err(Error::at(folder))?;
    let mut how = OpenOptions::new();
    how.read(true).append(true).create(true).mode(0o600);
    how.open(path)
        .and_then(|file| {
            // When root works in the folder of an ordinary user: the user must be able to use the
            // file later, and must not make root open another file by a link.
            let (opened, named) = (file.metadata()?, fs::symlink_metadata(path)?);
            if (opened.dev(), opened.ino(), opened.nlink()) != (named.dev(), named.ino(), 1) {
                return Err(io::Error::other("there is a link in its place"));
            }
            if opened.uid() != owner.uid() {
                fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
            }
            Ok(file)
        })
        .map_err(Error::at(path))
}

/// The effective user id, read from a new file. The standard library has no other way.
fn own_user_id(folder: &Path) -> Result<u32, Error> {
    let path = folder.join(".whose");
    fs::remove_file(&path).ok();
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let user = made
        .and_then(|file| file.metadata())
        .map_err(Error::at(&path))?
        .uid();
    fs::remove_file(&path).map_err(Error::at(&path))?;
    Ok(user)
}

/// The last lines of a log; empty if it cannot be read.
fn last_lines(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
