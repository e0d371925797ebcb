//! Google Drive, as far as the mirror of a customer's folder needs it (Drive API v3): folders and files found by our own mark, uploads that go on where they
//! broke off. It never holds the record: whatever fails here fails for the copy alone.

mod account;
mod failure;
mod files;
mod token;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode};

pub use self::account::ServiceAccount;
pub use self::failure::DriveFailure;
pub use self::files::Found;
use self::token::Tokens;
pub use self::upload::{CHUNK, NewFile, Progress, Session};
use crate::clock::Clock;
use crate::error::{Error, Result};

/// How long Drive may take for one request.
const PATIENCE: Duration = Duration::from_mins(1);

/// Drive, with the login of a service account. Cheap to clone.
#[derive(Clone)]
pub struct Drive {
    client: Client,
    api: String,
    root: String,
    tokens: Arc<Tokens>,
}

impl std::fmt::Debug for Drive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drive")
    }
}

impl Drive {
    /// The API at `api`, below the folder `root`, as this service account.
    ///
    /// # Errors
    /// When the machine can speak no HTTPS.
    pub fn new(api: &str, root: &str, account: ServiceAccount, clock: Clock) -> Result<Self> {
        // A registration that does nothing the second time; without it the first request would panic.
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        // 308 is how Drive says "go on", not where to go.
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            .redirect(redirects)
            .build()
            .map_err(Error::internal)?;
        let tokens = Arc::new(Tokens::new(client.clone(), account, clock));
        Ok(Self {
            client,
            api: api.to_owned(),
            root: root.to_owned(),
            tokens,
        })
    }

    /// The folder below which everything lies.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Sends what `request` makes, with a token; once more with a new one when Drive takes the token no more.
    async fn ask(
        &self,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> std::result::Result<Response, DriveFailure> {
        let answer = request(&self.client)
            .bearer_auth(self.tokens.current().await?)
            .send()
            .await
            .map_err(|error| DriveFailure::of(&error))?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.tokens.forget().await;
        request(&self.client)
            .bearer_auth(self.tokens.current().await?)
            .send()
            .await
            .map_err(|error| DriveFailure::of(&error))
    }
}
