//! Documents in Google Drive: each version is one file, uploaded in chunks. An interrupted upload
//! continues at the position that Drive has stored.

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::folders::{ensure_folder, sanitized_name};
use super::record_if_complete;
use super::store::{self, PendingDocument};
use super::{DriveAccess, Mirror};
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::gateways::drive::{
    CHUNK, DriveFailure, DriveFile, NewFile, UploadProgress, UploadSession,
};
use crate::ids::{ApplicationId, DocumentId};

/// Interruptions within one run of the job. After that the job ends and a later run continues the
/// upload.
const MAX_RETRIES: u32 = 3;

/// Copies one version of a document to Drive, unless it is already there.
///
/// # Errors
/// A Drive error. The error code is already stored; the job engine retries.
pub async fn mirror(desk: &JobContext, mirror: &Mirror, document: DocumentId) -> Result<()> {
    let Some(access) = &mirror.0 else {
        return Ok(());
    };
    let Some(file) = desk
        .database
        .read(async |c| store::pending_document(c, document).await)
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
    let parent = ensure_folder(desk, access, application, &folder).await?;
    match find_or_upload(desk, access, document, &file, &parent).await {
        Ok(found) => {
            let now = desk.clock.now();
            let mut transaction = desk.database.begin().await?;
            store::document_mirrored(&mut transaction, document, &found.id, &found.link, now)
                .await?;
            record_if_complete(&mut transaction, application, now).await?;
            transaction.commit().await
        }
        Err(DriveFailure(code)) => {
            desk.database
                .read(async |c| store::document_failed(c, document, &code).await)
                .await?;
            tracing::warn!(document.id = %document, failure = code, "a document could not be mirrored");
            Err(Error::internal(format!("drive: {code}")))
        }
    }
}

/// Finds the file in Drive by its mark (an earlier run may have finished without recording it), or
/// uploads it.
async fn find_or_upload(
    desk: &JobContext,
    access: &DriveAccess,
    document: DocumentId,
    file: &PendingDocument,
    parent: &str,
) -> std::result::Result<DriveFile, DriveFailure> {
    let mark = format!("document-{document}");
    let found = match access.drive.find(parent, &mark).await? {
        Some(found) => found,
        None => upload(desk, access, document, file, (parent, &mark)).await?,
    };
    if found
        .sha256
        .as_ref()
        .is_some_and(|sha256| *sha256 != hex::encode(&file.sha256))
    {
        access.drive.remove(&found.id).await?;
        // Drop the session: a query of its progress would return the removed file.
        desk.database
            .read(async |c| store::drop_session(c, document).await)
            .await
            .map_err(|_| DriveFailure::new("database_busy"))?;
        return Err(DriveFailure::new("checksum_differs"));
    }
    Ok(found)
}

async fn upload(
    desk: &JobContext,
    access: &DriveAccess,
    document: DocumentId,
    file: &PendingDocument,
    (parent, mark): (&str, &str),
) -> std::result::Result<DriveFile, DriveFailure> {
    let size = u64::try_from(file.size).unwrap_or_default();
    let mut session = file
        .session
        .as_deref()
        .and_then(|sealed| open_session(access, document, sealed));
    let mut known = match &session {
        Some(session) => access.drive.upload_progress(session, size).await?,
        None => UploadProgress::Expired,
    };
    let mut retries = 0;
    loop {
        known = match (known, &session) {
            (UploadProgress::Done(found), _) => return Ok(found),
            (UploadProgress::At(from), Some(session)) => match access
                .drive
                .put_chunk(
                    session,
                    read_chunk(desk, file, from, size).await?,
                    from,
                    size,
                )
                .await
            {
                Ok(progress) => progress,
                Err(failure) if retries >= MAX_RETRIES => return Err(failure),
                Err(_) => {
                    retries += 1;
                    access.drive.upload_progress(session, size).await?
                }
            },
            (UploadProgress::Expired, _) if retries > MAX_RETRIES => {
                return Err(DriveFailure::new("session_lost"));
            }
            (UploadProgress::At(_) | UploadProgress::Expired, _) => {
                retries += 1;
                let name = sanitized_name(&format!(
                    "{} v{} {}",
                    file.requirement, file.version, file.file_name
                ));
                let media_type = file.kind.parse().map_or(
                    "application/octet-stream",
                    crate::casework::file_kind::FileKind::media_type,
                );
                let begun = access
                    .drive
                    .begin_upload(&NewFile {
                        parent,
                        name: &name,
                        media_type,
                        size,
                        mark,
                    })
                    .await?;
                save_session(desk, access, document, &begun).await?;
                session = Some(begun);
                UploadProgress::At(0)
            }
        };
    }
}

/// Reads the next chunk of the document.
async fn read_chunk(
    desk: &JobContext,
    file: &PendingDocument,
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
    let add = async |mut all: Vec<u8>, chunk: Bytes| {
        all.extend_from_slice(&chunk);
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

async fn save_session(
    desk: &JobContext,
    access: &DriveAccess,
    document: DocumentId,
    session: &UploadSession,
) -> std::result::Result<(), DriveFailure> {
    let sealed = access
        .sessions
        .seal(&session_context(document), session.uri().as_bytes());
    let saved = desk
        .database
        .read(async |c| store::save_session(c, document, &sealed).await)
        .await;
    saved.map_err(|_| DriveFailure::new("database_busy"))
}

fn open_session(
    access: &DriveAccess,
    document: DocumentId,
    sealed: &[u8],
) -> Option<UploadSession> {
    let uri = access.sessions.open(&session_context(document), sealed)?;
    access.drive.restore_session(&String::from_utf8_lossy(&uri))
}

/// Associated data of a sealed session.
fn session_context(document: DocumentId) -> String {
    format!("drive_file|session|{document}")
}
