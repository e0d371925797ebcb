//! Object storage for the bytes of documents: a folder or an S3 bucket. It holds keys and bytes and
//! has no notion of cases. Only the database says which object is a document, so an object without
//! a row is invisible.

pub mod transfer;

use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Fs, S3};
use opendal::{ErrorKind, HttpTransporter, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Prefix of incomplete uploads, one object per upload.
const QUARANTINE: &str = "quarantine/";
/// Minimum size of an S3 multipart part. An upload to S3 therefore holds two parts in memory: one
/// being filled and one being sent.
const PART_SIZE: usize = 5 << 20;
/// Bytes read from a file at a time.
const CHUNK_SIZE: usize = 256 << 10;
/// The number of folders that are remembered as durable.
const DURABLE_FOLDERS: usize = 1_000;
/// Timeout of the health check.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// A document store. Cheap to clone: give one to every worker.
#[derive(Debug, Clone)]
pub struct DocumentStore {
    operator: Operator,
    backend: Backend,
    /// Folders that are on the disk with all folders above them: a new file in one needs only that
    /// folder written.
    durable_folders: Arc<Cache<PathBuf, ()>>,
    /// Limits the number of objects held in memory for inspection to one.
    memory_permits: Arc<Semaphore>,
}

/// Bytes of an object, held in memory for inspection. Dropping the value frees the permit.
#[derive(Debug)]
pub(crate) struct ObjectInMemory {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl ObjectInMemory {
    /// The bytes of the object.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[derive(Debug, Clone)]
enum Backend {
    Folder(Arc<Path>),
    Bucket,
}

impl DocumentStore {
    /// Opens a store in the folder `path`, which is created if missing.
    ///
    /// # Errors
    /// When the folder cannot be created or its name is not UTF-8.
    pub fn folder(path: &Path) -> Result<Self> {
        let root = path.to_str().ok_or_else(|| {
            Error::internal("the folder of the document store has a name that is not UTF-8")
        })?;
        // Only the service's own user may read the folder.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(Error::internal)?;
        let operator = Operator::new(Fs::default().root(root)).map_err(Error::internal)?;
        Ok(Self {
            operator,
            backend: Backend::Folder(path.into()),
            durable_folders: durable_folders(),
            memory_permits: single_permit(),
        })
    }

    /// Opens a store in `bucket`, at AWS unless `endpoint` is given. Requests are retried four
    /// times and time out after one minute. Give the bucket a lifecycle rule that ends incomplete
    /// multipart uploads: they are not objects, so `remove_strays` cannot see them.
    ///
    /// # Errors
    /// When the settings contradict each other. The bucket itself is first contacted by `health`.
    pub fn s3(
        bucket: &str,
        endpoint: Option<&str>,
        region: &str,
        access_key: &str,
        secret_key: &str,
    ) -> Result<Self> {
        crate::gateways::install_tls_provider();
        // Without it a request finds no HTTP client. No effect when repeated.
        HttpTransporter::install_default(ReqwestTransport::default());
        let builder = S3::default()
            .bucket(bucket)
            .region(region)
            .access_key_id(access_key)
            .secret_access_key(secret_key);
        // Use no credentials from the machine: no profile, no metadata service.
        let builder = builder.disable_config_load().disable_ec2_metadata();
        let builder = if let Some(endpoint) = endpoint {
            builder.endpoint(endpoint)
        } else {
            builder
        };
        let timeout = TimeoutLayer::new()
            .with_timeout(Duration::from_mins(1))
            .with_io_timeout(Duration::from_mins(1));
        let retry = RetryLayer::new().with_max_times(4).with_jitter();
        let operator = Operator::new(builder)
            .map_err(Error::internal)?
            .layer(timeout)
            .layer(retry);
        Ok(Self {
            operator,
            backend: Backend::Bucket,
            durable_folders: durable_folders(),
            memory_permits: single_permit(),
        })
    }

    /// A new, unique key in quarantine.
    pub fn quarantine_key() -> String {
        format!("{QUARANTINE}{}", Uuid::new_v4())
    }

    /// Opens `key` for writing. Nothing is stored until `finish`.
    pub(crate) async fn writer(&self, key: &str) -> Result<ObjectWriter> {
        let writer = self.operator.writer_with(key);
        let writer = match self.backend {
            Backend::Folder(_) => writer.await,
            Backend::Bucket => writer.chunk(PART_SIZE).await,
        };
        Ok(ObjectWriter {
            writer: writer.map_err(failure)?,
            store: self.clone(),
            key: key.to_owned(),
        })
    }

    /// Streams the bytes `range` of `key`. The first chunk is read before this returns, so that a
    /// missing object is an error here and not an interrupted reply.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + use<>> {
        let reader = self.operator.reader_with(key);
        let reader = match self.backend {
            Backend::Folder(_) => reader.chunk(CHUNK_SIZE).await,
            // One request for the whole range: S3 streams its response.
            Backend::Bucket => reader.await,
        };
        let mut pieces = reader
            .map_err(failure)?
            .into_bytes_stream(range)
            .await
            .map_err(failure)?;
        let first = pieces.try_next().await.map_err(failure)?;
        Ok(futures_util::stream::iter(first.map(Ok)).chain(pieces))
    }

    /// Reads the bytes `range` of `key` into memory. Only one caller per store (and its clones) may
    /// hold an object at a time; others wait.
    pub(crate) async fn read_into_memory(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<ObjectInMemory> {
        let permit = Arc::clone(&self.memory_permits)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let bytes = self
            .operator
            .read_with(key)
            .range(range)
            .await
            .map_err(failure)?
            .to_vec();
        Ok(ObjectInMemory {
            bytes,
            _permit: permit,
        })
    }

    /// Reads a whole small object that the service wrote itself; `None` when it does not exist.
    pub async fn read_whole(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let found = match &self.backend {
            // Opendal prepares four megabytes for each object of unknown size.
            Backend::Folder(root) => match tokio::fs::read(root.join(key)).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                read => read.map_err(failure)?,
            },
            Backend::Bucket => match self.operator.read(key).await {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                read => read.map_err(failure)?.to_vec(),
            },
        };
        Ok(Some(found))
    }

    /// Stores a small object atomically; once stored it survives a power failure. In a folder its
    /// modification time is the beginning of 1970; a bucket keeps its own time.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
        let Backend::Folder(root) = &self.backend else {
            // A bucket shows only complete objects.
            let stored = self.operator.write(key, bytes).await;
            return stored.map(drop).map_err(failure);
        };
        let arriving = root.join(Self::quarantine_key());
        let (file, root) = (root.join(key), Arc::clone(root));
        let durable = Arc::clone(&self.durable_folders);
        blocking(move || {
            let mut written = transfer::create(&arriving)?;
            written.write_all(&bytes)?;
            written.set_modified(std::time::UNIX_EPOCH)?;
            written.sync_all()?;
            transfer::rename(&arriving, &file)?;
            sync_folders(&file, &root, &durable)
        })
        .await
    }

    /// Lists the keys of the objects directly below `folder`, which ends in a slash. Unordered.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let entries = self.operator.list(folder).await.map_err(failure)?;
        Ok(entries
            .iter()
            .map(|entry| entry.path().to_owned())
            .filter(|path| !path.ends_with('/'))
            .collect())
    }

    /// Moves a finished object from quarantine to its key; afterwards it survives a power failure.
    ///
    /// # Errors
    /// When the store fails. The object may then exist at `to` and must be deleted.
    pub(crate) async fn promote(&self, from: &str, to: &str) -> Result<()> {
        match &self.backend {
            Backend::Folder(root) => {
                self.operator.rename(from, to).await.map_err(failure)?;
                let (file, root) = (root.join(to), Arc::clone(root));
                let durable = Arc::clone(&self.durable_folders);
                blocking(move || sync_folders(&file, &root, &durable)).await
            }
            Backend::Bucket => {
                self.operator.copy(from, to).await.map_err(failure)?;
                self.delete(from).await
            }
        }
    }

    /// Deletes `key`; succeeds when it does not exist.
    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        self.operator.delete(key).await.map_err(failure)
    }

    /// Deletes the objects in quarantine that were last written before `older_than`, such as those
    /// a crash left behind. Returns their number. Choose an age that no running upload reaches.
    pub async fn remove_strays(&self, older_than: DateTime<Utc>) -> Result<u64> {
        let mut removed = 0;
        let mut entries = self.operator.lister(QUARANTINE).await.map_err(failure)?;
        while let Some(entry) = entries.try_next().await.map_err(failure)? {
            if entry.path().ends_with('/') {
                continue;
            }
            let written = match self.operator.stat(entry.path()).await {
                Ok(metadata) => metadata
                    .last_modified()
                    .map(std::time::SystemTime::from)
                    .map(DateTime::<Utc>::from),
                // The upload ended after the listing.
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(failure(error)),
            };
            if written.is_some_and(|written| written < older_than) {
                self.delete(entry.path()).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Checks that the store answers within two seconds. A folder is tested by writing a file; a
    /// bucket only by a free request, because a probe must not cost money each time.
    pub async fn health(&self) -> Result<()> {
        let answer = async {
            match &self.backend {
                Backend::Folder(root) => probe(root).await.map_err(failure),
                Backend::Bucket => self.operator.check().await.map_err(failure),
            }
        };
        tokio::time::timeout(HEALTH_TIMEOUT, answer)
            .await
            .map_err(Error::busy)?
    }
}

/// The refusal for a failure of the store: later the same request may succeed, unless an object is
/// gone that should be there.
fn failure(error: impl StoreFailure) -> Error {
    if error.is_missing() {
        Error::internal(error)
    } else {
        Error::busy(error)
    }
}

/// An error of the store or of its file system.
trait StoreFailure: std::error::Error + Send + Sync + 'static {
    fn is_missing(&self) -> bool;
}

impl StoreFailure for opendal::Error {
    fn is_missing(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }
}

impl StoreFailure for io::Error {
    fn is_missing(&self) -> bool {
        self.kind() == io::ErrorKind::NotFound
    }
}

fn single_permit() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1))
}

