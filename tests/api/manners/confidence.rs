//! Confidential operations leave no trace. The list of operations is the document's, so a new route
//! is included by itself.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use service_desk::app::document;
use service_desk::openapi;
use service_desk::sop::role::Role;

use super::logs::log;
use super::{Operation, ask, operations, send};
use crate::support::{Answer, Person, TestApp};

/// The least number of confidential operations in the document: the marking cannot be lost
/// unnoticed.
const AT_LEAST: usize = 12;

fn confidential() -> Vec<Operation> {
    operations()
        .into_iter()
        .filter(Operation::is_confidential)
        .collect()
}

#[test]
fn what_the_layers_take_for_confidential_is_what_the_document_gives_to_reporters() {
    let table = openapi::operations(&document());
    let derived: BTreeSet<_> = table
        .iter()
        .filter(|one| one.is_confidential())
        .map(|one| format!("{} {}", one.method, one.pattern))
        .collect();
    let written: BTreeSet<_> = confidential()
        .iter()
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    assert_eq!(derived, written);
    assert!(written.len() >= AT_LEAST, "{written:?}");
}

#[actix_web::test]
async fn no_operation_of_reporters_leaves_a_line_a_number_or_a_hint() {
    let (log, app) = (log(), TestApp::start().await);
    let staff = app.staff(Role::Head).await;
    let mut tried = 0;
    for operation in confidential() {
        for (person, is_nobody) in [(&app.nobody(), true), (&staff, false)] {
            let answer = send(
                person,
                operation.method.clone(),
                &operation.address(),
                &json!({}),
                &[("accept-encoding", "gzip")],
            )
            .await;
            leaves_nothing(&answer, &format!("{} {}", operation.method, operation.path));
            // With a well-formed token, a wrong body may be refused before the token is looked up.
            let refused = answer.status == 401 || (!is_nobody && matches!(answer.status, 400..500));
            assert!(
                refused || !operation.reporter,
                "{} is a reporter's alone: {}",
                operation.path,
                answer.status
            );
            assert!(
                !log.text().contains(answer.header("x-request-id").unwrap()),
                "{}",
                operation.path
            );
        }
        if operation.open {
            let answer = send(
                &app.nobody().with_token("x.y.z"),
                operation.method.clone(),
                &operation.address(),
                &json!({}),
                &[],
            )
            .await;
            assert_ne!(
                answer.body["code"], "unauthenticated",
                "{} needs no authentication",
                operation.path
            );
        }
        tried += 1;
    }
    staff.get("/api/v1/me").await.expect(200);
    let numbers = numbers(&app.nobody()).await;
    assert!(
        log.text().contains("method=\"GET\" route=/api/v1/me "),
        "the log has the expected format"
    );
    assert!(
        numbers.contains("method=\"GET\",route=\"/api/v1/me\""),
        "the metrics have the expected format"
    );
    for Operation { method, path, .. } in confidential() {
        assert!(
            !log.text()
                .contains(&format!("method=\"{method}\" route={path} ")),
            "{method} {path} is in the log"
        );
        assert!(
            !numbers.contains(&format!("method=\"{method}\",route=\"{path}\"")),
            "{method} {path} is in the numbers"
        );
    }
    assert!(tried >= AT_LEAST);
}

#[actix_web::test]
async fn a_code_in_a_wrong_path_leaves_nothing_either() {
    let (log, app) = (log(), TestApp::start().await);
    let begun = log.text().len();
    for path in [
        "/api/v1/complaints-7KQ3M-SALAH",
        "/api/v1/complaints/7KQ3M-SALAH/mine/x/y",
    ] {
        let answer = ask(
            &app.nobody(),
            Method::GET,
            path,
            &[("accept-encoding", "gzip")],
        )
        .await;
        leaves_nothing(&answer, path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            !log.text().contains(answer.header("x-request-id").unwrap()),
            "{path}"
        );
    }
    ask(&app.nobody(), Method::GET, "/api/v1/nowhere", &[])
        .await
        .refused(404, "not_found");
    let text = log.text().split_off(begun);
    assert!(
        text.contains("route=unmatched") && !text.contains("SALAH"),
        "the log was read: {text}"
    );
    assert!(!numbers(&app.nobody()).await.contains("SALAH"));
}

#[actix_web::test]
async fn a_browser_may_ask_to_delete() {
    let app = TestApp::start_with(&["--cors-origins", "https://desk.example"]).await;
    let asking = [
        ("origin", "https://desk.example"),
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "authorization"),
    ];
    let allowed = ask(
        &app.nobody(),
        Method::OPTIONS,
        "/api/v1/complaints/mine",
        &asking,
    )
    .await;
    assert_eq!(
        (
            allowed.status,
            allowed.header("access-control-allow-origin")
        ),
        (200, Some("https://desk.example"))
    );
    leaves_nothing(&allowed, "the preflight");
}

fn leaves_nothing(answer: &Answer, what: &str) {
    for name in [
        "content-encoding",
        "ratelimit",
        "ratelimit-policy",
        "set-cookie",
    ] {
        assert_eq!(answer.header(name), None, "{what}: {name}");
    }
    assert_eq!(
        (
            answer.header("cache-control"),
            answer.header("referrer-policy")
        ),
        (Some("no-store"), Some("no-referrer")),
        "{what}"
    );
}

async fn numbers(person: &Person) -> String {
    String::from_utf8(ask(person, Method::GET, "/metrics", &[]).await.bytes).unwrap()
}
