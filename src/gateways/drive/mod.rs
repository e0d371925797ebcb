//! Client of Google Drive (Drive API v3) for the mirror of a customer's folder: folders and files
//! found by a mark, and resumable uploads. Drive holds only a copy; a failure here never affects
//! the record.

mod account;
mod files;
mod token;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode};

pub use self::account::ServiceAccount;
pub use self::files::DriveFile;
use self::token::TokenCache;
pub use self::upload::{CHUNK, NewFile, UploadProgress, UploadSession};
use crate::clock::Clock;
use crate::error::{Error, Result};

/// Timeout of one request.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// A Drive client that signs in as a service account. Cheap to clone.
#[derive(Clone)]
pub struct Drive {
    client: Client,
    api: String,
    root: String,
    tokens: Arc<TokenCache>,
}

impl std::fmt::Debug for Drive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drive")
    }
}

impl Drive {
    /// Creates a client of the API at `api` for the folder `root`.
    ///
    /// # Errors
    /// When the TLS client cannot be set up.
    pub fn new(api: &str, root: &str, account: ServiceAccount, clock: Clock) -> Result<Self> {
        crate::gateways::install_tls_provider();
        // Drive uses 308 for "resume", not as a redirect.
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(Duration::from_secs(10))
            .redirect(redirects)
            .build()
            .map_err(Error::internal)?;
        let tokens = Arc::new(TokenCache::new(client.clone(), account, clock));
        Ok(Self {
            client,
            api: api.to_owned(),
            root: root.to_owned(),
            tokens,
        })
    }

    /// The root folder of the mirror.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Sends a request with an access token; retries once with a new token after 401.
    async fn send(
        &self,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> std::result::Result<Response, DriveFailure> {
        let answer = request(&self.client)
            .bearer_auth(self.tokens.current().await?)
            .send()
            .await
            .map_err(|error| DriveFailure::from_request_error(&error))?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.tokens.invalidate().await;
        request(&self.client)
            .bearer_auth(self.tokens.current().await?)
            .send()
            .await
            .map_err(|error| DriveFailure::from_request_error(&error))
    }
}

/// A failure of Drive, as a code for staff and the log; its own message may repeat names and is
/// dropped. The code is `drive_` and the HTTP status, `unreachable`, `timeout`, `login_refused`, ….
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
