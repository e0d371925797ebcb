//! The files of a backup: `database/` by `pg_dump`, `documents/` with one file for each object, and
//! `documents.sha256`, which is written last: its presence says that the backup is complete.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Component, Path, PathBuf};

use uuid::Uuid;

use crate::audit;
use crate::supervisor::Failure;

const DOCUMENTS: &str = "documents";

/// The folder of one backup.
#[derive(Debug, Clone)]
pub struct BackupFolder(PathBuf);

impl BackupFolder {
    /// Creates the folder, or opens that of an interrupted backup.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| format!("{} cannot be created: {error}", path.display()))?;
        let folder = Self(path.canonicalize()?);
        if folder.listing().exists() {
            return Err(format!(
                "{} holds a complete backup: name another folder",
                path.display()
            )
            .into());
        }
        Ok(folder)
    }

    /// Opens the folder of a complete backup.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let folder = Self(path.to_owned());
        if folder.listing().exists() {
            return Ok(folder);
        }
        Err(format!(
            "{} holds no complete backup: documents.sha256 is missing; run `service-desk backup` again to complete it",
            path.display()
        )
        .into())
    }

    /// The folder that `pg_dump` wrote.
    pub fn database(&self) -> PathBuf {
        self.0.join("database")
    }

    /// A new name for the folder that `pg_dump` is to write; removes unfinished ones. Each run has a
    /// name of its own, because the `pg_dump` of a killed run may still be writing.
    pub fn new_database(&self) -> io::Result<PathBuf> {
        const UNFINISHED: &str = "database.part-";
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(self.0.join(format!("{UNFINISHED}{}", Uuid::new_v4())))
    }

    /// The folder of the objects.
    pub fn documents(&self) -> PathBuf {
        self.0.join(DOCUMENTS)
    }

    /// The file of an object.
    ///
    /// # Errors
    /// When the key would lead out of the folder, or would break a line of the list.
    pub fn file_of(&self, key: &str) -> Result<PathBuf, Failure> {
        let is_plain = Path::new(key)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if is_plain && !key.contains(['\n', '\r', '\\']) {
            return Ok(self.documents().join(key));
        }
        Err(format!("the document store has an object with a strange key: {key:?}").into())
    }

    /// Whether an object belongs to the backup once the database was dumped: no later anchor does.
    pub fn may_grow_by(&self, key: &str) -> bool {
        !key.starts_with(audit::ANCHORS) || self.documents().join(key).exists()
    }

    fn listing(&self) -> PathBuf {
        self.0.join("documents.sha256")
    }

    /// A new list of objects, under a temporary name.
    pub fn new_listing(&self) -> io::Result<BufWriter<File>> {
        File::create(self.listing().with_extension("part")).map(BufWriter::new)
    }

    /// Gives the list its name, durably.
    pub fn complete(&self, listing: BufWriter<File>) -> Result<(), Failure> {
        listing.into_inner()?.sync_all()?;
        fs::rename(self.listing().with_extension("part"), self.listing())?;
        Ok(File::open(&self.0)?.sync_all()?)
    }

    /// Reads the list of objects.
    pub fn read_listing(&self) -> Result<impl Iterator<Item = Result<Listing, Failure>>, Failure> {
        let lines = BufReader::new(File::open(self.listing())?).lines();
        Ok(lines.map(|line| {
            let line = line?;
            Listing::parse(&line).ok_or_else(|| {
                format!("documents.sha256 has a line that is none of ours: {line:?}").into()
            })
        }))
    }

    /// Deletes the files of objects that the store has no more: what was shredded since an
    /// interrupted run must not stay in its backup.
    pub fn remove_others(&self, kept: &HashSet<String>) -> io::Result<()> {
        let documents = self.documents();
        let mut waiting = vec![documents.clone()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let path = entry.path();
                let key = path.strip_prefix(&documents).ok().and_then(Path::to_str);
                if entry.file_type()?.is_dir() {
                    waiting.push(path);
                } else if !key.is_some_and(|key| kept.contains(key)) {
                    fs::remove_file(path)?;
                }
            }
        }
        Ok(())
    }
}

/// One object of a backup.
#[derive(Debug, PartialEq, Eq)]
pub struct Listing {
    /// The key in the document store.
    pub key: String,
    /// The SHA-256 of its bytes.
    pub hash: [u8; 32],
}

impl Listing {
    /// A line as `sha256sum` writes and checks it.
    pub fn line(key: &str, hash: &[u8; 32]) -> String {
        format!("{}  {DOCUMENTS}/{key}", hex::encode(hash))
    }

    fn parse(line: &str) -> Option<Self> {
        let (hash, path) = line.split_once("  ")?;
        let key = path.strip_prefix(DOCUMENTS)?.strip_prefix('/')?.to_owned();
        let mut listing = Self { key, hash: [0; 32] };
        hex::decode_to_slice(hash, &mut listing.hash).ok()?;
        Some(listing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_list_is_read_as_it_was_written() {
        let listing = Listing {
            key: "customers/1/ab  c".to_owned(),
            hash: [7; 32],
        };
        let line = Listing::line(&listing.key, &listing.hash);
        assert_eq!(Listing::parse(&line), Some(listing));
        for wrong in [
            "",
            "07  documents/a",
            "rubbish",
            &line.replace("documents", "other"),
        ] {
            assert_eq!(Listing::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_key_leads_out_of_the_folder() {
        let folder = BackupFolder("/backup".into());
        assert!(folder.file_of("shred/ab").is_ok());
        for wrong in ["../master-key", "/etc/passwd", "a/../../b", "a\nb", "a\\b"] {
            assert!(folder.file_of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_the_store_has_no_more_leaves_an_interrupted_backup() {
        let place = tempfile::tempdir().unwrap();
        let folder = BackupFolder::create(place.path()).unwrap();
        fs::create_dir_all(folder.documents().join("shred")).unwrap();
        for key in ["shred/a", "shred/b", "b.part"] {
            fs::write(folder.file_of(key).unwrap(), "x").unwrap();
        }
        let kept = HashSet::from(["shred/a".to_owned()]);
        folder.remove_others(&kept).unwrap();
        assert!(folder.file_of("shred/a").unwrap().exists());
        assert!(!folder.file_of("shred/b").unwrap().exists());
        assert!(!folder.file_of("b.part").unwrap().exists());
    }

    #[test]
    fn a_complete_backup_is_never_written_over_and_an_unfinished_one_never_restored() {
        let place = tempfile::tempdir().unwrap();
        let folder = BackupFolder::create(place.path()).unwrap();
        assert!(BackupFolder::open(place.path()).is_err());
        let listing = folder.new_listing().unwrap();
        folder.complete(listing).unwrap();
        assert!(BackupFolder::open(place.path()).is_ok());
        assert!(BackupFolder::create(place.path()).is_err());
    }
}
