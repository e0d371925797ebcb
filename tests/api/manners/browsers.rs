//! What browsers and other clients need beside the body: guarding headers, origins, compression, names of exchanges, HEAD.

use reqwest::Method;
use service_desk::sop::role::Role;

use super::{ask, operations};
use crate::support::TestApp;

#[actix_web::test]
async fn every_reply_guards_itself_and_has_a_name() {
    let app = TestApp::start().await;
    let head = app.staff(Role::Head).await;
    let mut names = std::collections::BTreeSet::new();
    for path in ["/api/v1/me", "/api/v1/nowhere", "/api/v1/users", "/api/v1/users/x", "/health/live"] {
        let answer = head.get(path).await;
        for (name, value) in
            [("cache-control", "no-store"), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
        {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(answer.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")), "{path}");
        let name = answer.header("x-request-id").unwrap().to_owned();
        assert!(answer.status == 200 || answer.body["trace_id"] == name.as_str(), "{path}");
        assert!(names.insert(name), "a name is given once");
    }
}

#[actix_web::test]
async fn a_listed_origin_may_read_replies_and_refusals_and_another_neither() {
    let app = TestApp::start_with(&["--cors-origins", "https://desk.example,https://mobile.example"]).await;
    let head = app.staff(Role::Head).await;
    for path in ["/api/v1/me", "/api/v1/nowhere", "/api/v1/users", "/api/v1/users/x"] {
        let ours = ask(&head, Method::GET, path, &[("origin", "https://desk.example")]).await;
        assert_eq!(ours.header("access-control-allow-origin"), Some("https://desk.example"), "{path}");
        assert!(ours.header("access-control-expose-headers").is_some_and(|names| names.to_lowercase().contains("etag")), "{path}");
        assert_eq!(ours.header("access-control-allow-credentials"), None);
        assert!(ours.header("vary").is_some_and(|names| names.to_lowercase().contains("origin")), "{path}");
        for origin in ["https://evil.example", "https://desk.example.evil.example", "http://desk.example", "null"] {
            let theirs = ask(&head, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!(theirs.header("access-control-allow-origin"), None, "{origin}");
        }
    }
    let asking = |origin| [("origin", origin), ("access-control-request-method", "PATCH"), ("access-control-request-headers", "if-match")];
    let allowed = ask(&app.nobody(), Method::OPTIONS, "/api/v1/users/x", &asking("https://mobile.example")).await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, Some("https://mobile.example")));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PATCH"));
}

#[actix_web::test]
async fn a_long_reply_is_compressed_for_who_takes_it() {
    let app = TestApp::start().await;
    for (wish, coding) in [("gzip", Some("gzip")), ("br", Some("br")), ("identity", None)] {
        let answer = ask(&app.nobody(), Method::GET, "/api/v1/schemes/product_sni", &[("accept-encoding", wish)]).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{wish}");
        assert!(!answer.bytes.is_empty());
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Admin).await;
    let mut tried = 0;
    for operation in operations().into_iter().filter(|one| one.method == Method::GET && !one.path.contains("{id}") && one.id != "read_metrics") {
        let path = operation.address();
        let plain = [("accept-encoding", "identity")];
        let (get, head) = (ask(&staff, Method::GET, &path, &plain).await, ask(&staff, Method::HEAD, &path, &plain).await);
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        for name in ["content-type", "content-length", "etag", "link", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        tried += 1;
    }
    assert!(tried > 15);
    assert_eq!(ask(&app.nobody(), Method::HEAD, "/api/v1/me", &[]).await.status, 401);
    assert_eq!(ask(&staff, Method::HEAD, "/api/v1/auth/login", &[]).await.status, 405);
}
