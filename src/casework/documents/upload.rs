//! The store's side of one upload, in a task of its own that nobody can cancel: it ends with a complete object in the customer's folder or with
//! nothing. A caller who goes away merely stops sending, and the task cleans up.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::gateways::document_store::{DocumentStore, ObjectWriter};

/// How much travels to the store at a time. Four of these exist per upload: filling, waiting, being written, and the writer's copy.
pub(super) const BLOCK: usize = 128 << 10;
/// Below this, moving the hash to another thread costs more than the hash.
const HASH_HERE: usize = 16 << 10;

enum Order {
    Write(Bytes),
    Keep(String),
}

/// An upload under way. Dropping it means: forget it.
pub(super) struct Upload {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<Result<Option<Kept>>>,
}

/// A complete object.
pub(super) struct Kept {
    pub sha256: [u8; 32],
    pub object: Unrecorded,
}

impl Upload {
    /// Begins one.
    pub fn begin(store: &DocumentStore) -> Self {
        // One waits while one is written; more would only be memory.
        let (orders, inbox) = mpsc::channel(1);
        Self {
            orders,
            task: tokio::spawn(carry_out(store.clone(), inbox)),
        }
    }

    /// Hands over the next bytes; waits when the store is slower than the caller. A store that failed says so in `keep`.
    pub async fn write(&mut self, block: Bytes) -> Result<()> {
        if self.orders.send(Order::Write(block)).await.is_ok() {
            return Ok(());
        }
        Err(self.failure().await)
    }

    /// Completes the object and gives it `key`.
    pub async fn keep(mut self, key: String) -> Result<Kept> {
        if self.orders.send(Order::Keep(key)).await.is_err() {
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

async fn carry_out(
    store: DocumentStore,
    mut orders: mpsc::Receiver<Order>,
) -> Result<Option<Kept>> {
    let quarantined = DocumentStore::quarantine_key();
    let mut writer = store.writer(&quarantined).await?;
    let kept = match pour(&mut writer, &mut orders).await {
        Ok(Some((key, sha256))) => {
            // Armed before the move: a move that fails half-way leaves nothing at the new place.
            let object = Unrecorded {
                store: store.clone(),
                key: Some(key.clone()),
            };
            store
                .promote(&quarantined, &key)
                .await
                .map(|()| Some(Kept { sha256, object }))
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

/// Writes until told to keep, then completes the object. None when the caller went away.
async fn pour(
    writer: &mut ObjectWriter,
    orders: &mut mpsc::Receiver<Order>,
) -> Result<Option<(String, [u8; 32])>> {
    let mut hasher = Sha256::new();
    while let Some(order) = orders.recv().await {
        match order {
            Order::Write(block) => {
                let (digest, written) =
                    tokio::join!(hash(hasher, block.clone()), writer.write(block));
                written?;
                hasher = digest?;
            }
            Order::Keep(key) => {
                writer.finish().await?;
                return Ok(Some((key, hasher.finalize().into())));
            }
        }
    }
    Ok(None)
}

/// Off the worker's thread, which serves other requests meanwhile, and at the same time as the writing.
async fn hash(mut hasher: Sha256, block: Bytes) -> Result<Sha256> {
    if block.len() <= HASH_HERE {
        hasher.update(&block);
        return Ok(hasher);
    }
    let hashing = tokio::task::spawn_blocking(move || {
        hasher.update(&block);
        hasher
    });
    hashing.await.map_err(Error::internal)
}

/// An object that no row of the database names yet. Dropped, it is deleted, unless somebody said `keep`.
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
