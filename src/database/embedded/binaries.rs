//! Finds the programs of `PostgreSQL`: those `PG_BIN_DIR` names, else the newest on this machine, else a downloaded copy. Data made by one major
//! version can only be read by the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf, absolute};

use super::account::Account;
use super::sources::Sources;
use super::version::Version;
use super::{EmbeddedError, Settings, aside, download};

/// The oldest version whose SQL ours is.
const FLOOR: u32 = 15;

/// A folder with `initdb`, `pg_ctl` and `postgres` that the server's user can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    version: Version,
}

impl Binaries {
    /// The programs in `folder`, if all three run as their future user: they do not below `/root`, or where a library is missing.
    fn at(folder: &Path, account: &Account) -> Option<Self> {
        let folder = absolute(folder).ok()?;
        let told = told_by(account, &folder.join("postgres"), "--version")?;
        let version = Version::read(&String::from_utf8_lossy(&told))?;
        told_by(account, &folder.join("initdb"), "--version")?;
        told_by(account, &folder.join("pg_ctl"), "--version")?;
        Some(Self { folder, version })
    }

    /// The path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Which version they are.
    pub(super) fn version(&self) -> Version {
        self.version
    }
}

/// Finds programs that `account` can run, downloading them when this machine has none; of the major version `wanted`, if there is data that needs it.
pub(super) async fn obtain(
    settings: &Settings,
    sources: &Sources,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Binaries, EmbeddedError> {
    if let Some(found) = search(settings, sources, account, wanted).await? {
        return Ok(found);
    }
    let missing = |cause| EmbeddedError::NoBinaries {
        lacking: match wanted {
            None => format!("PostgreSQL {FLOOR} or newer"),
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
    search(settings, sources, account, wanted)
        .await?
        .ok_or_else(useless)
}

/// [`local`], away from the other tasks: it runs programs.
async fn search(
    settings: &Settings,
    sources: &Sources,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Option<Binaries>, EmbeddedError> {
    let (settings, sources, account) = (settings.clone(), sources.clone(), account.clone());
    aside(move || local(&settings, &sources, &account, wanted)).await
}

/// The best programs on this machine, or none if downloading would help.
fn local(
    settings: &Settings,
    sources: &Sources,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Option<Binaries>, EmbeddedError> {
    let fits = |found: &Binaries| {
        wanted.map_or(found.version.major >= FLOOR, |major| {
            found.version.major == major
        })
    };
    let other_major = |wanted: u32, found: &[Binaries]| EmbeddedError::OtherMajor {
        data: settings.folder.join("pg"),
        wanted,
        found: listed(found),
    };
    if let Some(folder) = &settings.binaries {
        let unfit = |reason: String| EmbeddedError::UnfitBinaries {
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
                "that is PostgreSQL {}; {FLOOR} or newer is needed",
                found.version
            ))),
        };
    }
    let all: Vec<Binaries> = sources
        .folders(settings, account)
        .iter()
        .filter_map(|folder| Binaries::at(folder, account))
        .collect();
    // Backwards, because of equals the last is the greatest.
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

/// What a program prints, if it is there and succeeds.
pub(super) fn told_by(account: &Account, program: &Path, argument: &str) -> Option<Vec<u8>> {
    let output = account
        .command(program, Path::new("/"))
        .arg(argument)
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout)
}

/// For the reader: the versions found.
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

    use super::super::account::Account;
    use super::super::sources::{Shelf, Sources};
    use super::super::{Durability, EmbeddedError, Settings};
    use super::Binaries;

    /// The search under test, by an ordinary user.
    fn local(
        settings: &Settings,
        sources: &Sources,
        wanted: Option<u32>,
    ) -> Result<Option<Binaries>, EmbeddedError> {
        let account = Account::choose(1000, Path::new("/"), Path::new("/"))?;
        super::local(settings, sources, &account, wanted)
    }

    /// A machine that has the `PostgreSQL` versions 14.9, 16.3 and 17.2, and of 18.1 the server only. The shell writes the programs: a file this
    /// process had just written could still be open for writing in a child another test is starting, and then it does not run.
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
        let shelf = Shelf {
            parent: root.clone(),
            prefix: "",
            below: "bin",
        };
        let sources = Sources {
            shelves: vec![shelf],
            archive: String::new(),
        };
        let settings = Settings {
            folder: root.join("data"),
            durability: Durability::Waived,
            binaries: None,
            path: None,
            downloads: root.join("downloads"),
        };
        (settings, sources, root)
    }

    #[test]
    fn the_newest_complete_installation_is_taken() {
        let (settings, sources, root) = machine();
        let found = local(&settings, &sources, None).unwrap().unwrap();
        assert_eq!(found.program("initdb"), root.join("17/bin/initdb"));
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn data_is_served_by_its_own_major_version_or_not_at_all() {
        let (settings, sources, root) = machine();
        let sixteen = local(&settings, &sources, Some(16)).unwrap().unwrap();
        assert_eq!(sixteen.version().to_string(), "16.3");

        let fifteen = local(&settings, &sources, Some(15)).unwrap_err();
        assert!(
            matches!(fifteen, EmbeddedError::OtherMajor { wanted: 15, .. }),
            "{fifteen}"
        );
        assert!(
            fifteen.to_string().contains("14.9, 16.3, 17.2"),
            "{fifteen}"
        );

        // 18 is the one that can be downloaded.
        assert_eq!(local(&settings, &sources, Some(18)).unwrap(), None);
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn the_folder_named_by_the_settings_is_obeyed_or_refused() {
        let (mut settings, sources, root) = machine();
        settings.binaries = Some(root.join("16/bin"));
        assert_eq!(
            local(&settings, &sources, None)
                .unwrap()
                .unwrap()
                .version()
                .major,
            16
        );

        settings.binaries = Some(root.join("14/bin"));
        let old = local(&settings, &sources, None).unwrap_err();
        assert!(
            old.to_string()
                .contains("PostgreSQL 14.9; 15 or newer is needed"),
            "{old}"
        );

        settings.binaries = Some(root.join("18/bin"));
        let incomplete = local(&settings, &sources, None).unwrap_err();
        assert!(
            matches!(incomplete, EmbeddedError::UnfitBinaries { .. }),
            "{incomplete}"
        );
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn the_search_path_is_searched() {
        let (mut settings, _, root) = machine();
        let empty = Sources {
            shelves: Vec::new(),
            archive: String::new(),
        };
        assert_eq!(local(&settings, &empty, None).unwrap(), None);
        settings.path = Some(root.join("17/bin").into_os_string());
        assert_eq!(
            local(&settings, &empty, None)
                .unwrap()
                .unwrap()
                .version()
                .major,
            17
        );
        std::fs::remove_dir_all(root).unwrap();
    }
}
