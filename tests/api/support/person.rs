//! A caller of the service. Every reply is validated against the contract before the test gets it.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use service_desk::ids::UserId;
use uuid::Uuid;

use super::contract;
use super::contract::Exchange;
use super::recorder::{RecordedReply, ReplyRecorder};

/// A caller, signed in or not.
#[derive(Clone)]
pub struct Person {
    pub email: String,
    pub password: String,
    /// The account's id.
    pub id: Uuid,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    base: String,
    client: reqwest::Client,
    recorder: ReplyRecorder,
}

/// A validated reply.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The JSON body; null when there is none.
    pub body: Value,
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    headers: HeaderMap,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Every header, by name.
    pub fn headers(&self) -> Vec<(&str, String)> {
        let listed = self.headers.iter().map(|(name, value)| {
            (
                name.as_str(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        listed.collect()
    }

    pub fn etag(&self) -> String {
        self.header("etag")
            .expect("the answer has an ETag")
            .to_owned()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The code of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Asserts this status and returns the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    /// Asserts a problem with this status and code and returns it.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.code()),
            (status, code),
            "{:#}",
            self.body
        );
        self.body
    }
}

/// A request with headers or a body of any type.
pub struct Request<'a> {
    pub method: Method,
    /// Path and query.
    pub path: &'a str,
    /// The body and its type.
    pub body: Option<(&'a str, Vec<u8>)>,
    /// Additional headers.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Person {
    pub(super) fn nobody(base: &str, recorder: ReplyRecorder) -> Self {
        // The server closes connections that are idle for five seconds; a request sent at that very
        // moment would fail.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(64)
            .pool_idle_timeout(Duration::from_secs(2))
            .tls_certs_only([])
            .build()
            .unwrap();
        let (email, password) = (String::new(), String::new());
        Self {
            email,
            password,
            id: Uuid::nil(),
            token: None,
            refresh_token: None,
            base: base.to_owned(),
            client,
            recorder,
        }
    }

    /// The holder of this account and of a session's tokens.
    pub(super) fn signed_in(
        self,
        UserId(id): UserId,
        email: String,
        password: &str,
        (token, refresh_token): (String, String),
    ) -> Self {
        Self {
            email,
            password: password.to_owned(),
            id,
            token: Some(token),
            refresh_token: Some(refresh_token),
            ..self
        }
    }

    pub(super) async fn sign_in(&self, id: Uuid, email: &str, password: &str) -> Self {
        let tokens = self
            .post(
                "/api/v1/auth/login",
                json!({"email": email, "password": password}),
            )
            .await
            .expect(200);
        let text = |name: &str| tokens[name].as_str().map(str::to_owned);
        let (email, password) = (email.to_owned(), password.to_owned());
        Self {
            email,
            password,
            id,
            token: text("access_token"),
            refresh_token: text("refresh_token"),
            ..self.clone()
        }
    }

    /// The same person in a new session.
    pub async fn sign_in_again(&self) -> Self {
        let nobody = Self {
            token: None,
            ..self.clone()
        };
        nobody.sign_in(self.id, &self.email, &self.password).await
    }

    /// Exchanges the refresh token for the next pair.
    pub async fn refresh(&mut self) {
        let tokens = Self {
            token: None,
            ..self.clone()
        }
        .post(
            "/api/v1/auth/refresh",
            json!({"refresh_token": self.refresh_token}),
        )
        .await
        .expect(200);
        let text = |name: &str| tokens[name].as_str().map(str::to_owned);
        (self.token, self.refresh_token) = (text("access_token"), text("refresh_token"));
    }

    /// The same caller at another instance, at `host:port`.
    pub fn at(&self, address: &str) -> Self {
        Self {
            base: format!("http://{address}"),
            ..self.clone()
        }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same caller from another address of this machine.
    pub fn calling_from(&self, address: &str) -> Self {
        let local = address.parse::<std::net::IpAddr>().unwrap();
        Self {
            client: reqwest::Client::builder()
                .local_address(local)
                .tls_certs_only([])
                .build()
                .unwrap(),
            ..self.clone()
        }
    }

    /// Sends a request and validates the reply against the contract.
    #[track_caller]
    pub fn ask(&self, asking: &Request<'_>) -> impl Future<Output = Answer> + use<> {
        let mut request = self.client.request(
            asking.method.clone(),
            format!("{}{}", self.base, asking.path),
        );
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in asking.headers {
            request = request.header(*name, *value);
        }
        if let Some((media_type, body)) = &asking.body {
            request = request
                .header("content-type", *media_type)
                .body(body.clone());
        }
        let (method, path) = (asking.method.clone(), asking.path.to_owned());
        let (caller, recorder, reader) = (
            std::panic::Location::caller(),
            self.recorder.clone(),
            (self.id, self.token.is_some()),
        );
        async move {
            let reply = request.send().await.unwrap();
            let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
            let bytes = reply.bytes().await.unwrap().to_vec();
            let listed: Vec<_> = headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect();
            let exchange = Exchange {
                method: method.as_str(),
                path: &path,
                status,
                headers: &listed,
                body: &bytes,
            };
            if let Err(difference) = contract().check(&exchange) {
                panic!(
                    "{caller}: {method} {path} → {status} is not what the contract says:\n{difference}"
                );
            }
            recorder.record(|| RecordedReply {
                reader,
                method: method.to_string(),
                path: path.clone(),
                status,
                headers: listed.clone(),
                body: bytes.clone(),
            });
            Answer {
                status,
                body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                bytes,
                headers,
            }
        }
    }

    #[track_caller]
    fn json(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        if_match: Option<&str>,
    ) -> impl Future<Output = Answer> + use<> {
        let body = body.map(|body| ("application/json", serde_json::to_vec(body).unwrap()));
        let headers: Vec<_> = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
        self.ask(&Request {
            method,
            path,
            body,
            headers: &headers,
        })
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> impl Future<Output = Answer> + use<> {
        self.json(Method::GET, path, None, None)
    }

    /// POST with a JSON body.
    #[track_caller]
    pub fn post(&self, path: &str, body: Value) -> impl Future<Output = Answer> + use<> {
        self.json(Method::POST, path, Some(&body), None)
    }

    /// POST without a body.
    #[track_caller]
    pub fn act(&self, path: &str) -> impl Future<Output = Answer> + use<> {
        self.json(Method::POST, path, None, None)
    }

    /// PUT with a JSON body.
    #[track_caller]
    pub fn put(
        &self,
        path: &str,
        body: Value,
        if_match: Option<&str>,
    ) -> impl Future<Output = Answer> + use<> {
        self.json(Method::PUT, path, Some(&body), if_match)
    }

    /// PATCH with a JSON body.
    #[track_caller]
    pub fn patch(
        &self,
        path: &str,
        body: Value,
        if_match: Option<&str>,
    ) -> impl Future<Output = Answer> + use<> {
        self.json(Method::PATCH, path, Some(&body), if_match)
    }

    /// PUT of a file.
    #[track_caller]
    pub fn upload(&self, path: &str, bytes: Vec<u8>) -> impl Future<Output = Answer> + use<> {
        self.ask(&Request {
            method: Method::PUT,
            path,
            body: Some(("application/octet-stream", bytes)),
            headers: &[],
        })
    }
}