/// Writes a file and deletes it. Creates no folder above the quarantine, so that a missing mount is
/// noticed and not written over.
async fn probe(root: &Path) -> io::Result<()> {
    match tokio::fs::create_dir(root.join(QUARANTINE)).await {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = root.join(DocumentStore::quarantine_key());
    tokio::fs::write(&file, b"probe").await?;
    tokio::fs::remove_file(&file).await
}

/// An object being written. If it is dropped without `finish` or `abort`, a part may stay in
/// quarantine until `remove_strays`.
pub(crate) struct ObjectWriter {
    writer: opendal::Writer,
    store: DocumentStore,
    key: String,
}

impl ObjectWriter {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// When the store fails: call `abort`.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.write(bytes).await.map_err(failure)
    }

    /// Completes the object: its bytes are on the disk or in the bucket.
    ///
    /// # Errors
    /// When the store fails: call `abort`.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        self.writer.close().await.map_err(failure)?;
        Ok(())
    }

    /// Discards the object.
    pub(crate) async fn abort(mut self) -> Result<()> {
        // A folder has no multipart uploads and answers `Unsupported`; a bucket ends the upload.
        // The object itself is deleted below.
        if let Err(error) = self.writer.abort().await
            && error.kind() != ErrorKind::Unsupported
        {
            tracing::warn!(%error, "an unfinished upload could not be ended in the store");
        }
        self.store.delete(&self.key).await
    }
}

fn durable_folders() -> Arc<Cache<PathBuf, ()>> {
    Arc::new(Cache::new(DURABLE_FOLDERS))
}

/// Syncs the folders above `file` to disk: a rename survives a power failure only after its folder
/// is synced, and so does a new folder. Folders are never deleted.
fn sync_folders(file: &Path, root: &Path, durable: &Cache<PathBuf, ()>) -> io::Result<()> {
    let Some(parent) = file.parent() else {
        return Ok(());
    };
    let above = if durable.get(parent).is_some() {
        1
    } else {
        usize::MAX
    };
    parent
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .take(above)
        .try_for_each(|folder| std::fs::File::open(folder)?.sync_all())?;
    durable.insert(parent.to_owned(), ());
    Ok(())
}

/// Runs a task of the file system on a thread of its own.
async fn blocking<T: Send + 'static>(
    task: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(task)
        .await
        .map_err(Error::internal)?
        .map_err(failure)
}
