//! Stopping under load: whoever was let in is answered in full.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use service_desk::sop::role::Role;
use service_desk::start;

use crate::support::TestApp;

/// How a caller's last request ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// Nobody listens any more, or a kept connection was closed before a byte of a reply: the caller may safely ask elsewhere.
    Closed,
    /// Anything else.
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
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
        let served = start::run(app.service.clone(), listener, async move { drop(stopping.await) });
        let served = actix_web::rt::spawn(async move { served.await.map_err(|failure| failure.to_string()) });
        let answered = Arc::new(AtomicUsize::new(0));
        let callers = (0..20).map(|_| actix_web::rt::spawn(call(base.clone(), token.clone(), Arc::clone(&answered))));
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

/// Calls on one connection until the service is gone.
async fn call(base: String, token: String, answered: Arc<AtomicUsize>) -> End {
    let client = reqwest::Client::builder().pool_max_idle_per_host(1).timeout(Duration::from_secs(20)).build().unwrap();
    loop {
        let reply = match client.get(format!("{base}/api/v1/me")).bearer_auth(&token).send().await {
            Ok(reply) => reply,
            Err(error) if error.is_timeout() => return End::Cut(format!("{error:?}")),
            Err(_) => return End::Closed,
        };
        let status = reply.status().as_u16();
        let body = match reply.bytes().await {
            Ok(body) => body,
            Err(error) => return End::Cut(format!("{error:?}")),
        };
        if status != 200 || serde_json::from_slice::<serde_json::Value>(&body).is_err() {
            return End::Cut(format!("{status} {}", String::from_utf8_lossy(&body)));
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
}
