//! The restoration of a backup, and its check: each object by its hash, each document that a row
//! names among the objects. The caller checks the audit trail afterwards.

use std::collections::HashMap;
use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::folder::{BackupFolder, Listing};
use super::postgres::Server;
use super::{CONCURRENT, Copied, store};
use crate::gateways::document_store::DocumentStore;
use crate::supervisor::Failure;

/// Restores the backup in `folder`, and continues a restoration that was interrupted.
///
/// # Errors
/// One line: the database is in use, the backup is not complete, or a file was changed.
pub async fn restore(
    server: &Server,
    documents: &DocumentStore,
    folder: &Path,
) -> Result<Copied, Failure> {
    let folder = BackupFolder::open(folder)?;
    let mut owner = server.connect().await?;
    store::claim(&mut owner).await?;
    let began_before = store::mark_empty_database(&mut owner).await?;
    let copied = copy_objects(documents, &folder).await?;
    if began_before {
        store::empty_marked_database(&mut owner).await?;
    }
    server.load(&folder.database()).await?;
    check_documents(&mut owner, &folder).await?;
    store::finish(&mut owner).await?;
    owner.close().await?;
    Ok(copied)
}

/// Checks an office against a backup: each object of the backup is in the store, unchanged, and each
/// document that a row names is in the backup.
///
/// # Errors
/// One line that names the first object that is missing or differs.
pub async fn check(
    server: &Server,
    documents: &DocumentStore,
    folder: &Path,
) -> Result<u64, Failure> {
    let folder = BackupFolder::open(folder)?;
    let listed = futures_util::stream::iter(folder.read_listing()?);
    let objects = listed
        .map_ok(async |object| {
            if documents.sha256(&object.key).await? == Some(object.hash) {
                Ok(())
            } else {
                Err(damaged(&object.key))
            }
        })
        .try_buffer_unordered(CONCURRENT)
        .try_fold(0, async |count, ()| Ok(count + 1))
        .await?;
    let mut owner = server.connect().await?;
    check_documents(&mut owner, &folder).await?;
    owner.close().await?;
    Ok(objects)
}

async fn copy_objects(documents: &DocumentStore, folder: &BackupFolder) -> Result<Copied, Failure> {
    let listed = futures_util::stream::iter(folder.read_listing()?);
    let mut objects = std::pin::pin!(
        listed
            .map_ok(|object| copy(documents, folder, object))
            .try_buffer_unordered(CONCURRENT)
    );
    let mut copied = Copied::default();
    while let Some(was_there) = objects.try_next().await? {
        copied.objects += 1;
        copied.there_before += u64::from(was_there);
    }
    documents.sync().await?;
    Ok(copied)
}

/// Copies one object unless the store has it; says whether it had.
async fn copy(
    documents: &DocumentStore,
    folder: &BackupFolder,
    Listing { key, hash }: Listing,
) -> Result<bool, Failure> {
    if documents.sha256(&key).await? == Some(hash) {
        return Ok(true);
    }
    let copied = documents
        .copy_from_file(folder.file_of(&key)?, &key)
        .await?;
    if copied == Some(hash) {
        Ok(false)
    } else {
        Err(damaged(&key))
    }
}

fn damaged(key: &str) -> Failure {
    format!("documents/{key} is missing, or differs from its hash in documents.sha256").into()
}

/// Compares the documents that the database names with the list of objects.
async fn check_documents(owner: &mut PgConnection, folder: &BackupFolder) -> Result<(), Failure> {
    let mut listed = HashMap::new();
    for object in folder.read_listing()? {
        let Listing { key, hash } = object?;
        listed.insert(key, hash);
    }
    let mut rows = store::documents(owner);
    while let Some(row) = rows.next().await {
        let (key, hash) = row?;
        if listed.get(&key).map(<[u8; 32]>::as_slice) != Some(hash.as_slice()) {
            return Err(format!(
                "the database names documents/{key}, and the backup has it not, or other bytes"
            )
            .into());
        }
    }
    Ok(())
}
