//! Request ids, languages, limits and origins, on every operation of the contract.

use reqwest::Method;
use service_desk::error::Code;

use super::{ask, operations, person_with_every_role};
use crate::support::TestApp;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[actix_web::test]
async fn every_operation_echoes_the_name_and_continues_the_trace_but_those_of_reporters() {
    let app = TestApp::start().await;
    let (all_roles, nobody) = (person_with_every_role(&app).await, app.nobody());
    let mut refused = 0;
    for operation in operations().into_iter().filter(|one| one.id != "logout") {
        for person in [&nobody, &all_roles] {
            let headers = [
                ("x-request-id", "nightly-export-17"),
                ("traceparent", PARENT),
            ];
            let answer = ask(
                person,
                operation.method.clone(),
                &operation.address(),
                &headers,
            )
            .await;
            let (name, trace) = (
                answer.header("x-request-id").unwrap(),
                answer.header("traceresponse"),
            );
            if operation.is_confidential() {
                assert!(
                    name.len() == 32 && name != TRACE && trace.is_none(),
                    "{}: {name}, {trace:?}",
                    operation.id
                );
                assert!(
                    answer.body.get("request_id").is_none() && answer.body["trace_id"] != TRACE,
                    "{}",
                    operation.id
                );
                continue;
            }
            assert_eq!(
                (name, trace.map(|trace| &trace[..36])),
                ("nightly-export-17", Some(&PARENT[..36])),
                "{}",
                operation.id
            );
            if answer.status >= 400 {
                assert_eq!(
                    (
                        answer.body["request_id"].as_str(),
                        answer.body["trace_id"].as_str()
                    ),
                    (Some("nightly-export-17"), Some(TRACE))
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 80, "{refused}");
}

#[actix_web::test]
async fn every_refusal_speaks_both_languages() {
    let app = TestApp::start().await;
    let row = Code::Unauthenticated.row();
    for operation in operations().into_iter().filter(|one| !one.open) {
        for (wish, tag, title) in [
            ("en-GB, id;q=0.3", "en", row.title.en),
            ("id", "id", row.title.id),
            ("nl", "id", row.title.id),
        ] {
            let answer = ask(
                &app.nobody(),
                operation.method.clone(),
                &operation.address(),
                &[("accept-language", wish)],
            )
            .await;
            assert_eq!(
                (
                    answer.status,
                    answer.header("content-language"),
                    answer.body["title"].as_str()
                ),
                (401, Some(tag), Some(title))
            );
        }
    }
}

#[actix_web::test]
async fn every_operation_of_the_api_tells_its_limit_but_those_of_reporters() {
    let app = TestApp::start_with(&["--requests-per-minute", "100000"]).await;
    for operation in operations() {
        let answer = ask(
            &app.nobody(),
            operation.method.clone(),
            &operation.address(),
            &[],
        )
        .await;
        let told = (
            answer.header("ratelimit-policy"),
            answer.header("ratelimit").is_some(),
        );
        let expected = if operation.is_api() && !operation.is_confidential() {
            (Some("\"default\";q=100000;w=60"), true)
        } else {
            (None, false)
        };
        assert_eq!(told, expected, "{} → {}", operation.id, answer.status);
    }
}

#[actix_web::test]
async fn a_page_of_a_listed_origin_may_ask_for_every_operation_and_read_what_it_says() {
    let app = TestApp::start_with(&["--cors-origins", "https://desk.example"]).await;
    let nobody = app.nobody();
    for operation in operations() {
        let (method, path) = (operation.method.as_str(), operation.address());
        let asking = [
            ("origin", "https://desk.example"),
            ("access-control-request-method", method),
            (
                "access-control-request-headers",
                "authorization, content-type, idempotency-key, if-match, traceparent",
            ),
        ];
        let preflight = ask(&nobody, Method::OPTIONS, &path, &asking).await;
        assert_eq!(
            (
                preflight.status,
                preflight.header("access-control-allow-origin")
            ),
            (200, Some("https://desk.example")),
            "{method} {path}"
        );
        assert!(
            preflight
                .header("access-control-allow-methods")
                .unwrap()
                .contains(method),
            "{method} {path}"
        );
        let answer = ask(
            &nobody,
            operation.method.clone(),
            &path,
            &[("origin", "https://desk.example")],
        )
        .await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://desk.example"),
            "{method} {path}"
        );
        let readable = answer
            .header("access-control-expose-headers")
            .unwrap()
            .to_lowercase();
        for (name, _) in answer.headers() {
            let always = [
                "cache-control",
                "content-language",
                "content-length",
                "content-type",
                "expires",
                "last-modified",
                "pragma",
            ]
            .contains(&name);
            let guards = [
                "date",
                "vary",
                "connection",
                "transfer-encoding",
                "referrer-policy",
                "x-content-type-options",
                "x-frame-options",
            ];
            let hidden = guards.contains(&name)
                || name.starts_with("access-control-")
                || name == "content-security-policy";
            assert!(
                always || hidden || readable.contains(name),
                "{method} {path}: a page cannot read {name}"
            );
        }
        let evil = ask(
            &nobody,
            operation.method.clone(),
            &path,
            &[("origin", "https://evil.example")],
        )
        .await;
        assert_eq!(
            evil.header("access-control-allow-origin"),
            None,
            "{method} {path}"
        );
    }
}
