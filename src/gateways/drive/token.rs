//! Access tokens of a service account: asked for with a signed assertion, kept until shortly before they expire.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::account::{GRANT, ServiceAccount};
use super::failure::DriveFailure;
use crate::clock::Clock;

/// A token this close to its end is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

struct Held {
    token: String,
    until: DateTime<Utc>,
}

/// The tokens of one account.
pub(super) struct Tokens {
    client: Client,
    account: ServiceAccount,
    clock: Clock,
    held: Mutex<Option<Held>>,
}

impl Tokens {
    pub(super) fn new(client: Client, account: ServiceAccount, clock: Clock) -> Self {
        Self {
            client,
            account,
            clock,
            held: Mutex::new(None),
        }
    }

    /// A token that is good now.
    pub(super) async fn current(&self) -> Result<String, DriveFailure> {
        let (mut held, now) = (self.held.lock().await, self.clock.now());
        if let Some(held) = held.as_ref().filter(|held| held.until > now) {
            return Ok(held.token.clone());
        }
        let granted = self.ask(now).await?;
        let until = now + TimeDelta::seconds(granted.expires_in.clamp(0, 86_400)) - MARGIN;
        *held = Some(Held {
            token: granted.access_token.clone(),
            until,
        });
        Ok(granted.access_token)
    }

    /// Forgets the token: it was refused.
    pub(super) async fn forget(&self) {
        *self.held.lock().await = None;
    }

    async fn ask(&self, now: DateTime<Utc>) -> Result<Granted, DriveFailure> {
        let assertion = self
            .account
            .assertion(now.timestamp())
            .ok_or_else(|| DriveFailure::new("login_not_possible"))?;
        // An assertion is of letters that need no escaping; of the grant only the colons do.
        let body = format!(
            "grant_type={}&assertion={assertion}",
            GRANT.replace(':', "%3A")
        );
        let request = self
            .client
            .post(self.account.token_uri())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let answer = request
            .send()
            .await
            .map_err(|error| DriveFailure::of(&error))?;
        if !answer.status().is_success() {
            // 408 and 429 pass, like the server's own failures; the others say that the account or its key is wrong.
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
