//! Uploads that go on where they broke off (`uploadType=resumable`): a session is opened, pieces are put into it, and after a break Drive is asked how far
//! it got.

use bytes::Bytes;
use reqwest::{Response, StatusCode};
use serde_json::json;

use super::Drive;
use super::failure::DriveFailure;
use super::files::{FIELDS, Found, MARK};

/// Bytes of one piece: Drive wants a multiple of 256 KiB in every piece but the last.
pub const CHUNK: u64 = 8 * (256 << 10);

/// Where an upload goes. Whoever has it may write the file, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Session(String);

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(secret)")
    }
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The next byte wanted is this one.
    At(u64),
    /// All of it is there.
    Done(Found),
    /// The session is no more: begin anew.
    Lost,
}

/// A file to be uploaded.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// The folder it goes into.
    pub parent: &'a str,
    /// Its name at Drive.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// In bytes.
    pub size: u64,
    /// Our mark.
    pub mark: &'a str,
}

impl Session {
    /// What is kept of it between two attempts.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.0
    }
}

impl Drive {
    /// A session that was kept.
    #[must_use]
    pub fn session(&self, uri: &str) -> Option<Session> {
        // Only ever at Drive, whatever was kept or answered.
        uri.strip_prefix(self.api.as_str())
            .filter(|rest| rest.starts_with('/'))
            .map(|_| Session(uri.to_owned()))
    }

    /// Opens a session for `file`.
    ///
    /// # Errors
    /// When Drive does not do it.
    pub async fn begin(&self, file: &NewFile<'_>) -> Result<Session, DriveFailure> {
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
        let answer = self.ask(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(DriveFailure::status(answer.status()));
        }
        let place = answer
            .headers()
            .get("location")
            .and_then(|place| place.to_str().ok());
        place
            .and_then(|place| self.session(place))
            .ok_or_else(|| DriveFailure::new("drive_unclear"))
    }

    /// Puts `piece` into the session: the bytes of the file from `from` on, of `size` in all.
    ///
    /// # Errors
    /// When it is not known what became of it: ask with `progress`.
    pub async fn put(
        &self,
        session: &Session,
        piece: Bytes,
        from: u64,
        size: u64,
    ) -> Result<Progress, DriveFailure> {
        let end = (from + piece.len() as u64).saturating_sub(1);
        let range = format!("bytes {from}-{end}/{size}");
        let answer = self
            .ask(|client| {
                client
                    .put(session.uri())
                    .header("content-range", &range)
                    .body(piece.clone())
            })
            .await?;
        told(answer).await
    }

    /// Asks how far the session is.
    ///
    /// # Errors
    /// When Drive does not say.
    pub async fn progress(&self, session: &Session, size: u64) -> Result<Progress, DriveFailure> {
        let range = format!("bytes */{size}");
        let answer = self
            .ask(|client| {
                client
                    .put(session.uri())
                    .header("content-range", &range)
                    .header("content-length", "0")
            })
            .await?;
        told(answer).await
    }
}

/// What Drive says of a session: done, go on after this byte, or gone.
async fn told(answer: Response) -> Result<Progress, DriveFailure> {
    match answer.status() {
        StatusCode::OK | StatusCode::CREATED => answer
            .json()
            .await
            .map(Progress::Done)
            .map_err(|_| DriveFailure::new("drive_unclear")),
        StatusCode::PERMANENT_REDIRECT => {
            // Without the header it has nothing yet.
            let range = answer
                .headers()
                .get("range")
                .and_then(|range| range.to_str().ok());
            let last = range
                .and_then(|range| range.strip_prefix("bytes=0-"))
                .map(str::parse::<u64>)
                .transpose();
            last.map(|last| Progress::At(last.map_or(0, |last| last + 1)))
                .map_err(|_| DriveFailure::new("drive_unclear"))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Progress::Lost),
        other => Err(DriveFailure::status(other)),
    }
}
