//! A receiver of webhooks on a real socket. It verifies calls according to the standard with code
//! of its own, and answers as the test demands.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// One received call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCall {
    pub id: String,
    pub timestamp: i64,
    pub signatures: Vec<String>,
    pub body: String,
}

impl ReceivedCall {
    /// Whether one of the signatures is made with `secret` (Standard Webhooks 1.0).
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&signature)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct State {
    calls: Vec<ReceivedCall>,
    answer: u16,
    slow: Duration,
}

/// A running receiver.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// Starts a receiver that answers 204.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?from=desk", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            answer: 204,
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        actix_web::rt::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                actix_web::rt::spawn(receive(socket, Arc::clone(&shared)));
            }
        });
        Self { url, state }
    }

    /// Sets the status of the next answers.
    pub fn answer(&self, status: u16) {
        self.state.lock().unwrap().answer = status;
    }

    /// Sets the delay of the next answers.
    pub fn delay_answers(&self, slow: Duration) {
        self.state.lock().unwrap().slow = slow;
    }

    /// The calls received so far.
    pub fn calls(&self) -> Vec<ReceivedCall> {
        self.state.lock().unwrap().calls.clone()
    }

    /// Waits until `count` calls have arrived.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedCall> {
        let waiting = async {
            while self.calls().len() < count {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), waiting)
            .await
            .unwrap_or_else(|_| panic!("{} of {count} calls came", self.calls().len()));
        self.calls()
    }
}

async fn receive(mut socket: TcpStream, state: Arc<Mutex<State>>) {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    let called = loop {
        let Ok(read @ 1..) = socket.read(&mut piece).await else {
            return;
        };
        request.extend_from_slice(&piece[..read]);
        if let Some(called) = whole(&String::from_utf8_lossy(&request)) {
            break called;
        }
    };
    let (answer, slow) = {
        let mut state = state.lock().unwrap();
        state.calls.push(called);
        (state.answer, state.slow)
    };
    sleep(slow).await;
    let reply = format!("HTTP/1.1 {answer} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    drop(socket.write_all(reply.as_bytes()).await);
}

fn whole(request: &str) -> Option<ReceivedCall> {
    let (head, body) = request.split_once("\r\n\r\n")?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length")?.parse().unwrap();
    assert!(head.starts_with("POST /hook?from=desk HTTP/1.1"), "{head}");
    (body.len() >= length).then(|| ReceivedCall {
        id: header("webhook-id").unwrap(),
        timestamp: header("webhook-timestamp").unwrap().parse().unwrap(),
        signatures: header("webhook-signature")
            .unwrap()
            .split(' ')
            .map(str::to_owned)
            .collect(),
        body: body.to_owned(),
    })
}
