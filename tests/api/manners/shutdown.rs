//! Shutdown under load: every accepted request is answered in full.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use service_desk::sop::role::Role;
use service_desk::start;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::is_whole;
use crate::support::TestApp;

/// The end of a caller's last request.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The port is closed, or a kept connection was closed before a byte of a reply: the caller may
    /// safely retry elsewhere.
    Closed,
    /// Any other end.
    Cut(String),
}

#[actix_web::test]
async fn a_stop_answers_in_full_whoever_was_let_in() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Head).await;
    let token = staff.token.unwrap();
    for _ in 0..3 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
        let served = start::run(app.service.clone(), listener, async move {
            drop(stopping.await);
        });
        let served =
            actix_web::rt::spawn(
                async move { served.await.map_err(|failure| failure.to_string()) },
            );
        let answered = Arc::new(AtomicUsize::new(0));
        let callers = (0..20).map(|_| {
            actix_web::rt::spawn(call(address.clone(), token.clone(), Arc::clone(&answered)))
        });
        let callers: Vec<_> = callers.collect();
        while answered.load(Ordering::Relaxed) < 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(()).unwrap();
        for end in join_all(callers).await {
            assert_eq!(end.unwrap(), End::Closed);
        }
        served.await.unwrap().unwrap();
    }
}

/// Sends requests on one connection until the service is gone.
async fn call(address: String, token: String, answered: Arc<AtomicUsize>) -> End {
    let request =
        format!("GET /api/v1/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    let Ok(mut socket) = TcpStream::connect(&address).await else {
        return End::Closed;
    };
    loop {
        if socket.write_all(request.as_bytes()).await.is_err() {
            return End::Closed;
        }
        let (mut reply, mut piece) = (Vec::new(), [0; 4096]);
        while !is_whole(&reply) {
            match timeout(Duration::from_secs(20), socket.read(&mut piece)).await {
                Ok(Ok(read @ 1..)) => reply.extend_from_slice(&piece[..read]),
                Ok(_) if reply.is_empty() => return End::Closed,
                _ => return End::Cut(String::from_utf8_lossy(&reply).into_owned()),
            }
        }
        if !reply.starts_with(b"HTTP/1.1 200 ") {
            return End::Cut(String::from_utf8_lossy(&reply).into_owned());
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
}
