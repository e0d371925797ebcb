//! The unix user that runs `initdb`, `pg_ctl` and the server: the current user, except for root, as
//! which `PostgreSQL` refuses to run.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Error;

/// The unix user the server runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerAccount {
    /// The name for messages.
    name: String,
    /// The user and group to change to; `None` for the current user.
    change: Option<(u32, u32)>,
}

impl ServerAccount {
    /// Chooses the user for a program with the effective user id `own_uid`. For root it is the
    /// owner of the data, or of the folder that will hold the data, so that an existing cluster
    /// keeps working; else `postgres`, else `nobody`.
    pub(super) fn choose(own_uid: u32, folder: &Path, data: &Path) -> Result<Self, Error> {
        if own_uid != 0 {
            return Ok(Self {
                name: format!("user {own_uid}"),
                change: None,
            });
        }
        let owners = [data, folder]
            .into_iter()
            .filter_map(|path| fs::symlink_metadata(path).ok());
        if let Some(owner) = owners.into_iter().find(|owner| owner.uid() != 0) {
            let name = format!("user {}", owner.uid());
            return Ok(Self {
                name,
                change: Some((owner.uid(), owner.gid())),
            });
        }
        let users =
            fs::read_to_string("/etc/passwd").map_err(Error::at(Path::new("/etc/passwd")))?;
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                Some(Self {
                    name: name.to_owned(),
                    change: Some(ids_of(name, &users)?),
                })
            })
            .ok_or(Error::NoAccount)
    }

    /// The name for messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// True if the server can use a folder that belongs to `owner`.
    pub(super) fn is(&self, owner: u32, own_uid: u32) -> bool {
        owner == self.change.map_or(own_uid, |(user, _)| user)
    }

    /// Changes the owner of a new folder to this user; does not follow a symbolic link.
    pub(super) fn own_folder(&self, path: &Path) -> io::Result<()> {
        match self.change {
            Some((user, group)) => lchown(path, Some(user), Some(group)),
            None => Ok(()),
        }
    }

    /// Changes the owner of a new file to this user.
    pub(super) fn own_file(&self, file: &File) -> io::Result<()> {
        match self.change {
            Some((user, group)) => fchown(file, Some(user), Some(group)),
            None => Ok(()),
        }
    }

    /// A command that runs as this user in `folder` without standard input. It gets no environment
    /// of this process, which may contain secrets and `PG*` variables for another server, and its
    /// own process group, so that Ctrl-C at the terminal does not reach it.
    pub(super) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null());
        if let Some((user, group)) = self.change {
            command.uid(user).gid(group);
        }
        command
    }

    /// The standard output of a program, if the program exists and succeeds.
    pub(super) fn output_of(&self, program: &Path, argument: &str) -> Option<Vec<u8>> {
        let mut command = self.command(program, Path::new("/"));
        let output = command.arg(argument).output().ok()?;
        output.status.success().then_some(output.stdout)
    }
}

/// User and group id of `name` in the text of `/etc/passwd`.
fn ids_of(name: &str, users: &str) -> Option<(u32, u32)> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next()? == name;
        let user = fields.nth(1)?;
        let group = fields.next()?;
        found.then_some(())?;
        Some((id(user)?, id(group)?))
    })
}

/// Parses an id. macOS writes that of `nobody` as -2.
fn id(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{ServerAccount, ids_of};

    const USERS: &str = "# comment\nroot:x:0:0:root:/root:/bin/sh\npostgresql:x:7:7::/:/bin/sh\n\
                         postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\nnobody:*:-2:-2::/var/empty:/bin/false\n";

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        assert_eq!(ids_of("postgres", USERS), Some((101, 104)));
        assert_eq!(ids_of("post", USERS), None);
    }

    #[test]
    fn a_negative_id_wraps_around_as_the_kernel_counts_it() {
        assert_eq!(
            ids_of("nobody", USERS),
            Some((4_294_967_294, 4_294_967_294))
        );
    }

    #[test]
    fn what_it_runs_is_out_of_reach_of_the_terminal_and_of_our_environment() {
        let account = ServerAccount::choose(1000, Path::new("/"), Path::new("/")).unwrap();
        let mut sleeping = account
            .command(Path::new("/bin/sleep"), Path::new("/"))
            .arg("60")
            .spawn()
            .unwrap();
        // Signal 0 to its own process group succeeds only if the group exists.
        let script = format!("kill -0 -{}", sleeping.id());
        let leads = account
            .command(Path::new("/bin/sh"), Path::new("/"))
            .args(["-c", &script])
            .status()
            .unwrap();
        sleeping.kill().unwrap();
        sleeping.wait().unwrap();
        assert!(leads.success());

        let told = account
            .command(Path::new("/usr/bin/env"), Path::new("/"))
            .output()
            .unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let names: BTreeSet<_> = told
            .lines()
            .filter_map(|line| Some(line.split_once('=')?.0))
            .collect();
        assert_eq!(names, BTreeSet::from(["LC_ALL", "PATH"]));
    }

    #[test]
    fn an_ordinary_user_runs_the_server_itself() {
        let account =
            ServerAccount::choose(1000, Path::new("/nowhere"), Path::new("/nowhere")).unwrap();
        assert_eq!(account.change, None);
        assert!(account.is(1000, 1000));
        assert!(!account.is(0, 1000));
    }

    #[test]
    fn root_hands_the_server_to_somebody_else() {
        let account =
            ServerAccount::choose(0, Path::new("/nowhere"), Path::new("/nowhere")).unwrap();
        assert!(account.change.is_some());
        assert!(!account.is(0, 0));
    }
}
