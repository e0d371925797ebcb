//! An upload from its first byte to a complete object in the customer's folder: counted, timed, judged and hashed while it streams, in less than
//! 1 MiB whatever its size; a PDF that mentions a lock is looked at again as a whole, one after the other. It touches no database: receive first, then open the transaction that records it.

mod refusal;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use zeroize::Zeroizing;

use super::content::{Examiner, Family, Flaw, Proof, Verdict};
use super::upload::{BLOCK, Unrecorded, Upload};
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::{CustomerId, DocumentId};
use crate::web::arrival::{Arrival, Pace};
use crate::web::body::must_not_be_encoded;

/// The largest upload of any kind, in bytes: a setting, provided by `app.rs`.
#[derive(Debug, Clone, Copy)]
pub struct LargestUpload(pub u64);

/// How large an upload may be.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// In bytes, of any kind.
    pub request: u64,
    /// In bytes, once the kind is known.
    pub per_kind: &'a dyn Fn(FileKind) -> u64,
}

/// What is taken in.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The kinds that will do.
    pub accepts: &'a [FileKind],
    /// How large.
    pub limits: Limits<'a>,
    /// The slowest sender that is waited for.
    pub pace: Pace,
}

/// A complete object that no row names yet. Dropped, it is deleted again; `keep` it when its row is written.
#[derive(Debug)]
pub struct Received {
    /// The id of the version to be, also the object's name.
    pub id: DocumentId,
    /// Where it lies in the store.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// In bytes.
    pub size: u64,
    /// What its content is.
    pub kind: FileKind,
    object: Unrecorded,
}

impl Received {
    /// Leaves the object in the store. Say so just before the commit, not after: a commit whose answer is lost may have happened, and an object
    /// without a row costs a little space where a row without its object costs a document.
    pub fn keep(self) {
        self.object.keep();
    }
}

/// Streams `payload` into the folder of `folder`. Of `headers` it reads `Content-Type`, `Content-Length`, `Content-Encoding` and `Content-Range`.
/// However it ends but well, also by being dropped, nothing stays in the store.
///
/// # Errors
/// 413 over a limit, 415 for content that is not accepted or not what `Content-Type` says, 422 when empty or cut off, 408 when the sender stops
/// sending, 400 when the connection breaks or the body is only a part, 500 when the store fails.
pub async fn receive<S>(
    store: &DocumentStore,
    folder: CustomerId,
    headers: &HeaderMap,
    mut payload: S,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) -> Result<Received>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    let declared = Declared::read(headers)?;
    within(declared.length, terms.limits.request, None)?;
    let (mut examiner, mut judged) = (Examiner::default(), None::<Judged>);
    let mut block = BytesMut::new();
    let mut arrival = Arrival::at(terms.pace);
    while let Some(mut chunk) = arrival.next(&mut payload, refusal::broken_off).await? {
        examiner.see(&chunk);
        within(
            examiner.size(),
            judged
                .as_ref()
                .map_or(terms.limits.request, |judged| judged.limit),
            judged.as_ref().and_then(|judged| judged.family.only_kind()),
        )?;
        if judged.is_none() && examiner.knows_the_head() {
            judged = Some(Judged::of(store, &examiner, &declared, terms)?);
        }
        while !chunk.is_empty() {
            block.reserve(BLOCK - block.len());
            block.extend_from_slice(&chunk.split_to(chunk.len().min(BLOCK - block.len())));
            if let Some(judged) = judged.as_mut().filter(|_| block.len() == BLOCK) {
                judged.upload.write(block.split().freeze()).await?;
            }
        }
    }
    if examiner.size() == 0 {
        return Err(refusal::empty());
    }
    let mut judged = if let Some(judged) = judged {
        judged
    } else {
        Judged::of(store, &examiner, &declared, terms)?
    };
    let Verdict { kind, proof } = examiner
        .verdict(judged.family)
        .map_err(|flaw| refusal::flaw(&flaw, terms.accepts))?;
    accepted(&[kind], &declared, terms)?;
    within(examiner.size(), (terms.limits.per_kind)(kind), Some(kind))?;
    if !block.is_empty() {
        judged.upload.write(block.freeze()).await?;
    }
    let id = DocumentId::at(now);
    let key = format!("customers/{folder}/{id}.{}", kind.extension());
    let kept = judged.upload.keep(key.clone()).await?;
    if let Some(proof) = proof {
        prove(store, &key, proof)
            .await?
            .map_err(|flaw| refusal::flaw(&flaw, terms.accepts))?;
    }
    Ok(Received {
        id,
        key,
        sha256: kept.sha256,
        size: examiner.size(),
        kind,
        object: kept.object,
    })
}

