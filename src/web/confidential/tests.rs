//! A small application with the layers of the service, routes of a reporter, a staff route, and a
//! captured log and metrics.

use std::io::Write;
use std::sync::{Arc, Mutex};

use actix_web::body::{MessageBody, SizedStream};
use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Compress, from_fn};
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use metrics_exporter_prometheus::PrometheusBuilder;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::error::Error;
use crate::web::client_address::TrustedProxies;
use crate::web::observe::observe;
use crate::web::operations::{Access, Operations, find_operation};
use crate::web::problem::problem_responses;
use crate::web::rate_limit::{RateLimits, rate_limit};

const RECEIPT: &str = "7KQ3M-RAHASIA";

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The reply, and the log and metrics written while it was made.
struct Seen {
    status: StatusCode,
    headers: actix_web::http::header::HeaderMap,
    body: Result<Vec<u8>, String>,
    log: String,
    numbers: String,
}

fn operations() -> Operations {
    let at = |method: Method, path: &str, access: Access| {
        Operation::new(method, format!("/api/v1/complaints{path}"), access)
    };
    Operations::new([
        at(Method::GET, "/mine", Access::Reporter),
        at(Method::POST, "", Access::Public),
        at(Method::GET, "/panic", Access::Reporter),
        at(Method::GET, "/failure", Access::Reporter),
        at(Method::GET, "/torn", Access::Reporter),
        at(Method::GET, "", Access::SignedIn),
        at(Method::GET, "/staff/{id}", Access::SignedIn),
    ])
}

async fn chatty(request: HttpRequest) -> HttpResponse {
    tracing::error!(RECEIPT, "a library says too much");
    let origin = request.peer_addr().is_some()
        || request.headers().contains_key("x-forwarded-for")
        || request.headers().contains_key("user-agent");
    HttpResponse::Ok()
        .content_type("application/json")
        .body(format!(
            "{{\"origin\": {origin}, \"text\": \"{}\"}}",
            "kuda ".repeat(500)
        ))
}

async fn failing() -> Result<HttpResponse, Error> {
    tokio::task::yield_now().await;
    tracing::warn!(RECEIPT, "after a pause");
    Err(Error::internal(format!("objects/{RECEIPT} is gone")))
}

async fn panicking() -> HttpResponse {
    panic!("{RECEIPT}")
}

async fn torn() -> HttpResponse {
    let pieces = [
        Ok(Bytes::from_static(b"half")),
        Err(std::io::Error::other(RECEIPT)),
    ];
    HttpResponse::Ok().body(SizedStream::new(100, stream::iter(pieces)))
}

async fn see(request: TestRequest) -> Seen {
    Box::pin(see_all([request])).await.remove(0)
}

/// Sends the requests one after the other to one application.
async fn see_all<const N: usize>(requests: [TestRequest; N]) -> Vec<Seen> {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let app = App::new()
        .app_data(operations())
        .app_data(RateLimits::new(
            2,
            TrustedProxies::new(vec!["127.0.0.1/32".parse().unwrap()]),
        ))
        .route("/api/v1/complaints/mine", web::get().to(chatty))
        .route("/api/v1/complaints", web::to(chatty))
        .route("/api/v1/complaints/staff/{id}", web::get().to(chatty))
        .route("/api/v1/complaints/failure", web::get().to(failing))
        .route("/api/v1/complaints/panic", web::get().to(panicking))
        .route("/api/v1/complaints/torn", web::get().to(torn))
        .route("/api/v1/sops", web::get().to(chatty))
        .route("/api/v1/broken", web::get().to(failing))
        .wrap(from_fn(rate_limit))
        .wrap(Compress::default())
        .wrap(from_fn(problem_responses))
        .wrap(from_fn(observe))
        .wrap(from_fn(confidential_requests))
        .wrap(from_fn(find_operation));
    let app = init_service(app).await;
    let mut seen = Vec::new();
    for request in requests {
        log.0.lock().unwrap().clear();
        let reply = try_call_service(&app, request.to_request()).await;
        let (status, headers, body) = match reply {
            Ok(reply) => took(reply).await,
            Err(error) => {
                let reply = error.error_response();
                (reply.status(), reply.headers().clone(), Ok(Vec::new()))
            }
        };
        seen.push(Seen {
            status,
            headers,
            body,
            log: String::from_utf8(log.0.lock().unwrap().clone()).unwrap(),
            numbers: handle.render(),
        });
    }
    seen
}

async fn took(
    reply: ServiceResponse<impl MessageBody>,
) -> (
    StatusCode,
    actix_web::http::header::HeaderMap,
    Result<Vec<u8>, String>,
) {
    let (status, headers) = (reply.status(), reply.headers().clone());
    let body = actix_web::body::to_bytes(reply.into_body()).await;
    (
        status,
        headers,
        body.map(Vec::from)
            .map_err(|error| format!("{:?}", error.into())),
    )
}

fn asking(method: Method, path: &str) -> TestRequest {
    let from = ("x-forwarded-for", "203.0.113.7");
    let peer = "127.0.0.1:4711".parse().unwrap();
    TestRequest::with_uri(path)
        .peer_addr(peer)
        .method(method)
        .insert_header(from)
        .insert_header(("accept-encoding", "br"))
        .insert_header(("user-agent", "curl"))
}

