//! Where the bytes of documents are kept: a folder, or a bucket that speaks S3. It knows keys and bytes, nothing of cases; which object is
//! a document only the database says, so an object without a row is invisible.

use std::io;
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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::error::{Error, Result};

/// What is still arriving lies here, one object an upload.
const QUARANTINE: &str = "quarantine/";
/// The least S3 takes as one part of many, hence what an upload to S3 holds in memory: one part waiting and one under way.
const PART: usize = 5 << 20;
/// How much of a file is read at a time.
const PIECE: usize = 256 << 10;
/// How long the store may take to say that it is there.
const HEALTH_PATIENCE: Duration = Duration::from_secs(2);

/// A document store. Cheap to clone; give every worker one.
#[derive(Debug, Clone)]
pub struct DocumentStore {
    operator: Operator,
    place: Place,
    /// Who holds bytes of objects in memory to look at them.
    holding: Arc<Semaphore>,
}

/// Bytes of an object, held in memory while they are looked at.
#[derive(Debug)]
pub struct Held {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl Held {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[derive(Debug, Clone)]
enum Place {
    Folder(Arc<Path>),
    Bucket,
}

impl DocumentStore {
    /// A store in the folder `path`, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made or its name is not UTF-8.
    pub fn folder(path: &Path) -> Result<Self> {
        let root = path.to_str().ok_or_else(|| {
            Error::internal("the folder of the document store has a name that is not UTF-8")
        })?;
        // What lies in it is for the service's own user alone.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(Error::internal)?;
        let operator = Operator::new(Fs::default().root(root)).map_err(Error::internal)?;
        Ok(Self {
            operator,
            place: Place::Folder(path.into()),
            holding: one_at_a_time(),
        })
    }

    /// A store in `bucket`; without an `endpoint` that of AWS. Requests are repeated a few times and never hang. Give the bucket a lifecycle rule
    /// that ends unfinished multipart uploads: those are no objects, so `remove_strays` cannot see them.
    ///
    /// # Errors
    /// When the settings make no sense together; the bucket itself is first asked by `health`.
    pub fn s3(
        bucket: &str,
        endpoint: Option<&str>,
        region: &str,
        access_key: &str,
        secret_key: &str,
    ) -> Result<Self> {
        // Both are registrations that do nothing the second time; without them the first request would panic, or find no HTTP client.
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        HttpTransporter::install_default(ReqwestTransport::default());
        let builder = S3::default()
            .bucket(bucket)
            .region(region)
            .access_key_id(access_key)
            .secret_access_key(secret_key);
        // What we were not told must not come from the machine: no profile, no metadata service.
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
            place: Place::Bucket,
            holding: one_at_a_time(),
        })
    }

    /// A key in quarantine that nobody else has.
    #[must_use]
    pub fn quarantine_key() -> String {
        format!("{QUARANTINE}{}", Uuid::new_v4())
    }