/// Reads again what proves the kind. The object is complete, and goes again with its `Received` if this fails.
async fn prove(
    store: &DocumentStore,
    key: &str,
    proof: Proof,
) -> Result<std::result::Result<(), Flaw>> {
    let held = store.hold(key, proof.range()).await?;
    // A lock takes long to look for. What is held is held until that is done, also when the caller has gone.
    tokio::task::spawn_blocking(move || proof.prove(held.bytes()))
        .await
        .map_err(Error::internal)
}

/// Collects `payload` in memory, for a file that must be looked through as a whole. Of `headers` it reads `Content-Length`, `Content-Encoding` and
/// `Content-Range`; what the file is, its receiver judges.
///
/// # Errors
/// 413 over `limit`, 422 when empty, 408 when the sender is slower than `pace`, 400 when the connection breaks or the body is only a part.
pub async fn collect<S>(
    headers: &HeaderMap,
    mut payload: S,
    limit: u64,
    pace: Pace,
) -> Result<Zeroizing<Vec<u8>>>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    let declared = Declared::read(headers)?;
    within(declared.length, limit, None)?;
    let expected = if declared.length == 0 {
        limit
    } else {
        declared.length
    };
    // Reserved at once: a vector that grows would leave copies of the file behind.
    let mut file = Zeroizing::new(Vec::with_capacity(
        usize::try_from(expected).map_err(Error::internal)?,
    ));
    let mut arrival = Arrival::at(pace);
    while let Some(chunk) = arrival.next(&mut payload, refusal::broken_off).await? {
        within((file.len() + chunk.len()) as u64, limit, None)?;
        file.extend_from_slice(&chunk);
    }
    if file.is_empty() {
        Err(refusal::empty())
    } else {
        Ok(file)
    }
}

/// What the sender says about the body.
struct Declared {
    media_type: Option<String>,
    length: u64,
}

impl Declared {
    fn read(headers: &HeaderMap) -> Result<Self> {
        let text = |name| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase())
        };
        if headers.contains_key(header::CONTENT_RANGE) {
            return Err(Error::new(Code::InvalidParameter).detail(
                "Kirim berkas utuh, tanpa Content-Range.",
                "Send the whole file, without Content-Range.",
            ));
        }
        must_not_be_encoded(headers)?;
        let media_type = text(header::CONTENT_TYPE).map(|given| {
            given
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        });
        if media_type
            .as_ref()
            .is_some_and(|given| given.starts_with("multipart/"))
        {
            return Err(Error::new(Code::UnsupportedMediaType).detail(
                "Kirim isi berkas itu sendiri, bukan formulir (multipart).",
                "Send the bytes of the file themselves, not a form (multipart).",
            ));
        }
        let says_something =
            |given: &String| !given.is_empty() && given != "application/octet-stream";
        let length = text(header::CONTENT_LENGTH)
            .and_then(|length| length.parse().ok())
            .unwrap_or_default();
        Ok(Self {
            media_type: media_type.filter(says_something),
            length,
        })
    }

    fn agrees_with(&self, kind: FileKind) -> bool {
        // Browsers never say image/jpg, people who write clients do.
        self.media_type.as_deref().is_none_or(|given| {
            given == kind.media_type() || (kind == FileKind::Jpeg && given == "image/jpg")
        })
    }
}

/// An upload whose beginning is known to be acceptable. Before that nothing goes to the store.
struct Judged {
    family: Family,
    limit: u64,
    upload: Upload,
}

impl Judged {
    fn of(
        store: &DocumentStore,
        examiner: &Examiner,
        declared: &Declared,
        terms: &Terms<'_>,
    ) -> Result<Self> {
        let family = examiner
            .family()
            .map_err(|flaw| refusal::flaw(&flaw, terms.accepts))?;
        let kinds = accepted(family.kinds(), declared, terms)?;
        let largest = kinds
            .into_iter()
            .map(terms.limits.per_kind)
            .max()
            .unwrap_or_default();
        let limit = largest.min(terms.limits.request);
        within(
            examiner.size().max(declared.length),
            limit,
            family.only_kind(),
        )?;
        Ok(Self {
            family,
            limit,
            upload: Upload::begin(store),
        })
    }
}

/// Those of `found` that are accepted and declared.
fn accepted(found: &[FileKind], declared: &Declared, terms: &Terms<'_>) -> Result<Vec<FileKind>> {
    let kinds: Vec<FileKind> = found
        .iter()
        .copied()
        .filter(|kind| terms.accepts.contains(kind))
        .collect();
    if kinds.is_empty() {
        return Err(refusal::not_accepted(found, terms.accepts));
    }
    let kinds: Vec<FileKind> = kinds
        .into_iter()
        .filter(|kind| declared.agrees_with(*kind))
        .collect();
    if kinds.is_empty() {
        Err(refusal::not_as_declared(found))
    } else {
        Ok(kinds)
    }
}

fn within(size: u64, limit: u64, kind: Option<FileKind>) -> Result<()> {
    if size > limit {
        Err(refusal::too_large(limit, kind))
    } else {
        Ok(())
    }
}
