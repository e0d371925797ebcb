//! The webhook client: one POST, a timeout of five seconds, no redirects, no proxy; of the response
//! only the status is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, Url, redirect};

use super::guard::{Forbidden, Guard, GuardedResolver, Lookup, is_callable, system_lookup};
use crate::error::{Error, Result};
use crate::secrecy::SealingKey;

/// The timeout of a call.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The HTTP client for webhooks. Cheap to clone.
#[derive(Clone)]
pub struct WebhookClient {
    client: Client,
    guard: Guard,
    seal: SealingKey,
}

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallOutcome {
    /// The HTTP status, if the receiver answered.
    pub status: Option<u16>,
    /// The reason of a failure: `status`, `timeout`, `no_connection`, `forbidden_address` or
    /// `broken_off`; none on success.
    pub code: Option<&'static str>,
    /// The duration of the call.
    pub took: Duration,
}

/// A call to make.
#[derive(Debug)]
pub struct Call<'a> {
    /// The URL.
    pub url: &'a str,
    /// The `webhook-id`: the same for each call with this event to this webhook.
    pub id: &'a str,
    /// The time of the call, in Unix seconds.
    pub timestamp: i64,
    /// The signatures, one by each valid secret.
    pub signatures: &'a str,
    /// The JSON body.
    pub body: &'a str,
}

impl WebhookClient {
    /// Creates a client; `seal` encrypts the secrets at rest.
    pub fn new(seal: SealingKey, guard: Guard) -> Result<Self> {
        Self::with_lookup(seal, guard, system_lookup())
    }

    /// Like [`Self::new`], with `lookup` as the name resolver.
    pub(super) fn with_lookup(seal: SealingKey, guard: Guard, lookup: Lookup) -> Result<Self> {
        let client = Client::builder()
            .user_agent("service-desk-webhooks/1")
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            // A pooled connection would skip the address check, so none is pooled.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(GuardedResolver { guard, lookup }))
            .build();
        Ok(Self {
            client: client.map_err(Error::internal)?,
            guard,
            seal,
        })
    }

    /// A client with the same key and another guard.
    pub fn with_guard(&self, guard: Guard) -> Result<Self> {
        Self::new(self.seal.clone(), guard)
    }

    /// The key that encrypts the secrets.
    pub fn seal(&self) -> &SealingKey {
        &self.seal
    }

    /// Parses `text`, if it is a URL that may be called.
    pub fn url(&self, text: &str) -> Option<Url> {
        text.parse::<Url>()
            .ok()
            .filter(|url| is_callable(url, self.guard))
    }

    /// Makes a call.
    pub async fn call(&self, call: &Call<'_>) -> CallOutcome {
        let begun = Instant::now();
        let Some(url) = self.url(call.url) else {
            return CallOutcome {
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
            Err(error) => (None, Some(failure_code(&error))),
        };
        CallOutcome {
            status,
            code,
            took: begun.elapsed(),
        }
    }
}

impl std::fmt::Debug for WebhookClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookClient")
    }
}

/// The failure code; the error text is not used, because it may contain the address.
fn failure_code(error: &reqwest::Error) -> &'static str {
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

    fn client(guard: Guard, lookup: Lookup) -> WebhookClient {
        crate::gateways::install_tls_provider();
        WebhookClient::with_lookup(MasterKey::random().derive("x"), guard, lookup).unwrap()
    }

    async fn call(client: &WebhookClient, url: &str) -> CallOutcome {
        client
            .call(&Call {
                url,
                id: "msg_1",
                timestamp: 1,
                signatures: "v1,x",
                body: "{}",
            })
            .await
    }

    /// A receiver that answers every connection with `answer` and counts them.
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

    /// A name that resolves to a public address at the first lookup and to loopback afterwards (DNS
    /// rebinding).
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
        let client = client(Guard::Strict, rebinding());
        for _ in 0..3 {
            assert_eq!(
                call(&client, &format!("https://hook.example:{port}/"))
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
        let client = client(Guard::TryingOut, system_lookup());
        let outcome = call(&client, &format!("http://127.0.0.1:{port}/")).await;
        assert_eq!((outcome.status, outcome.code), (Some(302), Some("status")));
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }

    #[actix_web::test]
    async fn a_call_ends_well_or_says_why_not() {
        let client = client(Guard::TryingOut, system_lookup());
        let (port, _) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
        assert_eq!(
            call(&client, &format!("http://127.0.0.1:{port}/"))
                .await
                .code,
            None
        );
        let (port, _) = receiver("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(
            call(&client, &format!("http://127.0.0.1:{port}/"))
                .await
                .code,
            Some("status")
        );
        let (port, _) = receiver("nonsense\r\n\r\n").await;
        assert_eq!(
            call(&client, &format!("http://127.0.0.1:{port}/"))
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
            call(&client, &format!("http://127.0.0.1:{closed}/"))
                .await
                .code,
            Some("no_connection")
        );
        assert_eq!(
            call(&client, "http://10.0.0.1/").await.code,
            Some("forbidden_address")
        );
    }
}