    /// Opens `key` for writing. Nothing is kept until `finish`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn writer(&self, key: &str) -> Result<ObjectWriter> {
        let writer = self.operator.writer_with(key);
        let writer = match self.place {
            Place::Folder(_) => writer.await,
            Place::Bucket => writer.chunk(PART).await,
        };
        Ok(ObjectWriter {
            writer: writer.map_err(Error::internal)?,
            store: self.clone(),
            key: key.to_owned(),
        })
    }

    /// The bytes `range` of `key`, piece by piece. The first piece has been read when this returns, so a missing object is an error here and not
    /// a reply that breaks off.
    ///
    /// # Errors
    /// When the object is not there, or the store fails.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + use<>> {
        let reader = self.operator.reader_with(key);
        let reader = match self.place {
            Place::Folder(_) => reader.chunk(PIECE).await,
            // One request for the whole range: S3 streams its answer.
            Place::Bucket => reader.await,
        };
        let mut pieces = reader
            .map_err(Error::internal)?
            .into_bytes_stream(range)
            .await
            .map_err(Error::internal)?;
        let first = pieces.try_next().await.map_err(Error::internal)?;
        Ok(futures_util::stream::iter(first.map(Ok)).chain(pieces))
    }

    /// The bytes `range` of `key` in memory. Of a store and its clones only one caller holds any; others wait.
    ///
    /// # Errors
    /// When the object is not there, or the store fails.
    pub async fn hold(&self, key: &str, range: Range<u64>) -> Result<Held> {
        let permit = Arc::clone(&self.holding)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let bytes = self
            .operator
            .read_with(key)
            .range(range)
            .await
            .map_err(Error::internal)?
            .to_vec();
        Ok(Held {
            bytes,
            _permit: permit,
        })
    }

    /// All of a small object that is ours; nothing when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_whole(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.operator.read(key).await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Puts a small object in its place: all of it or nothing, and there after a power cut too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
        let arriving = match self.place {
            Place::Folder(_) => Self::quarantine_key(),
            // A bucket shows an object when it is complete.
            Place::Bucket => {
                return self
                    .operator
                    .write(key, bytes)
                    .await
                    .map(drop)
                    .map_err(Error::internal);
            }
        };
        let mut writer = self.writer(&arriving).await?;
        writer.write(bytes.into()).await?;
        writer.finish().await?;
        self.promote(&arriving, key).await
    }

    /// The keys of the objects right below `folder`, which ends in a slash, in no order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let entries = self.operator.list(folder).await.map_err(Error::internal)?;
        Ok(entries
            .iter()
            .map(|entry| entry.path().to_owned())
            .filter(|path| !path.ends_with('/'))
            .collect())
    }

    /// Moves a finished object from quarantine to its place, so that it is there after a power cut too.
    ///
    /// # Errors
    /// When the store fails; then `to` may be there and must be deleted.
    pub async fn promote(&self, from: &str, to: &str) -> Result<()> {
        match &self.place {
            Place::Folder(root) => {
                self.operator
                    .rename(from, to)
                    .await
                    .map_err(Error::internal)?;
                settle_names(root.join(to), Arc::clone(root)).await
            }
            Place::Bucket => {
                self.operator
                    .copy(from, to)
                    .await
                    .map_err(Error::internal)?;
                self.delete(from).await
            }
        }
    }

    /// Sets the time of the object back to the beginning of 1970, where the store lets us: a folder does, a bucket keeps its own time.
    ///
    /// # Errors
    /// When the folder refuses.
    pub async fn forget_time(&self, key: &str) -> Result<()> {
        let Place::Folder(root) = &self.place else {
            return Ok(());
        };
        let file = root.join(key);
        let set = move || {
            std::fs::File::options()
                .write(true)
                .open(file)?
                .set_modified(std::time::UNIX_EPOCH)
        };
        tokio::task::spawn_blocking(set)
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }

    /// Deletes `key`; that it is not there is fine.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.operator.delete(key).await.map_err(Error::internal)
    }

    /// Empties the quarantine of what was last written before `older_than`: what a crash left. Gives how many objects went. Choose an age that no
    /// running upload reaches.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_strays(&self, older_than: DateTime<Utc>) -> Result<u64> {
        let mut removed = 0;
        let mut entries = self
            .operator
            .lister(QUARANTINE)
            .await
            .map_err(Error::internal)?;
        while let Some(entry) = entries.try_next().await.map_err(Error::internal)? {
            if entry.path().ends_with('/') {
                continue;
            }
            let written = match self.operator.stat(entry.path()).await {
                Ok(metadata) => metadata
                    .last_modified()
                    .map(std::time::SystemTime::from)
                    .map(DateTime::<Utc>::from),
                // Its upload ended between the listing and now.
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(Error::internal(error)),
            };
            if written.is_some_and(|written| written < older_than) {
                self.delete(entry.path()).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Asks the store whether it is there and lets us write; a bucket only whether it lets us in, for a probe must not cost money each time.
    ///
    /// # Errors
    /// When it does not say yes within two seconds.
    pub async fn health(&self) -> Result<()> {
        let answer = async {
            match &self.place {
                Place::Folder(root) => probe(root).await.map_err(Error::internal),
                Place::Bucket => self.operator.check().await.map_err(Error::internal),
            }
        };
        tokio::time::timeout(HEALTH_PATIENCE, answer)
            .await
            .map_err(Error::internal)?
    }
}

fn one_at_a_time() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1))
}

/// Writes a file and takes it away again. It makes no folder above the quarantine's: a disk that is not mounted must not be written beside.
async fn probe(root: &Path) -> io::Result<()> {
    match tokio::fs::create_dir(root.join(QUARANTINE)).await {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = root.join(DocumentStore::quarantine_key());
    tokio::fs::write(&file, b"probe").await?;
    tokio::fs::remove_file(&file).await
}

/// An object being written. Dropped without `finish` or `abort` it may leave a part in quarantine for `remove_strays`.
pub struct ObjectWriter {
    writer: opendal::Writer,
    store: DocumentStore,
    key: String,
}

impl ObjectWriter {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// When the store fails; `abort` is then due.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.write(bytes).await.map_err(Error::internal)
    }

    /// Completes the object: its bytes are on the disk, or in the bucket.
    ///
    /// # Errors
    /// When the store fails; `abort` is then due.
    pub async fn finish(&mut self) -> Result<()> {
        self.writer.close().await.map_err(Error::internal)?;
        Ok(())
    }

    /// Leaves nothing of it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn abort(mut self) -> Result<()> {
        // A folder knows no unfinished object and says so; a bucket ends the multipart upload. What there is of an object goes below.
        if let Err(error) = self.writer.abort().await
            && error.kind() != ErrorKind::Unsupported
        {
            tracing::warn!(%error, "an unfinished upload could not be ended in the store");
        }
        self.store.delete(&self.key).await
    }
}

/// A renamed file survives a power cut only when its folder has been written down, and so for a folder just made.
async fn settle_names(file: PathBuf, root: Arc<Path>) -> Result<()> {
    let settled = tokio::task::spawn_blocking(move || {
        let inside = |folder: &&Path| folder.starts_with(&*root);
        file.ancestors()
            .skip(1)
            .take_while(inside)
            .try_for_each(|folder| std::fs::File::open(folder)?.sync_all())
    });
    settled
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}
