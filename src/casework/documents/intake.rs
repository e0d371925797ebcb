//! Receives an upload into the customer's folder: limited, timed, examined and hashed while it
//! streams, in less than 1 MiB of memory whatever its size. A PDF that mentions encryption is read
//! again as a whole, one at a time. No database access: receive first, then open the transaction
//! that records the upload.

mod refusal;

use std::ops::Range;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use zeroize::Zeroizing;

use super::content::{ContentError, Examined, Examiner, Proof, Signature};
use super::upload::{BLOCK, Unrecorded, Upload};
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::{CustomerId, DocumentId};
use crate::web::body::reject_content_encoding;
use crate::web::body_reader::{BodyReader, ReadTimeout};

/// The size limit of any upload, in bytes: a setting, provided by `app.rs`.
#[derive(Debug, Clone, Copy)]
pub struct LargestUpload(pub u64);

/// Size limits of an upload.
#[derive(Clone, Copy)]
pub struct SizeLimits<'a> {
    /// Limit for any kind, in bytes.
    pub request: u64,
    /// Limit per kind, in bytes.
    pub per_kind: &'a dyn Fn(FileKind) -> u64,
}

/// The rules of an upload.
#[derive(Clone, Copy)]
pub struct UploadRules<'a> {
    /// The accepted kinds.
    pub accepts: &'a [FileKind],
    /// The size limits.
    pub limits: SizeLimits<'a>,
    /// The minimum transfer rate.
    pub pace: ReadTimeout,
}

/// A complete object without a database row. Dropping it deletes the object; call `keep` when the
/// row is written.
#[derive(Debug)]
pub struct Received {
    /// The id of the future document version, also the name of the object.
    pub id: DocumentId,
    /// The object key.
    pub key: String,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Size in bytes.
    pub size: u64,
    /// The kind of the content.
    pub kind: FileKind,
    object: Unrecorded,
}

impl Received {
    /// Keeps the object in the store. Call it just before the commit, not after: a commit with a
    /// lost reply may have happened, and an orphaned object costs a little space, whereas a row
    /// without its object loses a document.
    pub fn keep(self) {
        self.object.keep();
    }
}

/// Streams `payload` into the folder of customer `folder`. Reads `Content-Type`, `Content-Length`,
/// `Content-Encoding` and `Content-Range` from `headers`. On any failure, also when the future is
/// dropped, nothing stays in the store.
///
/// # Errors
/// 413 over a limit, 415 for content that is not accepted or contradicts `Content-Type`, 422 when
/// empty or cut off, 408 when the sender stops sending, 400 when the connection breaks or the body
/// is only a part, 500 when the store fails.
pub async fn receive<S>(
    store: &DocumentStore,
    folder: CustomerId,
    headers: &HeaderMap,
    mut payload: S,
    terms: &UploadRules<'_>,
    now: DateTime<Utc>,
) -> Result<Received>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    let declared = Declared::read(headers)?;
    check_size(declared.length, terms.limits.request, None)?;
    let (mut examiner, mut judged) = (Examiner::default(), None::<AcceptedUpload>);
    let mut block = BytesMut::new();
    let mut body_reader = BodyReader::new(terms.pace);
    while let Some(mut chunk) = body_reader.next(&mut payload, refusal::broken_off).await? {
        examiner.update(&chunk);
        check_size(
            examiner.size(),
            judged
                .as_ref()
                .map_or(terms.limits.request, |judged| judged.limit),
            judged.as_ref().and_then(|judged| judged.family.only_kind()),
        )?;
        if judged.is_none() && examiner.has_full_head() {
            judged = Some(AcceptedUpload::of(store, &examiner, &declared, terms)?);
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
        AcceptedUpload::of(store, &examiner, &declared, terms)?
    };
    let Examined { kind, proof } = examiner
        .finish(judged.family)
        .map_err(|flaw| refusal::flaw(&flaw, terms.accepts))?;
    accepted(&[kind], &declared, terms)?;
    check_size(examiner.size(), (terms.limits.per_kind)(kind), Some(kind))?;
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

/// Runs the second check of the kind. If it fails, dropping the `Received` deletes the object.
async fn prove(
    store: &DocumentStore,
    key: &str,
    proof: Proof,
) -> Result<std::result::Result<(), ContentError>> {
    let held = store.read_into_memory(key, proof.range()).await?;
    // The search takes long. The buffer stays reserved until it ends, also when the caller has
    // gone.
    tokio::task::spawn_blocking(move || proof.prove(held.bytes()))
        .await
        .map_err(Error::internal)
}

/// Receives `payload` in memory. Reads `Content-Length`, `Content-Encoding` and `Content-Range` from
/// `headers`; the caller examines the content.
///
/// # Errors
/// 413 over `limit`, 422 when empty, 408 when the sender is slower than `pace`, 400 when the
/// connection breaks or the body is only a part.
pub async fn receive_in_memory<S>(
    headers: &HeaderMap,
    payload: S,
    limit: u64,
    pace: ReadTimeout,
) -> Result<Zeroizing<Vec<u8>>>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    collect(headers, payload, limit, pace, |_| Ok(())).await
}

