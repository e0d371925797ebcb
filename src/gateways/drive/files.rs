//! Folders and files, found by the mark we put on them (`appProperties`): names at Drive are not unique and people change them.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::Drive;
use super::failure::DriveFailure;

/// Under which name our mark stands.
pub(super) const MARK: &str = "service_desk";
/// What makes a file a folder.
const FOLDER: &str = "application/vnd.google-apps.folder";
/// What we want to know of a file.
pub(super) const FIELDS: &str = "id,webViewLink,sha256Checksum";

/// A folder or file at Drive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Found {
    /// Drive's id.
    pub id: String,
    /// Where people open it.
    #[serde(rename = "webViewLink")]
    pub link: String,
    /// SHA-256 of its bytes in hex, when Drive says it.
    #[serde(rename = "sha256Checksum")]
    pub sha256: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    files: Vec<Found>,
}

impl Drive {
    /// The folder with our mark `mark` in `parent`; made with this name when there is none.
    ///
    /// # Errors
    /// When Drive does not do it.
    pub async fn folder(
        &self,
        parent: &str,
        name: &str,
        mark: &str,
    ) -> Result<Found, DriveFailure> {
        if let Some(found) = self.find(parent, mark).await? {
            return Ok(found);
        }
        let url = format!(
            "{}/drive/v3/files?supportsAllDrives=true&fields={FIELDS}",
            self.api
        );
        let folder = json!({"name": name, "mimeType": FOLDER, "parents": [parent], "appProperties": {MARK: mark}});
        let answer = self.ask(|client| client.post(&url).json(&folder)).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED => answer
                .json()
                .await
                .map_err(|_| DriveFailure::new("drive_unclear")),
            other => Err(DriveFailure::status(other)),
        }
    }

    /// What bears our mark `mark` in `parent` and is not in the bin.
    ///
    /// # Errors
    /// When Drive does not say.
    pub async fn find(&self, parent: &str, mark: &str) -> Result<Option<Found>, DriveFailure> {
        let wanted = format!(
            "'{parent}' in parents and trashed = false and appProperties has {{ key='{MARK}' and value='{mark}' }}"
        );
        let all = "supportsAllDrives=true&includeItemsFromAllDrives=true&pageSize=1";
        let url = format!(
            "{}/drive/v3/files?q={}&{all}&fields=files({FIELDS})",
            self.api,
            escaped(&wanted)
        );
        let answer = self.ask(|client| client.get(&url)).await?;
        match answer.status() {
            StatusCode::OK => {
                let listed: Listed = answer
                    .json()
                    .await
                    .map_err(|_| DriveFailure::new("drive_unclear"))?;
                Ok(listed.files.into_iter().next())
            }
            other => Err(DriveFailure::status(other)),
        }
    }

    /// Takes a file away that did not become what it should.
    ///
    /// # Errors
    /// When Drive does not do it.
    pub async fn remove(&self, id: &str) -> Result<(), DriveFailure> {
        let url = format!(
            "{}/drive/v3/files/{}?supportsAllDrives=true",
            self.api,
            escaped(id)
        );
        let answer = self.ask(|client| client.delete(&url)).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            other => Err(DriveFailure::status(other)),
        }
    }
}

/// `text` as a value in a query.
fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |escaped, byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped + char::from(byte).encode_utf8(&mut [0; 4])
            }
            other => format!("{escaped}%{other:02X}"),
        })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_query_is_escaped() {
        assert_eq!(
            escaped("'a' in parents & x=\u{e9}"),
            "%27a%27%20in%20parents%20%26%20x%3D%C3%A9"
        );
    }
}
