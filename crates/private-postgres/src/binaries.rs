//! Finds the programs of `PostgreSQL`: in `PG_BIN_DIR`, else the newest on this machine, else a
//! downloaded copy. The data of one major version can only be used by the same major version.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf, absolute};

use super::account::ServerAccount;
use super::sources::Sources;
use super::version::Version;
use super::{Error, Settings, download, run_blocking};

/// The oldest supported major version.
const MIN_MAJOR: u32 = 15;

/// A folder with `initdb`, `pg_ctl` and `postgres` that the server's user can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    version: Version,
}

impl Binaries {
    /// The programs in `folder`, if all three run as the server's user. They do not run below
    /// `/root`, or where a library is missing.
    fn at(folder: &Path, account: &ServerAccount) -> Option<Self> {
        let folder = absolute(folder).ok()?;
        let output = account.output_of(&folder.join("postgres"), "--version")?;
        let version = Version::read(&String::from_utf8_lossy(&output))?;
        account.output_of(&folder.join("initdb"), "--version")?;
        account.output_of(&folder.join("pg_ctl"), "--version")?;
        Some(Self { folder, version })
    }

    /// The path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The version of the programs.
    pub(super) fn version(&self) -> Version {
        self.version
    }
}

/// Finds programs that `account` can run; downloads them if this machine has none. `wanted` is the
/// major version that existing data needs.
pub(super) async fn find_or_download(
    settings: &Settings,
    sources: &Sources,
    account: &ServerAccount,
    wanted: Option<u32>,
) -> Result<Binaries, Error> {
    if let Some(found) = find(settings, sources, account, wanted).await? {
        return Ok(found);
    }
    let missing = |cause| Error::NoBinaries {
        lacking: match wanted {
            None => format!("PostgreSQL {MIN_MAJOR} or newer"),
            Some(major) => format!(
                "PostgreSQL {major}, which the data in {} needs,",
                settings.folder.display()
            ),
        },
        release: download::RELEASE.to_string(),
        cause,
    };
    download::fetch(&sources.archive, &settings.downloads)
        .await
        .map_err(missing)?;
    let useless = || {
        missing(format!(
            "what was downloaded does not run as {}",
            account.name()
        ))
    };
    find(settings, sources, account, wanted)
        .await?
        .ok_or_else(useless)
}

/// [`find_local`] on a blocking thread, because it runs programs.
async fn find(
    settings: &Settings,
    sources: &Sources,
    account: &ServerAccount,
    wanted: Option<u32>,
) -> Result<Option<Binaries>, Error> {
    let (settings, sources, account) = (settings.clone(), sources.clone(), account.clone());
    run_blocking(move || find_local(&settings, &sources, &account, wanted)).await
}

/// The best programs on this machine; `None` if a download would help.
fn find_local(
    settings: &Settings,
    sources: &Sources,
    account: &ServerAccount,
    wanted: Option<u32>,
) -> Result<Option<Binaries>, Error> {
    let fits = |found: &Binaries| {
        wanted.map_or(found.version.major >= MIN_MAJOR, |major| {
            found.version.major == major
        })
    };
    let other_major = |wanted: u32, found: &[Binaries]| Error::OtherMajor {
        data: settings.folder.join("pg"),
        wanted,
        found: listed(found),
    };
    if let Some(folder) = &settings.binaries {
        let unfit = |reason: String| Error::UnfitBinaries {
            folder: folder.clone(),
            reason,
        };
        let Some(found) = Binaries::at(folder, account) else {
            return Err(unfit(format!(
                "initdb, pg_ctl and postgres do not all run from there as {}",
                account.name()
            )));
        };
        return match wanted {
            _ if fits(&found) => Ok(Some(found)),
            Some(wanted) => Err(other_major(wanted, &[found])),
            None => Err(unfit(format!(
                "that is PostgreSQL {}; {MIN_MAJOR} or newer is needed",
                found.version
            ))),
        };
    }
    let all: Vec<Binaries> = sources
        .folders(settings, account)
        .iter()
        .filter_map(|folder| Binaries::at(folder, account))
        .collect();
    // `max_by_key` returns the last maximum, so the iterator is reversed.
    let best = all
        .iter()
        .rev()
        .filter(|found| fits(found))
        .max_by_key(|found| found.version);
    match (best, wanted) {
        (None, Some(wanted)) if wanted != download::RELEASE.major => Err(other_major(wanted, &all)),
        (best, _) => Ok(best.cloned()),
    }
}

