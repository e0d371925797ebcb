//! What the service writes is for its own user alone: folders 0700, files 0600. The process makes them so by its umask; what an earlier version or a copy of
//! a backup left open is closed at each start.
//!
//! Two things are left out. The database's folder is the database's (`database::embedded`), and the downloaded programs of PostgreSQL hold nothing of ours.
//! As root the database runs as another user, who must pass through the data folder: that folder is 0711.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;

use super::Failure;
use super::custodian::stick;

/// What a group and others are given: nothing.
const OTHERS: u32 = 0o077;

/// The folders and files of the data folder that hold something of the service's own.
const OURS: [&str; 5] = [
    "documents",
    "mails",
    "master-key",
    "demo-accounts.json",
    "custodian-key.pub",
];

/// From here on, whatever this process makes is for its own user alone. Called first of all, while there is one thread.
pub fn close_new_files() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Closes what lies below the data folder, and on the demo custodian's stick, to every other user of this machine.
///
/// # Errors
/// One line, when something is open and cannot be closed: it belongs to another user.
pub async fn close(data_dir: &Path) -> Result<(), Failure> {
    let places: Vec<PathBuf> = OURS
        .iter()
        .map(|name| data_dir.join(name))
        .chain([stick(data_dir)])
        .collect();
    let closed = tokio::task::spawn_blocking(move || {
        places.iter().try_fold(0, |closed, place| {
            Ok::<u64, String>(closed + close_below(place)?)
        })
    });
    let closed = closed.await??;
    if closed > 0 {
        tracing::warn!(
            "{closed} files and folders in {} were open to other users of this machine; they are closed now",
            data_dir.display()
        );
    }
    Ok(())
}

/// Closes `path` and what is below it; gives how many were open. A link is followed only as `path` itself: the store may lie on another disk.
fn close_below(path: &Path) -> Result<u64, String> {
    let open = |path: &Path, error: &io::Error| {
        format!(
            "{} is open to other users of this machine and cannot be closed ({error}): as its owner, run `chmod -R go-rwx` on it",
            path.display()
        )
    };
    let (mut closed, mut waiting) = (0, vec![path.to_owned()]);
    while let Some(at) = waiting.pop() {
        let read = if at == path {
            fs::metadata(&at)
        } else {
            fs::symlink_metadata(&at)
        };
        let there = match read {
            Ok(there) => there,
            // Never made, or gone since it was listed: an upload that ended.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{} cannot be looked at: {error}", at.display())),
        };
        if there.is_symlink() {
            continue;
        }
        let mode = there.permissions().mode();
        if mode & OTHERS != 0 {
            match fs::set_permissions(&at, Permissions::from_mode(mode & !OTHERS & 0o7777)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                done => done.map_err(|error| open(&at, &error))?,
            }
            closed += 1;
        }
        if there.is_dir() {
            let entries = fs::read_dir(&at)
                .map_err(|error| format!("{} cannot be listed: {error}", at.display()))?;
            waiting.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
        }
    }
    Ok(closed)
}

/// Makes the data folder, and those above it that are missing, so that the database's own user can pass through them and nobody else can look.
///
/// # Errors
/// When the system refuses.
pub(super) fn make_passable(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
        .collect();
    fs::create_dir_all(folder)?;
    for made in missing.into_iter().chain([folder]) {
        fs::set_permissions(made, Permissions::from_mode(0o711))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn write(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// Row 20.
    #[tokio::test]
    async fn what_is_open_to_others_is_closed_at_each_start() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("data");
        let elsewhere = above.path().join("elsewhere");
        let files = [
            "documents/wbs/salts/a",
            "documents/customers/b.pdf",
            "documents/quarantine/c",
            "mails/d.eml",
            "master-key",
            "demo-accounts.json",
        ];
        let files: Vec<PathBuf> = files
            .iter()
            .map(|name| data.join(name))
            .chain([above.path().join("data-custodian/passphrase.txt")])
            .collect();
        for file in &files {
            write(file, 0o644);
        }
        write(&elsewhere, 0o644);
        std::os::unix::fs::symlink(&elsewhere, data.join("documents/link")).unwrap();
        let public = [
            data.join("postgres/pg/x"),
            data.join("downloads/postgresql/bin/postgres"),
        ];
        for file in &public {
            write(file, 0o755);
        }
        for _ in 0..2 {
            close(&data).await.unwrap();
            for file in &files {
                assert_eq!(mode(file), 0o600, "{}", file.display());
                let above = file.parent().unwrap();
                assert!(above == data || mode(above) == 0o700, "{}", above.display());
            }
            assert_eq!(
                (mode(&elsewhere), mode(&public[0]), mode(&public[1])),
                (0o644, 0o755, 0o755),
                "what is not ours stays"
            );
            // A backup that was copied back.
            fs::set_permissions(&files[0], Permissions::from_mode(0o666)).unwrap();
            fs::set_permissions(data.join("documents"), Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Row 20: the database's user must pass, also where a folder above is new.
    #[test]
    fn the_data_folder_can_be_passed_and_not_listed() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("new/data");
        make_passable(&data).unwrap();
        assert_eq!((mode(&data), mode(data.parent().unwrap())), (0o711, 0o711));
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        make_passable(&data).unwrap();
        assert_eq!(mode(&data), 0o711);
    }
}
