//! The cluster's folder and our sole right to it. Two locks say who is at work: `lock` is this program's and a second program is refused by it;
//! `tools.log` is held by everything we start except the server, and a successor waits until those are done, even when this program was killed.
//!
//! Below it: `pg` the data, `s` the socket, `server.log` what the server said since it was started, `tools.log` what `initdb` and `pg_ctl` said.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::EmbeddedError;
use super::account::Account;

/// The log of the programs that manage the server, and the lock they hold.
pub(super) const TOOLS: &str = "tools.log";
const LOCK: &str = "lock";

/// A watchdog gives the server 60 s to stop and then 20 s more; after that it is stuck.
const PATIENCE: Duration = Duration::from_secs(90);

/// The last lines of a log that are worth showing.
const LAST_LINES: usize = 12;

/// A cluster's folder that no other running program uses. Dropping it gives the folder free.
#[derive(Debug)]
pub(super) struct Home {
    folder: PathBuf,
    /// The user id of this program.
    us: u32,
    account: Account,
    tools: File,
    lock: File,
}

impl Drop for Home {
    /// Gives the lock up and does not only close the file: a child that another thread is just starting holds the file, too, until it runs its own program.
    fn drop(&mut self) {
        // What cannot be given up here goes with the file.
        let _ = self.lock.unlock();
    }
}

impl Home {
    /// Makes the folder if need be and claims it.
    pub(super) fn claim(folder: &Path) -> Result<Self, EmbeddedError> {
        let folder = made(folder)?;
        let lock = locked(&folder)?;
        let us = our_user(&folder)?;
        let account = Account::choose(us, &folder, &folder.join("pg"))?;
        // The account must be able to pass through a folder that stays ours. It gets no more than that: what root opens, chmods or removes here
        // must not be something the account could have put in its place.
        let owner = fs::metadata(&folder)
            .map_err(EmbeddedError::at(&folder))?
            .uid();
        let mode = if account.is(owner, us) { 0o700 } else { 0o711 };
        fs::set_permissions(&folder, Permissions::from_mode(mode))
            .map_err(EmbeddedError::at(&folder))?;
        let tools = quiet(&folder)?;
        Ok(Self {
            folder,
            us,
            account,
            tools,
            lock,
        })
    }

    /// The folder itself, without symbolic links in its path.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the data is. It appears under this name only when `initdb` is through.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("pg")
    }

    /// Where the server logs to.
    pub(super) fn server_log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Who runs the server.
    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// Makes sure that `path` is a folder of the server's user which nobody else may enter.
    pub(super) fn private_folder(&self, path: &Path) -> Result<(), EmbeddedError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self
                .account
                .own_folder(path)
                .map_err(EmbeddedError::at(path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Not following a link: below /tmp anybody may have put anything under this name.
                let there = fs::symlink_metadata(path).map_err(EmbeddedError::at(path))?;
                if there.is_dir()
                    && self.account.is(there.uid(), self.us)
                    && there.mode() & 0o777 == 0o700
                {
                    Ok(())
                } else {
                    Err(EmbeddedError::at(path)(io::Error::other(
                        "something of another user, or open to others, is in its place",
                    )))
                }
            }
            Err(error) => Err(EmbeddedError::at(path)(error)),
        }
    }

    /// Puts the last server's log aside and an empty one in its place, which the server may write to but not replace.
    pub(super) fn fresh_server_log(&self) -> Result<(), EmbeddedError> {
        let log = self.server_log();
        if log.exists() {
            fs::rename(&log, self.folder.join("server.log.old"))
                .map_err(EmbeddedError::at(&log))?;
        }
        OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&log)
            .and_then(|file| self.account.own_file(&file))
            .map_err(EmbeddedError::at(&log))
    }

    /// The log of the tools as a place for a child's output. A child that has it holds the lock.
    pub(super) fn tools(&self) -> Result<File, EmbeddedError> {
        self.tools
            .try_clone()
            .map_err(EmbeddedError::at(&self.folder.join(TOOLS)))
    }

    /// Runs a program as the server's user to its end; its output goes to the tools' log.
    pub(super) fn run(
        &self,
        program: &Path,
        arguments: &[&Path],
    ) -> Result<ExitStatus, EmbeddedError> {
        self.account
            .command(program, &self.folder)
            .args(arguments)
            .stdout(self.tools()?)
            .stderr(self.tools()?)
            .status()
            .map_err(|source| self.unrunnable(program, source))
    }

    /// The error for a program that could not be run.
    pub(super) fn unrunnable(&self, program: &Path, source: io::Error) -> EmbeddedError {
        EmbeddedError::Unrunnable {
            program: program.to_owned(),
            account: self.account.name().to_owned(),
            folder: self.folder.clone(),
            source,
        }
    }

    /// What the tools said last.
    pub(super) fn tools_said(&self) -> String {
        last_lines(&self.folder.join(TOOLS))
    }

    /// What the server said last.
    pub(super) fn server_said(&self) -> String {
        last_lines(&self.server_log())
    }
}

