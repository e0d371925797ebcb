//! Folders and files, found by a mark that the service sets (`appProperties`): names at Drive are
//! not unique and people change them.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Drive, DriveFailure};

/// Name of the property that holds the mark.
pub(super) const MARK: &str = "service_desk";
/// Everything but the unreserved characters (RFC 3986).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// Media type of a folder.
const FOLDER: &str = "application/vnd.google-apps.folder";
/// Fields requested for a file.
pub(super) const FIELDS: &str = "id,webViewLink,sha256Checksum";

/// A folder or file at Drive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DriveFile {
    /// Drive's id of the file.
    pub id: String,
    /// Link for opening it in a browser.
    #[serde(rename = "webViewLink")]
    pub link: String,
    /// SHA-256 in hex, if Drive reports it.
    #[serde(rename = "sha256Checksum")]
    pub sha256: Option<String>,
}

#[derive(Deserialize)]
struct FileList {
    files: Vec<DriveFile>,
}

impl Drive {
    /// Finds the folder marked `mark` in `parent`, or creates it with the name `name`.
    pub async fn folder(
        &self,
        parent: &str,
        name: &str,
        mark: &str,
    ) -> Result<DriveFile, DriveFailure> {
        if let Some(found) = self.find(parent, mark).await? {
            return Ok(found);
        }
        let url = format!(
            "{}/drive/v3/files?supportsAllDrives=true&fields={FIELDS}",
            self.api
        );
        let folder = json!({"name": name, "mimeType": FOLDER, "parents": [parent], "appProperties": {MARK: mark}});
        let answer = self.send(|client| client.post(&url).json(&folder)).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED => answer
                .json()
                .await
                .map_err(|_| DriveFailure::new("drive_unclear")),
            other => Err(DriveFailure::from_status(other)),
        }
    }

    /// Finds the folder or file marked `mark` in `parent` that is not in the bin.
    pub async fn find(&self, parent: &str, mark: &str) -> Result<Option<DriveFile>, DriveFailure> {
        let wanted = format!(
            "'{parent}' in parents and trashed = false and appProperties has {{ key='{MARK}' and value='{mark}' }}"
        );
        let all = "supportsAllDrives=true&includeItemsFromAllDrives=true&pageSize=1";
        let url = format!(
            "{}/drive/v3/files?q={}&{all}&fields=files({FIELDS})",
            self.api,
            percent_encoded(&wanted)
        );
        let answer = self.send(|client| client.get(&url)).await?;
        match answer.status() {
            StatusCode::OK => {
                let listed: FileList = answer
                    .json()
                    .await
                    .map_err(|_| DriveFailure::new("drive_unclear"))?;
                Ok(listed.files.into_iter().next())
            }
            other => Err(DriveFailure::from_status(other)),
        }
    }

    /// Deletes a file; succeeds when it does not exist.
    pub async fn remove(&self, id: &str) -> Result<(), DriveFailure> {
        let url = format!(
            "{}/drive/v3/files/{}?supportsAllDrives=true",
            self.api,
            percent_encoded(id)
        );
        let answer = self.send(|client| client.delete(&url)).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            other => Err(DriveFailure::from_status(other)),
        }
    }
}

/// Percent-encodes `text` for a query string or as one segment of a path.
fn percent_encoded(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, ESCAPED)
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_query_is_escaped() {
        assert_eq!(
            percent_encoded("'a' in parents & x=\u{e9}").to_string(),
            "%27a%27%20in%20parents%20%26%20x%3D%C3%A9"
        );
    }
}
