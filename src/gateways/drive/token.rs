//! Access tokens of a service account: requested with a signed assertion and cached until shortly
//! before they expire.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::DriveFailure;
use super::account::{GRANT, ServiceAccount};
use crate::clock::Clock;

/// A token is renewed this long before it expires.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: i64,
}

struct CachedToken {
    token: String,
    until: DateTime<Utc>,
}

/// Token cache of one account.
pub(super) struct TokenCache {
    client: Client,
    account: ServiceAccount,
    clock: Clock,
    cached: Mutex<Option<CachedToken>>,
}

impl TokenCache {
    pub(super) fn new(client: Client, account: ServiceAccount, clock: Clock) -> Self {
        Self {
            client,
            account,
            clock,
            cached: Mutex::new(None),
        }
    }

    /// A valid token, from the cache or newly requested.
    pub(super) async fn current(&self) -> Result<String, DriveFailure> {
        let (mut held, now) = (self.cached.lock().await, self.clock.now());
        if let Some(held) = held.as_ref().filter(|held| held.until > now) {
            return Ok(held.token.clone());
        }
        let granted = self.request(now).await?;
        let until = now + TimeDelta::seconds(granted.expires_in.clamp(0, 86_400)) - MARGIN;
        *held = Some(CachedToken {
            token: granted.access_token.clone(),
            until,
        });
        Ok(granted.access_token)
    }

    /// Discards the cached token after Drive refused it.
    pub(super) async fn invalidate(&self) {
        *self.cached.lock().await = None;
    }

    async fn request(&self, now: DateTime<Utc>) -> Result<TokenResponse, DriveFailure> {
        let assertion = self
            .account
            .assertion(now.timestamp())
            .ok_or_else(|| DriveFailure::new("login_not_possible"))?;
        let request = self
            .client
            .post(self.account.token_uri())
            .form(&[("grant_type", GRANT), ("assertion", &assertion)]);
        let answer = request
            .send()
            .await
            .map_err(|error| DriveFailure::from_request_error(&error))?;
        if !answer.status().is_success() {
            // 408, 429 and 5xx are temporary; other statuses mean that the account or its key is
            // wrong.
            let passes =
                answer.status().is_server_error() || matches!(answer.status().as_u16(), 408 | 429);
            return Err(DriveFailure::new(if passes {
                "login_failed"
            } else {
                "login_refused"
            }));
        }
        answer
            .json()
            .await
            .map_err(|_| DriveFailure::new("login_failed"))
    }
}
