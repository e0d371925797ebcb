//! A backup of the office in a folder, and its restoration onto an empty database and an empty
//! document store. The database comes first, so each document that a row names is among the objects
//! copied after it. `sha256sum -c documents.sha256` checks the objects without this program.

mod folder;
mod postgres;
mod restore;
mod store;

pub use self::postgres::Server;
pub use self::restore::{check, restore};

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use futures_util::TryStreamExt as _;

use self::folder::{BackupFolder, Listing};
use crate::audit;
use crate::complaint::sealing::salts;
use crate::gateways::document_store::DocumentStore;
use crate::gateways::document_store::transfer::{sha256_of_file, sync_file_system};
use crate::supervisor::Failure;

/// Objects that are copied at the same time.
const CONCURRENT: usize = 8;

/// What a backup or its restoration found.
#[derive(Debug, Default)]
pub struct Copied {
    /// All objects.
    pub objects: u64,
    /// Those of them that an interrupted earlier run had copied.
    pub there_before: u64,
}

/// Writes a backup into `folder`, and continues one that was interrupted.
///
/// # Errors
/// One line, also when the folder holds a complete backup.
pub async fn backup(
    server: &Server,
    documents: &DocumentStore,
    folder: &Path,
) -> Result<Copied, Failure> {
    let folder = BackupFolder::create(folder)?;
    let began_before = folder.documents().exists();
    if !folder.database().exists() {
        // Before the database, because an anchor of the audit trail that knew of later events would
        // make the restored trail a broken one.
        for key in documents.list(audit::ANCHORS).await? {
            copy(documents, &folder, key).await?;
        }
        let part = folder.new_database()?;
        server.dump(&part).await?;
        std::fs::rename(&part, folder.database())?;
    }
    std::fs::create_dir_all(folder.documents())?;
    let mut listing = folder.new_listing()?;
    let mut copied = Copied::default();
    let mut kept = HashSet::new();
    let objects = documents.keys().await?.map_err(Failure::from);
    let mut objects = std::pin::pin!(
        objects
            .try_filter(|key| std::future::ready(folder.may_grow_by(key)))
            .map_ok(|key| copy(documents, &folder, key))
            .try_buffer_unordered(CONCURRENT)
    );
    while let Some((key, found)) = objects.try_next().await? {
        let Some((hash, was_there)) = found else {
            // Deleted since it was listed.
            continue;
        };
        writeln!(listing, "{}", Listing::line(&key, &hash))?;
        copied.objects += 1;
        copied.there_before += u64::from(was_there);
        if began_before {
            kept.insert(key);
        }
    }
    listing.flush()?;
    if began_before {
        folder.remove_others(&kept)?;
    }
    sync_file_system(folder.documents()).await?;
    folder.complete(listing)?;
    Ok(copied)
}

type Found = Option<([u8; 32], bool)>;

/// Copies one object; `None` when it does not exist any more.
async fn copy(
    documents: &DocumentStore,
    folder: &BackupFolder,
    key: String,
) -> Result<(String, Found), Failure> {
    let file = folder.file_of(&key)?;
    // Only salts ever change: they become fewer.
    let there_before = if key.starts_with(salts::FOLDER) {
        None
    } else {
        sha256_of_file(file.clone()).await?
    };
    let found = match there_before {
        Some(hash) => Some((hash, true)),
        None => documents
            .copy_to_file(&key, file)
            .await?
            .map(|hash| (hash, false)),
    };
    Ok((key, found))
}
