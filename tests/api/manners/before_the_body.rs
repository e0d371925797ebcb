//! Authentication comes before the body: a bad token is refused as a bad token, whatever else is
//! wrong with the request.

use std::time::{Duration, Instant};

use reqwest::Method;

use super::{Operation, operations, raw_exchange};
use crate::support::{Request, TestApp};

/// Operations that require a token of any kind, and operations that check an optional token.
fn token_operations() -> impl Iterator<Item = Operation> {
    operations()
        .into_iter()
        .filter(|one| one.is_api() && (one.reporter || !one.is_confidential()))
}

#[actix_web::test]
async fn a_bad_token_is_refused_whatever_else_is_wrong() {
    let app = TestApp::start().await;
    let stranger = app.nobody().with_token("x.y.z");
    let mut tried = 0;
    for operation in token_operations() {
        let Operation { method, path, .. } = &operation;
        // A path and a query that cannot be parsed, and bodies that are not JSON.
        let wrong_path = path
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "not-a-parameter"
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        for address in [
            operation.address(),
            format!("{}?nonsense=%00", operation.address()),
            wrong_path,
        ] {
            for (media_type, bytes) in [
                ("application/json", &b"{"[..]),
                ("application/json", b"{\"nonsense\": 1}"),
                ("text/plain", b"\xff"),
                ("", b""),
            ] {
                let body = (*method != Method::GET).then(|| (media_type, bytes.to_vec()));
                let answer = stranger
                    .ask(&Request {
                        method: method.clone(),
                        path: &address,
                        body,
                        headers: &[],
                    })
                    .await;
                assert_eq!(
                    (answer.status, answer.code()),
                    (401, "unauthenticated"),
                    "{method} {address} with {media_type}"
                );
                assert!(
                    answer.header("www-authenticate").is_some(),
                    "{method} {address}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[actix_web::test]
async fn of_a_bad_token_no_body_is_waited_for() {
    let app = TestApp::start().await;
    for operation in
        token_operations().filter(|one| one.method != Method::GET && one.method != Method::DELETE)
    {
        let (method, path, begun) = (&operation.method, operation.address(), Instant::now());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x.y.z\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{{"
        );
        let reply = raw_exchange(&app, request.as_bytes(), Duration::from_secs(5)).await;
        assert!(
            reply.starts_with("HTTP/1.1 401") && begun.elapsed() < Duration::from_secs(4),
            "{method} {path}: {reply}"
        );
    }
}
