//! How often one may ask, and how one is told.

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{ask, on_the_wire};
use crate::support::TestApp;

#[actix_web::test]
async fn replies_of_the_api_say_how_much_is_left() {
    let app = TestApp::start_with(&["--requests-per-minute", "600"]).await;
    let head = app.staff(Role::Head).await;
    for (path, status) in [("/api/v1/me", 200), ("/api/v1/nowhere", 404), ("/api/v1/users", 403), ("/api/v1/sops", 200)] {
        let answer = head.get(path).await;
        let left = answer.header("ratelimit").expect(path).strip_prefix("\"default\";r=").unwrap().parse::<u32>().unwrap();
        assert_eq!((answer.status, answer.header("ratelimit-policy")), (status, Some("\"default\";q=600;w=60")), "{path}");
        assert!((1..600).contains(&left), "{left}");
    }
    assert_eq!(app.nobody().get("/health/live").await.header("ratelimit"), None);
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
    assert_eq!(refusal.header("ratelimit"), Some(format!("\"default\";r=0;t={wait}").as_str()));
    refusal.refused(429, "too_many_requests");
    for _ in 0..10 {
        nobody.get("/health/live").await.expect(200);
        nobody.get("/health/ready").await.expect(200);
    }
}

#[actix_web::test]
async fn another_spelling_of_a_path_counts_and_is_closed_like_the_path() {
    let app = TestApp::start_with(&["--requests-per-minute", "5"]).await;
    for path in ["/%61pi/v1/roles", "/api/v1/%72oles", "/%61%70%69/v1/users", "/%61pi/v1/sops"] {
        let reply = on_the_wire(&app, format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes(), std::time::Duration::from_secs(3)).await;
        assert!(reply.starts_with("HTTP/1.1 401") && reply.contains("ratelimit"), "{path}: {reply}");
    }
    let login = json!({"email": "a@b.example", "password": "kuda benar baterai"});
    app.nobody().post("/api/v1/auth/login", login.clone()).await.refused(401, "bad_credentials");
    app.nobody().post("/api/v1/auth/login", login).await.refused(429, "too_many_requests");
}

#[actix_web::test]
async fn a_made_up_proxy_header_gives_no_fresh_allowance() {
    let app = TestApp::start_with(&["--requests-per-minute", "2"]).await;
    let mut statuses = Vec::new();
    for i in 0..4 {
        let address = format!("203.0.113.{i}");
        statuses.push(ask(&app.nobody(), Method::GET, "/api/v1/sops", &[("x-forwarded-for", &address)]).await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
}
