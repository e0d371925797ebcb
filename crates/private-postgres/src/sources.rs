//! The places where `PostgreSQL` may be installed, besides those of the settings, and the address
//! of the download.

use std::env::split_paths;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::account::ServerAccount;
use super::{Settings, download};

/// The places to search for `PostgreSQL`. Passed as an argument, so that a test can simulate a
/// machine without it.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// The folders of packages.
    pub(super) patterns: Vec<FolderPattern>,
    /// The address of the download.
    pub(super) archive: String,
}

/// Folders of one pattern: `<parent>/<prefix>*/<below>`.
#[derive(Debug, Clone)]
pub(super) struct FolderPattern {
    pub(super) parent: PathBuf,
    pub(super) prefix: &'static str,
    pub(super) below: &'static str,
}

impl Sources {
    /// The places of a real machine.
    pub(super) fn usual() -> Self {
        let pattern = |parent: &str, prefix, below| FolderPattern {
            parent: parent.into(),
            prefix,
            below,
        };
        Self {
            patterns: vec![
                pattern("/usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
                pattern("/usr", "pgsql-", "bin"), // the packages of postgresql.org for Fedora and its kin
                pattern("/opt/homebrew/opt", "postgresql@", "bin"),
                pattern("/usr/local/opt", "postgresql@", "bin"), // Homebrew on Intel
                pattern("/Applications/Postgres.app/Contents/Versions", "", "bin"),
            ],
            archive: download::ARCHIVE.to_owned(),
        }
    }

    /// Every folder that may contain the programs, in order of preference.
    pub(super) fn folders(&self, settings: &Settings, account: &ServerAccount) -> Vec<PathBuf> {
        let searched: Vec<PathBuf> = settings.path.iter().flat_map(split_paths).collect();
        let named = searched
            .iter()
            .filter_map(|folder| account.output_of(&folder.join("pg_config"), "--bindir"));
        let mut folders: Vec<PathBuf> = named
            .map(|told| OsString::from_vec(told.trim_ascii_end().to_vec()).into())
            .collect();
        folders.extend(self.patterns.iter().flat_map(FolderPattern::folders));
        folders.extend(searched);
        folders.push(download::programs(&settings.downloads));
        folders
    }
}

impl FolderPattern {
    /// The folders of this pattern that exist.
    fn folders(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.parent) else {
            return Vec::new();
        };
        let fitting = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(self.prefix));
        fitting.map(|entry| entry.path().join(self.below)).collect()
    }
}