/// The folder, existing, absolute and without symbolic links, if it can be ours.
fn made(folder: &Path) -> Result<PathBuf, EmbeddedError> {
    let unfit = |reason| EmbeddedError::UnfitFolder {
        folder: folder.to_owned(),
        reason,
    };
    DirBuilder::new()
        .recursive(true)
        .create(folder)
        .and_then(|()| fs::canonicalize(folder))
        .map_err(EmbeddedError::at(folder))
        .and_then(|found| {
            // pg_ctl hands the path to a shell between double quotes and does not escape it.
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
            let entries = fs::read_dir(&found).map_err(EmbeddedError::at(&found))?;
            let names: Vec<_> = entries
                .filter_map(|entry| Some(entry.ok()?.file_name()))
                .collect();
            // A fresh volume is not quite empty either.
            let strange = |name: &std::ffi::OsString| {
                !name.as_bytes().starts_with(b".") && name != "lost+found"
            };
            if !names.iter().any(|name| name == LOCK) && names.iter().any(strange) {
                return Err(unfit("it is not empty, and not made by this program"));
            }
            Ok(found)
        })
}

/// Takes the lock that says a running program uses the folder. The system gives it free when the program ends, however it ends.
fn locked(folder: &Path) -> Result<File, EmbeddedError> {
    let path = folder.join(LOCK);
    let mut lock = ours(folder, &path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            let told = lock
                .read_to_string(&mut process)
                .is_ok_and(|length| length > 0);
            return Err(EmbeddedError::InUse {
                folder: folder.to_owned(),
                holder: if told {
                    format!("process {}", process.trim())
                } else {
                    "process unknown".to_owned()
                },
            });
        }
        Err(TryLockError::Error(error)) => return Err(EmbeddedError::at(&path)(error)),
    }
    lock.set_len(0)
        .and_then(|()| writeln!(lock, "{}", std::process::id()))
        .map_err(EmbeddedError::at(&path))?;
    Ok(lock)
}

/// Waits until nothing an earlier program started is at work any more, and opens the log anew.
fn quiet(folder: &Path) -> Result<File, EmbeddedError> {
    let path = folder.join(TOOLS);
    let tools = ours(folder, &path)?;
    let since = Instant::now();
    loop {
        match tools.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => {
                sleep(Duration::from_millis(20))
            }
            Err(TryLockError::WouldBlock) => {
                return Err(EmbeddedError::Busy {
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(EmbeddedError::at(&path)(error)),
        }
    }
    tools.set_len(0).map_err(EmbeddedError::at(&path))?;
    Ok(tools)
}

/// Opens a file of the folder's owner, kept as it is if it exists. Others may not even read it, for reading is enough to lock it.
fn ours(folder: &Path, path: &Path) -> Result<File, EmbeddedError> {
    let owner = fs::metadata(folder).map_err(EmbeddedError::at(folder))?;
    let mut how = OpenOptions::new();
    how.read(true).append(true).create(true).mode(0o600);
    how.open(path)
        .and_then(|file| {
            // For root in the folder of an ordinary user: who must be able to come back to it, but not make us open another file by a link.
            let (opened, named) = (file.metadata()?, fs::symlink_metadata(path)?);
            if (opened.dev(), opened.ino(), opened.nlink()) != (named.dev(), named.ino(), 1) {
                return Err(io::Error::other("there is a link in its place"));
            }
            if opened.uid() != owner.uid() {
                fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
            }
            Ok(file)
        })
        .map_err(EmbeddedError::at(path))
}

/// Our effective user id: that of a file we make. The standard library has no other way to ask.
fn our_user(folder: &Path) -> Result<u32, EmbeddedError> {
    let path = folder.join(".whose");
    fs::remove_file(&path).ok();
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let user = made
        .and_then(|file| file.metadata())
        .map_err(EmbeddedError::at(&path))?
        .uid();
    fs::remove_file(&path).map_err(EmbeddedError::at(&path))?;
    Ok(user)
}

/// The last lines of a log, or none if it cannot be read.
fn last_lines(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
