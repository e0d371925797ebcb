//! Requests of the demo office's people to the service.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::DemoAccount;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::sop::role::Role;

/// Time for which an access token is used; it lives somewhat longer.
const TOKEN_USE: TimeDelta = TimeDelta::minutes(10);

/// The body of a request.
pub(super) enum Payload {
    /// No body.
    None,
    /// JSON, sent once under this `Idempotency-Key`.
    Json(Value, String),
    /// A PDF.
    Pdf(Vec<u8>),
}

/// Sends requests as any of the demo accounts.
pub(super) struct Caller {
    client: reqwest::Client,
    base: String,
    clock: Clock,
    accounts: Vec<DemoAccount>,
    tokens: HashMap<Role, (String, DateTime<Utc>)>,
}

impl Caller {
    pub(super) fn new(base: String, clock: Clock, accounts: Vec<DemoAccount>) -> Self {
        Self {
            client: reqwest::Client::new(),
            base,
            clock,
            accounts,
            tokens: HashMap::new(),
        }
    }

    /// The access token of the account with this role; signs in when there is no fresh one.
    pub(super) async fn token(&mut self, role: Role) -> Result<String> {
        let now = self.clock.now();
        if let Some((token, since)) = self.tokens.get(&role)
            && *since + TOKEN_USE > now
        {
            return Ok(token.clone());
        }
        let account = self
            .accounts
            .iter()
            .find(|account| account.role == role)
            .ok_or_else(|| Error::internal("the demo office has no account of a role"))?;
        let form = json!({"email": account.email, "password": account.password});
        let reply = self
            .send(None, Method::POST, "/api/v1/auth/login", login(form))
            .await?;
        let token = text(&reply, "/access_token")?;
        self.tokens.insert(role, (token.clone(), now));
        Ok(token)
    }

    /// The access token of a reporter.
    pub(super) async fn reporter_token(&self, receipt_code: &str) -> Result<String> {
        let form = login(json!({"receipt_code": receipt_code}));
        let reply = self
            .send(None, Method::POST, "/api/v1/complaints/sessions", form)
            .await?;
        text(&reply, "/access_token")
    }

    /// Reads as the account with this role.
    pub(super) async fn read(&mut self, role: Role, path: &str) -> Result<Value> {
        let token = self.token(role).await?;
        self.send(Some(&token), Method::GET, path, Payload::None)
            .await
    }

    /// Sends a request and returns the JSON of the reply; null when there is none.
    ///
    /// # Errors
    /// When the service refuses the request: with the code of the problem, never with a body, which
    /// may be a reporter's.
    pub(super) async fn send(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        payload: Payload,
    ) -> Result<Value> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header("accept", "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request = match payload {
            Payload::None => request,
            Payload::Json(body, key) => {
                if !key.is_empty() {
                    request = request.header("idempotency-key", key);
                }
                if body.is_null() {
                    request
                } else {
                    request.json(&body)
                }
            }
            Payload::Pdf(bytes) => request
                .header("content-type", "application/pdf")
                .body(bytes),
        };
        let reply = request.send().await.map_err(Error::internal)?;
        let status = reply.status();
        let body = reply.bytes().await.map_err(Error::internal)?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let place = path.rsplit('/').next().unwrap_or_default();
        let code = body["code"].as_str().unwrap_or_default();
        let pointer = body["errors"][0]["pointer"].as_str().unwrap_or_default();
        Err(Error::internal(format!(
            "…/{place} was answered {status} {code} {pointer}"
        )))
    }
}

/// A request that may be sent twice, because it only opens a session.
fn login(form: Value) -> Payload {
    Payload::Json(form, String::new())
}

/// The text at `pointer` of a reply.
pub(super) fn text(reply: &Value, pointer: &str) -> Result<String> {
    reply
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Error::internal(format!("a reply has no {pointer}")))
}