#[actix_web::test]
async fn a_reporters_exchange_leaves_nothing() {
    for (method, path) in [
        (Method::GET, "/mine"),
        (Method::HEAD, "/mine"),
        (Method::POST, ""),
        (Method::OPTIONS, ""),
        (Method::DELETE, ""),
    ] {
        let seen = see(asking(method.clone(), &format!("/api/v1/complaints{path}"))).await;
        assert_eq!(
            (seen.log.as_str(), seen.numbers.trim()),
            ("", ""),
            "{method} {path}"
        );
        assert_eq!(
            seen.headers.get("content-encoding"),
            None,
            "{method} {path}"
        );
        assert_eq!(
            (
                seen.headers.get("ratelimit"),
                seen.headers.get("ratelimit-policy")
            ),
            (None, None),
            "{method} {path}"
        );
        assert!(seen.headers.contains_key("x-request-id"));
        let body = String::from_utf8(seen.body.unwrap()).unwrap();
        assert!(
            seen.status != StatusCode::OK || body.contains("\"origin\": false"),
            "{method} {path}: {body}"
        );
    }
}

#[actix_web::test]
async fn others_exchanges_are_logged_counted_and_compressed() {
    for path in [
        "/api/v1/sops",
        "/api/v1/complaints",
        "/api/v1/complaints/staff/7",
    ] {
        let seen = see(asking(Method::GET, path)).await;
        assert!(
            seen.log.contains("answered")
                && seen.log.contains("too much")
                && seen.numbers.contains("http_requests_total"),
            "{path}: {}",
            seen.log
        );
        assert_eq!(
            seen.headers
                .get("content-encoding")
                .and_then(|coding| coding.to_str().ok()),
            Some("br"),
            "{path}"
        );
        assert!(seen.headers.contains_key("ratelimit"), "{path}");
    }
}

#[actix_web::test]
async fn a_code_in_a_wrong_path_is_nowhere() {
    for path in [
        "/7KQ3M-RAHASIA",
        "/mine/7KQ3M-RAHASIA",
        "7KQ3M-RAHASIA",
        "/%6dine/7KQ3M-RAHASIA",
        "/../complaints/7KQ3M-RAHASIA",
    ] {
        let seen = see(asking(Method::GET, &format!("/api/v1/complaints{path}"))).await;
        assert_eq!(
            (seen.status, seen.log.as_str(), seen.numbers.trim()),
            (StatusCode::NOT_FOUND, "", ""),
            "{path}"
        );
    }
    let hidden = see(asking(Method::GET, "/api/v1/%63omplaints/7KQ3M-RAHASIA")).await;
    assert_eq!(
        (hidden.status, hidden.log.as_str(), hidden.numbers.trim()),
        (StatusCode::NOT_FOUND, "", "")
    );
}

#[actix_web::test]
async fn a_failure_is_one_line_that_knows_its_kind() {
    let failed = see(asking(Method::GET, "/api/v1/complaints/failure")).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        failed.log.contains("a confidential request failed")
            && failed.log.contains("internal error"),
        "{}",
        failed.log
    );
    assert_eq!(
        (failed.log.lines().count(), failed.numbers.trim()),
        (1, ""),
        "{}",
        failed.log
    );
    let panicked = see(asking(Method::GET, "/api/v1/complaints/panic")).await;
    assert_eq!(panicked.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        panicked.log.contains("a confidential request failed") && panicked.log.contains("panic"),
        "{}",
        panicked.log
    );
    for seen in [failed, panicked] {
        let name = seen.headers.get("x-request-id").unwrap().to_str().unwrap();
        for secret in [RECEIPT, "/api", "failure", name, "203.0.113"] {
            assert!(!seen.log.contains(secret), "{secret} in {}", seen.log);
        }
    }
    let elsewhere = see(asking(Method::GET, "/api/v1/broken")).await;
    let name = elsewhere
        .headers
        .get("x-request-id")
        .unwrap()
        .to_str()
        .unwrap();
    assert!(
        elsewhere.log.contains(name) && elsewhere.log.contains("after a pause"),
        "{}",
        elsewhere.log
    );
}

#[actix_web::test]
async fn a_reply_that_breaks_off_does_not_say_why() {
    let seen = see(asking(Method::GET, "/api/v1/complaints/torn")).await;
    let fault = seen.body.unwrap_err();
    assert!(
        fault.contains("broke off") && !fault.contains(RECEIPT),
        "{fault}"
    );
}

#[actix_web::test]
async fn a_flood_elsewhere_silences_no_reporter_and_neighbours_are_counted_as_one() {
    let from = |path: &str, address: &str| {
        asking(Method::GET, path).insert_header(("x-forwarded-for", address))
    };
    let (sops, mine) = ("/api/v1/sops", "/api/v1/complaints/mine");
    let seen = Box::pin(see_all([
        from(sops, "203.0.113.7"),
        from(sops, "203.0.113.7"),
        from(sops, "203.0.113.7"),
        from(sops, "203.0.113.8"),
        from(mine, "203.0.113.7"),
        from(mine, "203.0.113.8"),
        from(mine, "203.0.113.9"),
        from(mine, "203.0.114.9"),
    ]))
    .await;
    assert_eq!(
        seen.iter()
            .map(|one| one.status.as_u16())
            .collect::<Vec<_>>(),
        [200, 200, 429, 200, 200, 200, 429, 200]
    );
    assert!(
        seen[2].headers.contains_key("ratelimit") && seen[2].headers.contains_key("retry-after")
    );
    assert!(
        !seen[6].headers.contains_key("ratelimit") && seen[6].headers.contains_key("retry-after")
    );
    assert_eq!(seen[6].log, "");
}
