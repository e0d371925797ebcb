//! The headers that browsers and other clients need: security headers, origins, compression,
//! request ids, HEAD.

use reqwest::Method;
use service_desk::sop::role::Role;

use super::{ask, operations};
use crate::support::TestApp;

#[actix_web::test]
async fn every_reply_guards_itself_and_has_a_name() {
    let app = TestApp::start().await;
    let head = app.staff(Role::Head).await;
    let mut names = std::collections::BTreeSet::new();
    for path in [
        "/api/v1/me",
        "/api/v1/nowhere",
        "/api/v1/users",
        "/api/v1/users/x",
        "/health/live",
    ] {
        let answer = head.get(path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .is_some_and(|policy| policy.contains("frame-ancestors 'none'")),
            "{path}"
        );
        let name = answer.header("x-request-id").unwrap().to_owned();
        assert!(
            answer.status == 200 || answer.body["trace_id"] == name.as_str(),
            "{path}"
        );
        assert!(names.insert(name), "a request id is given once");
    }
}

/// Also refusals and replies for reporters.
#[actix_web::test]
async fn browsers_are_told_to_come_by_https_where_callers_do() {
    const NAME: &str = "strict-transport-security";
    for (url, told) in [
        (
            "https://desk.example",
            Some("max-age=63072000; includeSubDomains"),
        ),
        ("http://desk.example", None),
    ] {
        let app = TestApp::start_with(&["--public-url", url]).await;
        for path in ["/health/live", "/api/v1/nowhere", "/api/v1/complaints/mine"] {
            assert_eq!(app.nobody().get(path).await.header(NAME), told, "{path}");
        }
    }
}

