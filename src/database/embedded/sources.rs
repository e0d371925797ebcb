//! The places where `PostgreSQL` may be on a machine, besides those the settings name, and where it can be downloaded.

use std::env::split_paths;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::account::Account;
use super::binaries::told_by;
use super::{Settings, download};

/// Where to look for `PostgreSQL`. An argument of the search, so that a test can have a machine without it.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// Where packages put it.
    pub(super) shelves: Vec<Shelf>,
    /// Where it is downloaded from.
    pub(super) archive: String,
}

/// Folders of one pattern: `<parent>/<prefix>*/<below>`.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    pub(super) parent: PathBuf,
    pub(super) prefix: &'static str,
    pub(super) below: &'static str,
}

impl Sources {
    /// The places of a real machine.
    pub(super) fn usual() -> Self {
        let shelf = |parent: &str, prefix, below| Shelf {
            parent: parent.into(),
            prefix,
            below,
        };
        Self {
            shelves: vec![
                shelf("/usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
                shelf("/usr", "pgsql-", "bin"), // the packages of postgresql.org for Fedora and its kin
                shelf("/opt/homebrew/opt", "postgresql@", "bin"),
                shelf("/usr/local/opt", "postgresql@", "bin"), // Homebrew on Intel
                shelf("/Applications/Postgres.app/Contents/Versions", "", "bin"),
            ],
            archive: download::ARCHIVE.to_owned(),
        }
    }

    /// Every folder that may hold the programs, those we would rather take first.
    pub(super) fn folders(&self, settings: &Settings, account: &Account) -> Vec<PathBuf> {
        let searched: Vec<PathBuf> = settings.path.iter().flat_map(split_paths).collect();
        let named = searched
            .iter()
            .filter_map(|folder| told_by(account, &folder.join("pg_config"), "--bindir"));
        let mut folders: Vec<PathBuf> = named
            .map(|told| OsString::from_vec(told.trim_ascii_end().to_vec()).into())
            .collect();
        folders.extend(self.shelves.iter().flat_map(Shelf::folders));
        folders.extend(searched);
        folders.push(download::programs(&settings.downloads));
        folders
    }
}

impl Shelf {
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
