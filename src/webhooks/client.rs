//! Calls a webhook: one POST, five seconds, no redirects, no proxy, and no word of the answer but its status.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, Url, redirect};

use super::guard::Guard;
use super::resolver::{Dialler, Forbidden, Lookup, is_callable, system};
use crate::error::{Error, Result};
use crate::secrecy::SealingKey;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What webhooks are called with. Cheap to clone.
#[derive(Clone)]
pub struct WebhookClient {
    client: Client,
    guard: Guard,
    seal: SealingKey,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What the receiver answered, if it did.
    pub status: Option<u16>,
    /// Why it failed: `status`, `timeout`, `no_connection`, `forbidden_address` or `broken_off`; none when it did not.
    pub code: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
}

/// What is sent.
#[derive(Debug)]
pub struct Call<'a> {
    /// To where.
    pub url: &'a str,
    /// The same each time this event is sent to this webhook.
    pub id: &'a str,
    /// When it is sent, in Unix seconds.
    pub timestamp: i64,
    /// Signatures, by each secret that is good now.
    pub signatures: &'a str,
    /// The JSON.
    pub body: &'a str,
}

impl WebhookClient {
    /// With `seal` for secrets at rest.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(seal: SealingKey, guard: Guard) -> Result<Self> {
        Self::asking(seal, guard, system())
    }

    /// The same, asking `book` for the addresses of names.
    pub(super) fn asking(seal: SealingKey, guard: Guard, book: Lookup) -> Result<Self> {
        let client = Client::builder()
            .user_agent("service-desk-webhooks/1")
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            // Kept connections were looked at when they were made; none is kept, so each call is looked at.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(Dialler { guard, book }))
            .build();
        Ok(Self {
            client: client.map_err(Error::internal)?,
            guard,
            seal,
        })
    }

    /// The same with another guard.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn guarded(&self, guard: Guard) -> Result<Self> {
        Self::new(self.seal.clone(), guard)
    }

    /// What secrets are sealed under.
    #[must_use]
    pub fn seal(&self) -> &SealingKey {
        &self.seal
    }

    /// The URL in `text`, if it is one that may be called.
    #[must_use]
    pub fn url(&self, text: &str) -> Option<Url> {
        text.parse::<Url>()
            .ok()
            .filter(|url| is_callable(url, self.guard))
    }

    /// Calls.
    pub async fn call(&self, call: &Call<'_>) -> Outcome {
        let begun = Instant::now();
        let Some(url) = self.url(call.url) else {
            return Outcome {
                status: None,
                code: Some("forbidden_address"),
                took: begun.elapsed(),
            };
        };
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", call.id)
            .header("webhook-timestamp", call.timestamp)
            .header("webhook-signature", call.signatures)
            .body(call.body.to_owned());
        let (status, code) = match request.send().await {
            Ok(answer) if answer.status().is_success() => (Some(answer.status().as_u16()), None),
            Ok(answer) => (Some(answer.status().as_u16()), Some("status")),
            Err(error) => (None, Some(code_of(&error))),
        };
        Outcome {
            status,
            code,
            took: begun.elapsed(),
        }
    }
}

impl std::fmt::Debug for WebhookClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caller")
    }
}

/// Why, as a code: the words may quote the address.
fn code_of(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if one.is::<Forbidden>() {
            return "forbidden_address";
        }
        cause = one.source();
    }
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no_connection"
    } else {
        "broken_off"
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::secrecy::MasterKey;

    fn caller(guard: Guard, book: Lookup) -> WebhookClient {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        WebhookClient::asking(MasterKey::random().derive("x"), guard, book).unwrap()
    }

    async fn call(caller: &WebhookClient, url: &str) -> Outcome {
        caller
            .call(&Call {
                url,
                id: "msg_1",
                timestamp: 1,
                signatures: "v1,x",
                body: "{}",
            })
            .await
    }

    /// Answers every connection with `answer`, and counts them.
    async fn receiver(answer: &'static str) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, count) = (
            listener.local_addr().unwrap().port(),
            Arc::new(AtomicUsize::new(0)),
        );
        let counting = Arc::clone(&count);
        actix_web::rt::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counting.fetch_add(1, Ordering::Relaxed);
                let mut piece = [0; 4096];
                drop(socket.read(&mut piece).await);
                drop(socket.write_all(answer.as_bytes()).await);
            }
        });
        (port, count)
    }

    /// A name that leads outside when it is first asked for, and inside ever after.
    fn rebinding() -> Lookup {
        let asked = Arc::new(AtomicUsize::new(0));
        Arc::new(move |_| {
            let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
            Box::pin(async move {
                Ok(vec![
                    if first { "203.0.113.1" } else { "127.0.0.1" }
                        .parse()
                        .unwrap(),
                ])
            })
        })
    }

    #[actix_web::test]
    async fn a_name_that_comes_to_lead_inside_is_not_called() {
        let (port, count) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let caller = caller(Guard::Strict, rebinding());
        for _ in 0..3 {
            assert_eq!(
                call(&caller, &format!("https://hook.example:{port}/"))
                    .await
                    .code,
                Some("forbidden_address")
            );
        }
        assert_eq!(count.load(Ordering::Relaxed), 0, "nobody was connected to");
    }

    #[actix_web::test]
    async fn a_redirect_is_a_failure_and_is_not_followed() {
        let (inside, count) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let answer = format!(
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n"
        );
        let (port, _) = receiver(Box::leak(answer.into_boxed_str())).await;
        let caller = caller(Guard::TryingOut, system());
        let outcome = call(&caller, &format!("http://127.0.0.1:{port}/")).await;
        assert_eq!((outcome.status, outcome.code), (Some(302), Some("status")));
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }

    #[actix_web::test]
    async fn a_call_ends_well_or_says_why_not() {
        let caller = caller(Guard::TryingOut, system());
        let (port, _) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
        assert_eq!(
            call(&caller, &format!("http://127.0.0.1:{port}/"))
                .await
                .code,
            None
        );
        let (port, _) = receiver("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(
            call(&caller, &format!("http://127.0.0.1:{port}/"))
                .await
                .code,
            Some("status")
        );
        let (port, _) = receiver("nonsense\r\n\r\n").await;
        assert_eq!(
            call(&caller, &format!("http://127.0.0.1:{port}/"))
                .await
                .code,
            Some("broken_off")
        );
        let closed = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        assert_eq!(
            call(&caller, &format!("http://127.0.0.1:{closed}/"))
                .await
                .code,
            Some("no_connection")
        );
        assert_eq!(
            call(&caller, "http://10.0.0.1/").await.code,
            Some("forbidden_address")
        );
    }
}