#[actix_web::test]
async fn whoever_finds_a_weakness_finds_the_contact() {
    let app = TestApp::start_with(&["--mail-from", "BSPJI <layanan@bspji.example>"]).await;
    let file = app.nobody().get("/.well-known/security.txt").await;
    let text = file.text();
    assert_eq!(
        text,
        "Contact: mailto:layanan@bspji.example\nExpires: 2027-01-02T00:00:00Z\nPreferred-Languages: id, en\nCanonical: https://desk.test/.well-known/security.txt\n"
    );
    assert_eq!(
        (file.status, file.header("content-type")),
        (200, Some("text/plain; charset=utf-8"))
    );
    TestApp::start()
        .await
        .nobody()
        .get("/.well-known/security.txt")
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn a_listed_origin_may_read_replies_and_refusals_and_another_neither() {
    let app = TestApp::start_with(&[
        "--cors-origins",
        "https://desk.example,https://mobile.example",
    ])
    .await;
    let head = app.staff(Role::Head).await;
    for path in [
        "/api/v1/me",
        "/api/v1/nowhere",
        "/api/v1/users",
        "/api/v1/users/x",
    ] {
        let ours = ask(
            &head,
            Method::GET,
            path,
            &[("origin", "https://desk.example")],
        )
        .await;
        assert_eq!(
            ours.header("access-control-allow-origin"),
            Some("https://desk.example"),
            "{path}"
        );
        assert!(
            ours.header("access-control-expose-headers")
                .is_some_and(|names| names.to_lowercase().contains("etag")),
            "{path}"
        );
        assert_eq!(ours.header("access-control-allow-credentials"), None);
        assert!(
            ours.header("vary")
                .is_some_and(|names| names.to_lowercase().contains("origin")),
            "{path}"
        );
        for origin in [
            "https://evil.example",
            "https://desk.example.evil.example",
            "http://desk.example",
            "null",
        ] {
            let theirs = ask(&head, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!(
                theirs.header("access-control-allow-origin"),
                None,
                "{origin}"
            );
        }
    }
    let asking = |origin| {
        [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "if-match"),
        ]
    };
    let allowed = ask(
        &app.nobody(),
        Method::OPTIONS,
        "/api/v1/users/x",
        &asking("https://mobile.example"),
    )
    .await;
    assert_eq!(
        (
            allowed.status,
            allowed.header("access-control-allow-origin")
        ),
        (200, Some("https://mobile.example"))
    );
    assert!(
        allowed
            .header("access-control-allow-methods")
            .unwrap()
            .contains("PATCH")
    );
}

/// A browser that asks for a page of another origin gets the reason of the refusal.
#[actix_web::test]
async fn a_preflight_of_an_unlisted_origin_is_refused_as_such() {
    let (none, some) = (
        TestApp::start().await,
        TestApp::start_with(&[
            "--cors-origins",
            " http://localhost:5173/, HTTPS://Desk.Example:443",
        ])
        .await,
    );
    let asking = |origin| {
        [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "if-match"),
        ]
    };
    for (app, origin) in [
        (&none, "http://localhost:5173"),
        (&some, "http://localhost:5174"),
        (&some, "https://localhost:5173"),
        (&some, "http://desk.example"),
        (&some, "https://desk.example.evil.example"),
        (&some, "null"),
    ] {
        for path in [
            "/api/v1/me",
            "/api/v1/complaints",
            "/api/v1/nowhere",
            "/api/v1/auth/login",
        ] {
            let refusal = ask(&app.nobody(), Method::OPTIONS, path, &asking(origin)).await;
            assert_eq!(
                (refusal.status, refusal.code()),
                (403, "origin_not_allowed"),
                "{origin} {path}: {}",
                refusal.body
            );
            assert_eq!(
                refusal.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(refusal.header("access-control-allow-origin"), None);
            assert!(
                refusal.body["detail"]
                    .as_str()
                    .unwrap()
                    .contains("CORS_ORIGINS"),
                "{}",
                refusal.body
            );
        }
    }
    for origin in ["http://localhost:5173", "https://desk.example"] {
        let allowed = ask(
            &some.nobody(),
            Method::OPTIONS,
            "/api/v1/me",
            &asking(origin),
        )
        .await;
        assert_eq!(
            (
                allowed.status,
                allowed.header("access-control-allow-origin")
            ),
            (200, Some(origin))
        );
        assert_eq!(
            ask(
                &some.nobody(),
                Method::GET,
                "/health/live",
                &[("origin", origin)]
            )
            .await
            .header("access-control-allow-origin"),
            Some(origin)
        );
    }
    let method = [
        ("origin", "http://localhost:5173"),
        ("access-control-request-method", "TRACE"),
    ];
    assert_eq!(
        ask(&some.nobody(), Method::OPTIONS, "/api/v1/me", &method)
            .await
            .status,
        405
    );
}

/// Swagger UI starts with the plugin that focuses the first field of "Authorize";
/// `.ci/try-swagger-ui` tests it in a browser.
#[actix_web::test]
async fn swagger_ui_is_told_to_open_authorize_on_the_first_box() {
    let app = TestApp::start().await;
    let script = reqwest::get(format!(
        "http://{}/swagger-ui/swagger-initializer.js",
        app.address()
    ))
    .await
    .unwrap();
    assert!(
        script.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/javascript")
    );
    let script = script.text().await.unwrap();
    assert!(
        script.contains("SwaggerUIBundle.plugins.DownloadUrl, AuthorizeFirst")
            && script.contains("/api-docs/openapi.json"),
        "{script}"
    );
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let schemes: Vec<_> = document["components"]["securitySchemes"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(schemes[0], "bearer", "{schemes:?}");
}

#[actix_web::test]
async fn a_long_reply_is_compressed_for_who_takes_it() {
    let app = TestApp::start().await;
    for (wish, coding) in [
        ("gzip", Some("gzip")),
        ("br", Some("br")),
        ("identity", None),
    ] {
        let answer = ask(
            &app.nobody(),
            Method::GET,
            "/api/v1/schemes/product_sni",
            &[("accept-encoding", wish)],
        )
        .await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (200, coding),
            "{wish}"
        );
        assert!(!answer.bytes.is_empty());
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Admin).await;
    let mut tried = 0;
    for operation in operations().into_iter().filter(|one| {
        one.method == Method::GET && !one.path.contains("{id}") && one.id != "read_metrics"
    }) {
        let path = operation.address();
        let plain = [("accept-encoding", "identity")];
        let (get, head) = (
            ask(&staff, Method::GET, &path, &plain).await,
            ask(&staff, Method::HEAD, &path, &plain).await,
        );
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        for name in [
            "content-type",
            "content-length",
            "etag",
            "link",
            "cache-control",
        ] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        tried += 1;
    }
    assert!(tried > 15);
    assert_eq!(
        ask(&app.nobody(), Method::HEAD, "/api/v1/me", &[])
            .await
            .status,
        401
    );
    assert_eq!(
        ask(&staff, Method::HEAD, "/api/v1/auth/login", &[])
            .await
            .status,
        405
    );
}