/// The versions found, for messages.
fn listed(found: &[Binaries]) -> String {
    let versions: BTreeSet<Version> = found.iter().map(|one| one.version).collect();
    let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
    if versions.is_empty() {
        "none".to_owned()
    } else {
        versions.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::super::account::ServerAccount;
    use super::super::sources::{FolderPattern, Sources};
    use super::super::{Durability, Error, Settings};
    use super::Binaries;

    /// The search under test, run by an ordinary user.
    fn find_local(
        settings: &Settings,
        sources: &Sources,
        wanted: Option<u32>,
    ) -> Result<Option<Binaries>, Error> {
        let account = ServerAccount::choose(1000, Path::new("/"), Path::new("/"))?;
        super::find_local(settings, sources, &account, wanted)
    }

    /// A machine with `PostgreSQL` 14.9, 16.3 and 17.2, and only the server of 18.1. The shell
    /// writes the programs: a file just written by this process could still be open for writing in
    /// a child that another test starts, and then it does not run.
    fn machine() -> (Settings, Sources, PathBuf) {
        let root = Path::new("/tmp").join(format!("binaries-{}", uuid::Uuid::new_v4().simple()));
        let script = r#"
            for version in 14.9 16.3 17.2 18.1; do
                bin="$0/${version%.*}/bin"
                mkdir -p "$bin"
                for program in initdb pg_ctl postgres; do
                    [ $version = 18.1 ] && [ $program != postgres ] && continue
                    printf '#!/bin/sh\necho "%s (PostgreSQL) %s"\n' $program $version > "$bin/$program"
                    chmod +x "$bin/$program"
                done
            done"#;
        assert!(
            Command::new("/bin/sh")
                .args(["-c", script])
                .arg(&root)
                .status()
                .unwrap()
                .success()
        );
        let pattern = FolderPattern {
            parent: root.clone(),
            prefix: "",
            below: "bin",
        };
        let sources = Sources {
            patterns: vec![pattern],
            archive: String::new(),
        };
        let settings = Settings {
            folder: root.join("data"),
            durability: Durability::Off,
            binaries: None,
            path: None,
            downloads: root.join("downloads"),
        };
        (settings, sources, root)
    }

    #[test]
    fn the_newest_complete_installation_is_taken() {
        let (settings, sources, root) = machine();
        let found = find_local(&settings, &sources, None).unwrap().unwrap();
        assert_eq!(found.program("initdb"), root.join("17/bin/initdb"));
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn data_is_served_by_its_own_major_version_or_not_at_all() {
        let (settings, sources, root) = machine();
        let sixteen = find_local(&settings, &sources, Some(16)).unwrap().unwrap();
        assert_eq!(sixteen.version().to_string(), "16.3");

        let fifteen = find_local(&settings, &sources, Some(15)).unwrap_err();
        assert!(
            matches!(fifteen, Error::OtherMajor { wanted: 15, .. }),
            "{fifteen}"
        );
        assert!(
            fifteen.to_string().contains("14.9, 16.3, 17.2"),
            "{fifteen}"
        );

        // 18 can be downloaded.
        assert_eq!(find_local(&settings, &sources, Some(18)).unwrap(), None);
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn the_folder_named_by_the_settings_is_obeyed_or_refused() {
        let (mut settings, sources, root) = machine();
        settings.binaries = Some(root.join("16/bin"));
        assert_eq!(
            find_local(&settings, &sources, None)
                .unwrap()
                .unwrap()
                .version()
                .major,
            16
        );

        settings.binaries = Some(root.join("14/bin"));
        let old = find_local(&settings, &sources, None).unwrap_err();
        assert!(
            old.to_string()
                .contains("PostgreSQL 14.9; 15 or newer is needed"),
            "{old}"
        );

        settings.binaries = Some(root.join("18/bin"));
        let incomplete = find_local(&settings, &sources, None).unwrap_err();
        assert!(
            matches!(incomplete, Error::UnfitBinaries { .. }),
            "{incomplete}"
        );
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn the_search_path_is_searched() {
        let (mut settings, _, root) = machine();
        let empty = Sources {
            patterns: Vec::new(),
            archive: String::new(),
        };
        assert_eq!(find_local(&settings, &empty, None).unwrap(), None);
        settings.path = Some(root.join("17/bin").into_os_string());
        assert_eq!(
            find_local(&settings, &empty, None)
                .unwrap()
                .unwrap()
                .version()
                .major,
            17
        );
        std::fs::remove_dir_all(root).unwrap();
    }
}
