//! Rate limits, and their headers.

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{ask, raw_exchange};
use crate::support::TestApp;

#[actix_web::test]
async fn replies_of_the_api_say_how_much_is_left() {
    let app = TestApp::start_with(&["--requests-per-minute", "600"]).await;
    let head = app.staff(Role::Head).await;
    for (path, status) in [
        ("/api/v1/me", 200),
        ("/api/v1/nowhere", 404),
        ("/api/v1/users", 403),
        ("/api/v1/sops", 200),
    ] {
        let answer = head.get(path).await;
        let left = answer
            .header("ratelimit")
            .expect(path)
            .strip_prefix("\"default\";r=")
            .unwrap()
            .parse::<u32>()
            .unwrap();
        assert_eq!(
            (answer.status, answer.header("ratelimit-policy")),
            (status, Some("\"default\";q=600;w=60")),
            "{path}"
        );
        assert!((1..600).contains(&left), "{left}");
    }
    assert_eq!(
        app.nobody().get("/health/live").await.header("ratelimit"),
        None
    );
}

#[actix_web::test]
async fn whoever_asks_too_often_is_told_when_to_come_back_and_health_is_not_limited() {
    let app = TestApp::start_with(&["--requests-per-minute", "3"]).await;
    let nobody = app.nobody();
    for _ in 0..3 {
        nobody.get("/api/v1/sops").await.expect(200);
    }
    let refusal = nobody.get("/api/v1/sops").await;
    let wait: u64 = refusal.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(
        refusal.header("ratelimit"),
        Some(format!("\"default\";r=0;t={wait}").as_str())
    );
    refusal.refused(429, "too_many_requests");
    for _ in 0..10 {
        nobody.get("/health/live").await.expect(200);
        nobody.get("/health/ready").await.expect(200);
    }
}

#[actix_web::test]
async fn another_spelling_of_a_path_counts_and_is_closed_like_the_path() {
    let app = TestApp::start_with(&["--requests-per-minute", "5"]).await;
    for path in [
        "/%61pi/v1/roles",
        "/api/v1/%72oles",
        "/%61%70%69/v1/users",
        "/%61pi/v1/sops",
    ] {
        let reply = raw_exchange(
            &app,
            format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes(),
            std::time::Duration::from_secs(3),
        )
        .await;
        assert!(
            reply.starts_with("HTTP/1.1 401") && reply.contains("ratelimit"),
            "{path}: {reply}"
        );
    }
    let login = json!({"email": "a@b.example", "password": "kuda benar baterai"});
    app.nobody()
        .post("/api/v1/auth/login", login.clone())
        .await
        .refused(401, "bad_credentials");
    app.nobody()
        .post("/api/v1/auth/login", login)
        .await
        .refused(429, "too_many_requests");
}

#[actix_web::test]
async fn a_made_up_proxy_header_gives_no_fresh_allowance() {
    let app = TestApp::start_with(&["--requests-per-minute", "2"]).await;
    let mut statuses = Vec::new();
    for i in 0..4 {
        let address = format!("203.0.113.{i}");
        statuses.push(
            ask(
                &app.nobody(),
                Method::GET,
                "/api/v1/sops",
                &[("x-forwarded-for", &address)],
            )
            .await
            .status,
        );
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
}

/// The statuses of sequential requests, each with these header lines, through a trusted proxy on
/// this machine.
async fn statuses(per_minute: &str, requests: &[&[&str]]) -> Vec<String> {
    let app = TestApp::start_with(&[
        "--requests-per-minute",
        per_minute,
        "--trust-proxy",
        "127.0.0.0/8,::1",
    ])
    .await;
    let mut statuses = Vec::new();
    for lines in requests {
        let request = format!(
            "GET /api/v1/sops HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{}\r\n\r\n",
            lines.join("\r\n")
        );
        let reply = raw_exchange(&app, request.as_bytes(), std::time::Duration::from_secs(3)).await;
        statuses.push(reply.split(' ').nth(1).unwrap_or_default().to_owned());
    }
    statuses
}

#[actix_web::test]
async fn nothing_a_caller_writes_before_what_the_proxy_saw_gives_a_fresh_allowance() {
    let seen = "x-forwarded-for: 203.0.113.9";
    let requests: [&[&str]; 8] = [
        &[seen],
        &["x-forwarded-for: 198.51.100.1, 203.0.113.9"],
        &[
            "x-forwarded-for: 198.51.100.2",
            "x-forwarded-for: 203.0.113.9:4711",
        ],
        &[
            "x-forwarded-for: ,,\",garbage",
            "x-forwarded-for: 203.0.113.9, 127.0.0.2",
        ],
        &["x-forwarded-for: [::ffff:203.0.113.9]:1"],
        &["forwarded: for=198.51.100.3, for=\"203.0.113.9:1\";proto=https"],
        &["forwarded: for=\"198.51.100.4, for=203.0.113.9"],
        &["x-forwarded-for: 203.0.113.10"],
    ];
    let expected = ["200", "200", "429", "429", "429", "429", "429", "200"];
    assert_eq!(statuses("2", &requests).await, expected);
}

/// A malformed header is counted under the proxy's own address. It neither opens a fresh allowance
/// nor uses up the allowance of a network that it names.
#[actix_web::test]
async fn odd_headers_share_one_allowance_and_silence_no_network() {
    let requests: [&[&str]; 6] = [
        &["x-forwarded-for: 203.0.113.9,"],
        &["forwarded: for=_hidden"],
        &[
            "x-forwarded-for: 203.0.113.9",
            "forwarded: for=198.51.100.1",
        ],
        &["x-forwarded-for: unknown"],
        &["x-forwarded-for: 203.0.113.9"],
        &["forwarded: for=198.51.100.1"],
    ];
    assert_eq!(
        statuses("2", &requests).await,
        ["200", "200", "429", "429", "200", "200"]
    );
}
