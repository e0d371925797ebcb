//! Health checks and metrics.

use std::time::Duration;

use reqwest::Method;
use service_desk::sop::role::Role;

use super::{ask, raw_exchange};
use crate::support::TestApp;

#[actix_web::test]
async fn a_service_that_is_stopping_is_alive_and_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(
        app.nobody().get("/health/ready").await.expect(200)["status"],
        "ok"
    );
    app.service.draining.begin();
    let answer = app.nobody().get("/health/ready").await;
    assert!(answer.header("retry-after").is_some());
    let detail = answer.refused(503, "busy")["detail"].clone();
    assert!(
        detail.as_str().unwrap().contains("sedang berhenti"),
        "{detail}"
    );
    app.nobody().get("/health/live").await.expect(200);
}

#[actix_web::test]
async fn without_its_database_a_service_is_alive_not_ready_and_asks_to_come_back() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Head).await;
    app.lose_database().await;
    let answer = app.nobody().get("/health/ready").await;
    let detail = answer.refused(503, "busy")["detail"].clone();
    assert!(detail.as_str().unwrap().contains("Basis data"), "{detail}");
    app.nobody().get("/health/live").await.expect(200);
    staff.get("/api/v1/me").await.refused(503, "busy");
}

#[actix_web::test]
async fn monitors_may_send_a_token_of_their_own() {
    let app = TestApp::start_with(&["--metrics-token", "rahasia-pemantau"]).await;
    let nobody = app.nobody();
    nobody.get("/metrics").await.refused(404, "not_found");
    nobody
        .with_token("wrong")
        .get("/metrics")
        .await
        .refused(404, "not_found");
    assert_eq!(
        nobody
            .with_token("rahasia-pemantau")
            .get("/metrics")
            .await
            .status,
        200
    );
    nobody
        .with_token("rahasia-pemantau")
        .get("/health/ready")
        .await
        .expect(200);
}

#[actix_web::test]
async fn the_numbers_know_patterns_of_routes_and_nobody() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Admin).await;
    let path = format!("/api/v1/users/{}", staff.id);
    staff.get(&path).await.expect(200);
    staff.get("/api/v1/users?role=head").await.expect(200);
    staff
        .get("/api/v1/who-knows")
        .await
        .refused(404, "not_found");
    raw_exchange(
        &app,
        b"MADEUP /api/v1/users HTTP/1.1\r\nhost: x\r\n\r\n",
        Duration::from_secs(2),
    )
    .await;
    let answer = ask(&app.nobody(), Method::GET, "/metrics", &[]).await;
    let text = String::from_utf8(answer.bytes).unwrap();
    assert!(
        text.contains("route=\"/api/v1/users/{id}\"") && text.contains("route=\"unmatched\""),
        "{text}"
    );
    for secret in [
        staff.id.to_string(),
        staff.email,
        "role=head".into(),
        "who-knows".into(),
        "MADEUP".into(),
        "@".into(),
    ] {
        assert!(!text.contains(&secret), "{secret}");
    }
}
