//! Writes one upload to the store, in a task of its own that cannot be cancelled: it ends with a
//! complete object in the customer's folder or with nothing. When the caller goes away it stops
//! sending, and the task cleans up.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::gateways::document_store::{DocumentStore, ObjectWriter};

/// The block size for the store. Four blocks exist per upload: filling, waiting, being written, and
/// the writer's copy.
pub(super) const BLOCK: usize = 128 << 10;
/// Below this, moving the hash to another thread costs more than the hash.
const INLINE_HASH_LIMIT: usize = 16 << 10;

enum UploadCommand {
    Write(Bytes),
    Keep(String),
}

/// A running upload. Dropping it aborts the upload.
pub(super) struct Upload {
    commands: mpsc::Sender<UploadCommand>,
    task: JoinHandle<Result<Option<CompleteObject>>>,
}

/// A complete object.
pub(super) struct CompleteObject {
    pub sha256: [u8; 32],
    pub object: Unrecorded,
}

impl Upload {
    /// Starts an upload.
    pub fn begin(store: &DocumentStore) -> Self {
        // One block waits while another is written; more would only use memory.
        let (commands, inbox) = mpsc::channel(1);
        Self {
            commands,
            task: tokio::spawn(run_upload(store.clone(), inbox)),
        }
    }

    /// Sends the next block; waits when the store is slower than the caller. A failure of the store
    /// is reported here or by `keep`.
    pub async fn write(&mut self, block: Bytes) -> Result<()> {
        if self
            .commands
            .send(UploadCommand::Write(block))
            .await
            .is_ok()
        {
            return Ok(());
        }
        Err(self.failure().await)
    }

    /// Completes the object and gives it `key`.
    pub async fn keep(mut self, key: String) -> Result<CompleteObject> {
        if self.commands.send(UploadCommand::Keep(key)).await.is_err() {
            return Err(self.failure().await);
        }
        let kept = self.task.await.map_err(Error::internal)??;
        kept.ok_or_else(|| Error::internal("an upload ended before it was complete"))
    }

    async fn failure(&mut self) -> Error {
        match (&mut self.task).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) => Error::internal("an upload ended before it was complete"),
            Err(error) => Error::internal(error),
        }
    }
}

async fn run_upload(
    store: DocumentStore,
    mut commands: mpsc::Receiver<UploadCommand>,
) -> Result<Option<CompleteObject>> {
    let quarantined = DocumentStore::quarantine_key();
    let mut writer = store.writer(&quarantined).await?;
    let kept = match write_blocks(&mut writer, &mut commands).await {
        Ok(Some((key, sha256))) => {
            // Created before the move, so that a move that fails half-way leaves no object behind.
            let object = Unrecorded {
                store: store.clone(),
                key: Some(key.clone()),
            };
            store
                .promote(&quarantined, &key)
                .await
                .map(|()| Some(CompleteObject { sha256, object }))
        }
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    if !matches!(kept, Ok(Some(_)))
        && let Err(error) = writer.abort().await
    {
        tracing::warn!(
            ?error,
            "an upload that came to nothing stays in quarantine until it is swept"
        );
    }
    kept
}

/// Writes blocks until `Keep`, then completes the object. None when the caller went away.
async fn write_blocks(
    writer: &mut ObjectWriter,
    commands: &mut mpsc::Receiver<UploadCommand>,
) -> Result<Option<(String, [u8; 32])>> {
    let mut hasher = Sha256::new();
    while let Some(order) = commands.recv().await {
        match order {
            UploadCommand::Write(block) => {
                let (digest, written) =
                    tokio::join!(hash(hasher, block.clone()), writer.write(block));
                written?;
                hasher = digest?;
            }
            UploadCommand::Keep(key) => {
                writer.finish().await?;
                return Ok(Some((key, hasher.finalize().into())));
            }
        }
    }
    Ok(None)
}

/// Hashes off the worker thread, which serves other requests meanwhile, and in parallel with the
/// write.
async fn hash(mut hasher: Sha256, block: Bytes) -> Result<Sha256> {
    if block.len() <= INLINE_HASH_LIMIT {
        hasher.update(&block);
        return Ok(hasher);
    }
    let hashing = tokio::task::spawn_blocking(move || {
        hasher.update(&block);
        hasher
    });
    hashing.await.map_err(Error::internal)
}

/// An object without a database row. Dropping it deletes the object, unless `keep` was called.
#[derive(Debug)]
pub(super) struct Unrecorded {
    store: DocumentStore,
    key: Option<String>,
}

impl Unrecorded {
    pub fn keep(mut self) {
        self.key = None;
    }
}

impl Drop for Unrecorded {
    fn drop(&mut self) {
        let Some(key) = self.key.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let store = self.store.clone();
        runtime.spawn(async move {
            if let Err(error) = store.delete(&key).await {
                tracing::warn!(?error, object.key = %key, "an object that no row names could not be deleted");
            }
        });
    }
}