/// Receives `payload` in memory, for a file that is sealed as a whole, and detects its kind while
/// it arrives. Whether a PDF opens without a password is not examined.
///
/// # Errors
/// Those of [`receive_in_memory`]; 415 for content that is not accepted, 422 when it is cut off.
pub async fn receive_and_detect<S>(
    headers: &HeaderMap,
    payload: S,
    limit: u64,
    pace: ReadTimeout,
) -> Result<(Zeroizing<Vec<u8>>, FileKind)>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    let refused = |flaw: ContentError| refusal::flaw(&flaw, &FileKind::ALL);
    let (mut examiner, mut family) = (Examiner::default(), None);
    let file = collect(headers, payload, limit, pace, |chunk| {
        examiner.update(chunk);
        if family.is_none() && examiner.has_full_head() {
            family = Some(examiner.family().map_err(refused)?);
        }
        Ok(())
    })
    .await?;
    let family = family
        .map_or_else(|| examiner.family(), Ok)
        .map_err(refused)?;
    let Examined { kind, proof } = examiner.finish(family).map_err(refused)?;
    if let Some(proof @ Proof::Types(_)) = proof {
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let Range { start, end } = proof.range();
        let types = file.get(index(start)..index(end)).unwrap_or_default();
        proof.prove(types).map_err(refused)?;
    }
    Ok((file, kind))
}

/// Collects the body; `see` may refuse it with each chunk.
async fn collect<S>(
    headers: &HeaderMap,
    mut payload: S,
    limit: u64,
    pace: ReadTimeout,
    mut see: impl FnMut(&[u8]) -> Result<()>,
) -> Result<Zeroizing<Vec<u8>>>
where
    S: Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
{
    let declared = Declared::read(headers)?;
    check_size(declared.length, limit, None)?;
    let expected = if declared.length == 0 {
        limit
    } else {
        declared.length
    };
    // Allocated at once: a growing vector would leave copies of the file in memory.
    let mut file = Zeroizing::new(Vec::with_capacity(
        usize::try_from(expected).map_err(Error::internal)?,
    ));
    let mut body_reader = BodyReader::new(pace);
    while let Some(chunk) = body_reader.next(&mut payload, refusal::broken_off).await? {
        check_size((file.len() + chunk.len()) as u64, limit, None)?;
        see(&chunk)?;
        file.extend_from_slice(&chunk);
    }
    if file.is_empty() {
        Err(refusal::empty())
    } else {
        Ok(file)
    }
}

/// The sender's declarations about the body.
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
        reject_content_encoding(headers)?;
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
        // Browsers never send image/jpg; some hand-written clients do.
        self.media_type.as_deref().is_none_or(|given| {
            given == kind.media_type() || (kind == FileKind::Jpeg && given == "image/jpg")
        })
    }
}

/// An upload with an accepted signature. Before that, nothing is written to the store.
struct AcceptedUpload {
    family: Signature,
    limit: u64,
    upload: Upload,
}

impl AcceptedUpload {
    fn of(
        store: &DocumentStore,
        examiner: &Examiner,
        declared: &Declared,
        terms: &UploadRules<'_>,
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
        check_size(
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

/// The kinds in `found` that are accepted and match the declared type.
fn accepted(
    found: &[FileKind],
    declared: &Declared,
    terms: &UploadRules<'_>,
) -> Result<Vec<FileKind>> {
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

fn check_size(size: u64, limit: u64, kind: Option<FileKind>) -> Result<()> {
    if size > limit {
        Err(refusal::too_large(limit, kind))
    } else {
        Ok(())
    }
}
