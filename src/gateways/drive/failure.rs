//! Failures of Google Drive, as a code for staff and the log. Drive's own message is not stored,
//! because it may repeat names.

use reqwest::StatusCode;

/// A failure code: `drive_` and the HTTP status, `unreachable`, `timeout`, `login_refused`, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveFailure(pub String);

impl DriveFailure {
    /// A failure with this code.
    pub fn new(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// The failure for an unexpected HTTP status.
    pub fn from_status(status: StatusCode) -> Self {
        Self(format!("drive_{}", status.as_u16()))
    }

    /// The failure for a request without a response.
    pub fn from_request_error(error: &reqwest::Error) -> Self {
        Self::new(if error.is_timeout() {
            "timeout"
        } else {
            "unreachable"
        })
    }
}
