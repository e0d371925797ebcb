//! Resumable uploads (`uploadType=resumable`): open a session, send chunks, and after an
//! interruption ask Drive for the next byte.

use bytes::Bytes;
use reqwest::{Response, StatusCode};
use serde_json::json;

use super::files::{DriveFile, FIELDS, MARK};
use super::{Drive, DriveFailure};

/// Size of a chunk in bytes. Drive requires a multiple of 256 KiB for every chunk but the last.
pub const CHUNK: u64 = 8 * (256 << 10);

/// The URI of an upload session. It grants write access to the file, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadSession(String);

impl std::fmt::Debug for UploadSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(secret)")
    }
}

/// Progress of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadProgress {
    /// The next byte that Drive expects.
    At(u64),
    /// The upload is complete.
    Done(DriveFile),
    /// The session has expired: start again.
    Expired,
}

/// A file to be uploaded.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// The parent folder.
    pub parent: &'a str,
    /// Name at Drive.
    pub name: &'a str,
    /// Media type.
    pub media_type: &'a str,
    /// Size in bytes.
    pub size: u64,
    /// The mark.
    pub mark: &'a str,
}

impl UploadSession {
    /// The URI, for storing the session between two attempts.
    pub fn uri(&self) -> &str {
        &self.0
    }
}

impl Drive {
    /// Restores a stored session; `None` when its URI is not at Drive.
    pub fn restore_session(&self, uri: &str) -> Option<UploadSession> {
        // Send file bytes and token only to Drive, whatever URI was stored or received.
        uri.strip_prefix(self.api.as_str())
            .filter(|rest| rest.starts_with('/'))
            .map(|_| UploadSession(uri.to_owned()))
    }

    /// Opens an upload session for `file`.
    pub async fn begin_upload(&self, file: &NewFile<'_>) -> Result<UploadSession, DriveFailure> {
        let url = format!(
            "{}/upload/drive/v3/files?uploadType=resumable&supportsAllDrives=true&fields={FIELDS}",
            self.api
        );
        let described = json!({"name": file.name, "mimeType": file.media_type, "parents": [file.parent], "appProperties": {MARK: file.mark}});
        let request = |client: &reqwest::Client| {
            let request = client
                .post(&url)
                .header("x-upload-content-type", file.media_type);
            request
                .header("x-upload-content-length", file.size)
                .json(&described)
        };
        let answer = self.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(DriveFailure::from_status(answer.status()));
        }
        let place = answer
            .headers()
            .get("location")
            .and_then(|place| place.to_str().ok());
        place
            .and_then(|place| self.restore_session(place))
            .ok_or_else(|| DriveFailure::new("drive_unclear"))
    }

    /// Sends `piece`: the bytes of the file from offset `from`, of `size` in all.
    ///
    /// # Errors
    /// When the outcome is unknown: call `upload_progress`.
    pub async fn put_chunk(
        &self,
        session: &UploadSession,
        piece: Bytes,
        from: u64,
        size: u64,
    ) -> Result<UploadProgress, DriveFailure> {
        let end = (from + piece.len() as u64).saturating_sub(1);
        let range = format!("bytes {from}-{end}/{size}");
        let answer = self
            .send(|client| {
                client
                    .put(session.uri())
                    .header("content-range", &range)
                    .body(piece.clone())
            })
            .await?;
        progress_of(answer).await
    }

    /// Asks Drive how much of the session it has received.
    pub async fn upload_progress(
        &self,
        session: &UploadSession,
        size: u64,
    ) -> Result<UploadProgress, DriveFailure> {
        let range = format!("bytes */{size}");
        let answer = self
            .send(|client| {
                client
                    .put(session.uri())
                    .header("content-range", &range)
                    .header("content-length", "0")
            })
            .await?;
        progress_of(answer).await
    }
}

/// Maps Drive's response to an upload request: complete, next byte, or expired.
async fn progress_of(answer: Response) -> Result<UploadProgress, DriveFailure> {
    match answer.status() {
        StatusCode::OK | StatusCode::CREATED => answer
            .json()
            .await
            .map(UploadProgress::Done)
            .map_err(|_| DriveFailure::new("drive_unclear")),
        StatusCode::PERMANENT_REDIRECT => {
            // Without the header Drive has received nothing.
            let range = answer
                .headers()
                .get("range")
                .and_then(|range| range.to_str().ok());
            let last = range
                .and_then(|range| range.strip_prefix("bytes=0-"))
                .map(str::parse::<u64>)
                .transpose();
            last.map(|last| UploadProgress::At(last.map_or(0, |last| last + 1)))
                .map_err(|_| DriveFailure::new("drive_unclear"))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(UploadProgress::Expired),
        other => Err(DriveFailure::from_status(other)),
    }
}
