//! File permissions: files of the service are accessible to its own user only (folders 0700, files
//! 0600). The umask of the process ensures that for new files; files left open by an earlier
//! version or a restored backup are corrected at each start.
//!
//! Two folders are exceptions. The database's folder belongs to the database
//! (`private-postgres`), and the downloaded programs of PostgreSQL contain no data of the
//! service. When the service runs as root, the database runs as another user, which must pass
//! through the data folder: that folder is 0711.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;

use super::Failure;
use super::custodian::demo_key_folder;

/// The permission bits of group and others.
const GROUP_AND_OTHERS: u32 = 0o077;

/// The files and folders of the data folder that contain data of the service.
const PRIVATE_PATHS: [&str; 5] = [
    "documents",
    "mails",
    "master-key",
    "demo-accounts.json",
    "custodian-key.pub",
];

/// Sets the umask so that new files are private. Must be called first, while the process has one
/// thread.
pub fn set_umask() {
    rustix::process::umask(Mode::from_raw_mode(GROUP_AND_OTHERS));
}

/// Removes access of other users from the files below the data folder and from the demo key folder.
///
/// # Errors
/// One line, when a file is accessible to others and belongs to another user.
pub(crate) async fn restrict(data_dir: &Path) -> Result<(), Failure> {
    let places: Vec<PathBuf> = PRIVATE_PATHS
        .iter()
        .map(|name| data_dir.join(name))
        .chain([demo_key_folder(data_dir)])
        .collect();
    let closed = tokio::task::spawn_blocking(move || {
        places.iter().try_fold(0, |closed, place| {
            Ok::<u64, String>(closed + restrict_below(place)?)
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

/// Restricts `path` and everything below it; returns how many entries were open. Only `path` itself
/// may be a symbolic link, because the document store may lie on another disk.
fn restrict_below(path: &Path) -> Result<u64, String> {
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
            // The file was never created, or an upload that ended has removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{} cannot be looked at: {error}", at.display())),
        };
        if there.is_symlink() {
            continue;
        }
        let mode = there.permissions().mode();
        if mode & GROUP_AND_OTHERS != 0 {
            match fs::set_permissions(
                &at,
                Permissions::from_mode(mode & !GROUP_AND_OTHERS & 0o7777),
            ) {
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

/// Creates the data folder and its missing parents so that the database's user can pass through
/// them and other users cannot list them.
pub(super) fn make_traversable(folder: &Path) -> io::Result<()> {
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
            restrict(&data).await.unwrap();
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
            // A restored backup.
            fs::set_permissions(&files[0], Permissions::from_mode(0o666)).unwrap();
            fs::set_permissions(data.join("documents"), Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// The database's user can pass, also where a parent folder is new.
    #[test]
    fn the_data_folder_can_be_passed_and_not_listed() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("new/data");
        make_traversable(&data).unwrap();
        assert_eq!((mode(&data), mode(data.parent().unwrap())), (0o711, 0o711));
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        make_traversable(&data).unwrap();
        assert_eq!(mode(&data), 0o711);
    }
}
