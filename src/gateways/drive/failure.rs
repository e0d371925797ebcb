//! Why Drive did not do it: a code for staff and for the log. What it answered is not kept: it may repeat names.

use reqwest::StatusCode;

/// A failure, as a code: `drive_` and the status, `unreachable`, `timeout`, `login_refused`, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveFailure(pub String);

impl DriveFailure {
    /// With this code.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// Of a status that was not expected.
    #[must_use]
    pub fn status(status: StatusCode) -> Self {
        Self(format!("drive_{}", status.as_u16()))
    }

    /// Of a request that got no answer.
    #[must_use]
    pub fn of(error: &reqwest::Error) -> Self {
        Self::new(if error.is_timeout() {
            "timeout"
        } else {
            "unreachable"
        })
    }
}
