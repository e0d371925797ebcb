//! Documents at Drive: one version is one file, uploaded in pieces, and after a break from where Drive got to.

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::entry::enter_if_mirrored;
use super::folders::{ensure, plain};
use super::store::{self, File};
use super::{Mirror, Parts};
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::gateways::drive::{CHUNK, DriveFailure, Found, NewFile, Progress, Session};
use crate::ids::{ApplicationId, DocumentId};

/// Breaks within one attempt; after that the job comes back later and goes on from there.
const BREAKS: u32 = 3;

/// Copies one version of a document to Drive, if it is not there.
///
/// # Errors
/// When it must be tried again later; the failure is written down already.
pub async fn mirror(desk: &JobContext, mirror: &Mirror, document: DocumentId) -> Result<()> {
    let Some(parts) = &mirror.0 else {
        return Ok(());
    };
    let Some(file) = desk
        .database
        .read(async |c| store::file(c, document).await)
        .await?
    else {
        return Ok(());
    };
    let application = ApplicationId(file.case_id);
    let Some(folder) = desk
        .database
        .read(async |c| store::folder(c, application).await)
        .await?
    else {
        return Ok(());
    };
    let parent = ensure(desk, parts, application, &folder).await?;
    match copied(desk, parts, document, &file, &parent).await {
        Ok(found) => {
            let now = desk.clock.now();
            let mut transaction = desk.database.begin().await?;
            store::mirrored(&mut transaction, document, &found.id, &found.link, now).await?;
            enter_if_mirrored(&mut transaction, application, now).await?;
            transaction.commit().await
        }
        Err(DriveFailure(code)) => {
            desk.database
                .read(async |c| store::file_failed(c, document, &code).await)
                .await?;
            tracing::warn!(document.id = %document, failure = code, "a document could not be mirrored");
            Err(Error::internal(format!("drive: {code}")))
        }
    }
}

/// The file at Drive: found by its mark when an earlier attempt got through without knowing, else uploaded.
async fn copied(
    desk: &JobContext,
    parts: &Parts,
    document: DocumentId,
    file: &File,
    parent: &str,
) -> std::result::Result<Found, DriveFailure> {
    let mark = format!("document-{document}");
    let found = match parts.drive.find(parent, &mark).await? {
        Some(found) => found,
        None => uploaded(desk, parts, document, file, (parent, &mark)).await?,
    };
    if found
        .sha256
        .as_ref()
        .is_some_and(|sha256| *sha256 != hex::encode(&file.sha256))
    {
        parts.drive.remove(&found.id).await?;
        // Its session is done with: whoever asked it would hear of the file that is no more.
        desk.database
            .read(async |c| store::drop_session(c, document).await)
            .await
            .map_err(|_| DriveFailure::new("database_busy"))?;
        return Err(DriveFailure::new("checksum_differs"));
    }
    Ok(found)
}

async fn uploaded(
    desk: &JobContext,
    parts: &Parts,
    document: DocumentId,
    file: &File,
    (parent, mark): (&str, &str),
) -> std::result::Result<Found, DriveFailure> {
    let size = u64::try_from(file.size).unwrap_or_default();
    let kept = file
        .session
        .as_deref()
        .and_then(|sealed| opened(parts, document, sealed));
    let mut known = match &kept {
        Some(session) => parts.drive.progress(session, size).await?,
        None => Progress::Lost,
    };
    let (mut session, mut breaks) = (kept, 0);
    loop {
        known = match (known, &session) {
            (Progress::Done(found), _) => return Ok(found),
            (Progress::At(from), Some(session)) => match parts
                .drive
                .put(session, piece(desk, file, from, size).await?, from, size)
                .await
            {
                Ok(progress) => progress,
                Err(failure) if breaks >= BREAKS => return Err(failure),
                Err(_) => {
                    breaks += 1;
                    parts.drive.progress(session, size).await?
                }
            },
            (Progress::Lost, _) if breaks > BREAKS => {
                return Err(DriveFailure::new("session_lost"));
            }
            (Progress::At(_) | Progress::Lost, _) => {
                breaks += 1;
                let name = plain(&format!(
                    "{} v{} {}",
                    file.requirement, file.version, file.file_name
                ));
                let media_type = file.kind.parse().map_or(
                    "application/octet-stream",
                    crate::casework::file_kind::FileKind::media_type,
                );
                let begun = parts
                    .drive
                    .begin(&NewFile {
                        parent,
                        name: &name,
                        media_type,
                        size,
                        mark,
                    })
                    .await?;
                keep(desk, parts, document, &begun).await?;
                session = Some(begun);
                Progress::At(0)
            }
        };
    }
}

/// The next bytes, at most one piece of them.
async fn piece(
    desk: &JobContext,
    file: &File,
    from: u64,
    size: u64,
) -> std::result::Result<Bytes, DriveFailure> {
    let unreadable = || DriveFailure::new("document_not_readable");
    let range = from..(from + CHUNK).min(size);
    if range.is_empty() {
        return Err(DriveFailure::new("drive_unclear"));
    }
    let stream = desk
        .documents
        .read(&file.object_key, range.clone())
        .await
        .map_err(|_| unreadable())?;
    let add = async |mut all: Vec<u8>, piece: Bytes| {
        all.extend_from_slice(&piece);
        Ok(all)
    };
    let bytes: Vec<u8> = std::pin::pin!(stream)
        .try_fold(Vec::new(), add)
        .await
        .map_err(|_: std::io::Error| unreadable())?;
    if bytes.len() as u64 == range.end - range.start {
        Ok(bytes.into())
    } else {
        Err(unreadable())
    }
}

async fn keep(
    desk: &JobContext,
    parts: &Parts,
    document: DocumentId,
    session: &Session,
) -> std::result::Result<(), DriveFailure> {
    let sealed = parts
        .sessions
        .seal(&place(document), session.uri().as_bytes());
    let kept = desk
        .database
        .read(async |c| store::keep_session(c, document, &sealed).await)
        .await;
    kept.map_err(|_| DriveFailure::new("database_busy"))
}

fn opened(parts: &Parts, document: DocumentId, sealed: &[u8]) -> Option<Session> {
    let uri = parts.sessions.open(&place(document), sealed)?;
    parts.drive.session(&String::from_utf8_lossy(&uri))
}

/// What a kept session is bound to.
fn place(document: DocumentId) -> String {
    format!("drive_file|session|{document}")
}
