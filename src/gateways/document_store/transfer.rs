//! Whole objects copied between the store and files, with their SHA-256: for backups.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use opendal::ErrorKind;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::{Backend, CHUNK_SIZE, DocumentStore, PART_SIZE, QUARANTINE, blocking, failure};
use crate::error::{Error, Result};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

impl DocumentStore {
    /// The keys of all objects, except those in quarantine. Unordered.
    pub(crate) async fn keys(&self) -> Result<impl Stream<Item = Result<String>> + use<>> {
        let lister = self
            .operator
            .lister_with("")
            .recursive(true)
            .await
            .map_err(failure)?;
        Ok(lister
            .map_ok(|entry| entry.path().to_owned())
            .map_err(failure)
            .try_filter(|key| {
                std::future::ready(!key.ends_with('/') && !key.starts_with(QUARANTINE))
            }))
    }

    /// Copies an object into a file; `None` when the object does not exist.
    pub(crate) async fn copy_to_file(&self, key: &str, file: PathBuf) -> Result<Option<Hash>> {
        if let Backend::Folder(root) = &self.backend {
            return copy_file(root.join(key), file).await;
        }
        let reader = match self.operator.reader(key).await {
            Ok(reader) => reader.into_bytes_stream(..).await,
            Err(error) => Err(error),
        };
        let mut pieces = match reader {
            Ok(pieces) => pieces,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure(error)),
        };
        create_parent(&file).map_err(failure)?;
        let part = part_of(&file);
        let mut written = tokio::fs::File::create(&part).await.map_err(failure)?;
        let mut hash = Sha256::new();
        while let Some(piece) = pieces.next().await {
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(failure(error)),
            };
            hash.update(&piece);
            written.write_all(&piece).await.map_err(failure)?;
        }
        written.flush().await.map_err(failure)?;
        tokio::fs::rename(&part, &file).await.map_err(failure)?;
        Ok(Some(hash.finalize().into()))
    }

    /// Copies a file into an object, whose modification time is cleared. In a folder it survives a
    /// power failure only after `sync`.
    pub(crate) async fn copy_from_file(&self, file: PathBuf, key: &str) -> Result<Option<Hash>> {
        if let Backend::Folder(root) = &self.backend {
            return copy_file(file, root.join(key)).await;
        }
        let mut read = match File::open(&file) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure(error)),
        };
        let mut writer = self.writer(key).await?;
        let mut hash = Sha256::new();
        loop {
            let mut piece = Vec::new();
            let limit = u64::try_from(PART_SIZE).map_err(Error::internal)?;
            let length = (&mut read)
                .take(limit)
                .read_to_end(&mut piece)
                .map_err(failure)?;
            if length == 0 {
                break;
            }
            hash.update(&piece);
            writer.write(piece.into()).await?;
        }
        writer.finish().await?;
        Ok(Some(hash.finalize().into()))
    }

    /// The SHA-256 of an object; `None` when it does not exist.
    pub(crate) async fn sha256(&self, key: &str) -> Result<Option<Hash>> {
        if let Backend::Folder(root) = &self.backend {
            return sha256_of_file(root.join(key)).await;
        }
        let found = self.operator.stat(key).await;
        let size = match found {
            Ok(found) => found.content_length(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure(error)),
        };
        let mut hash = Sha256::new();
        let mut pieces = self.read(key, 0..size).await?;
        while let Some(piece) = pieces.try_next().await.map_err(failure)? {
            hash.update(&piece);
        }
        Ok(Some(hash.finalize().into()))
    }

    /// Writes the objects of a folder that were copied by `copy_from_file` to the disk.
    pub(crate) async fn sync(&self) -> Result<()> {
        match &self.backend {
            Backend::Folder(root) => sync_file_system(root.to_path_buf()).await,
            Backend::Bucket => Ok(()),
        }
    }
}

/// Writes all files of the file system of `folder` to the disk: one call for a million new files.
pub(crate) async fn sync_file_system(folder: PathBuf) -> Result<()> {
    blocking(move || Ok(rustix::fs::syncfs(File::open(folder)?)?)).await
}

/// The SHA-256 of a file; `None` when it does not exist.
pub(crate) async fn sha256_of_file(file: PathBuf) -> Result<Option<Hash>> {
    blocking(move || {
        let mut hash = Sha256::new();
        Ok(pass(&file, |bytes| {
            hash.update(bytes);
            Ok(())
        })?
        .map(|()| hash.finalize().into()))
    })
    .await
}

/// Copies a file under a temporary name, clears its modification time and renames it.
async fn copy_file(from: PathBuf, to: PathBuf) -> Result<Option<Hash>> {
    blocking(move || {
        let part = part_of(&to);
        let mut written = None;
        let mut hash = Sha256::new();
        let found = pass(&from, |bytes| {
            hash.update(bytes);
            if written.is_none() {
                written = Some(create(&part)?);
            }
            written
                .iter_mut()
                .try_for_each(|file| file.write_all(bytes))
        })?;
        if found.is_none() {
            return Ok(None);
        }
        let file = match written {
            Some(file) => file,
            // An empty object.
            None => create(&part)?,
        };
        file.set_modified(std::time::SystemTime::UNIX_EPOCH)?;
        fs::rename(&part, &to)?;
        Ok(Some(hash.finalize().into()))
    })
    .await
}

/// Gives the bytes of a file to `take`, piece by piece; `None` when it does not exist.
fn pass(file: &Path, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Option<()>> {
    let mut file = match File::open(file) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut piece = vec![0; CHUNK_SIZE];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return Ok(Some(()));
        }
        take(&piece[..length])?;
    }
}

/// Creates a file, and the folders above it where they are missing.
pub(super) fn create(file: &Path) -> io::Result<File> {
    match File::create(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_parent(file)?;
            File::create(file)
        }
        created => created,
    }
}

/// Renames a file, and creates the folders above its new name where they are missing.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_parent(to)?;
            fs::rename(from, to)
        }
        renamed => renamed,
    }
}

fn create_parent(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)
}

/// The temporary name of a file that is being written.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
