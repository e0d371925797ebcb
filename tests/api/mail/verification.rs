//! Verification of an address: at registration, on request, once; an unverified address blocks
//! nothing.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::server::MailServer;
use super::{app_with, token};
use crate::support::{Person, Request, TestApp};

const PASSWORD: &str = "kuda benar baterai";

async fn register(app: &TestApp, email: &str, language: &str) {
    let address = json!({"street": "Jl. Musi 1", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    let form = json!({"email": email, "password": PASSWORD, "display_name": "Siti Rahayu", "organisation": {"name": "PT Karet Musi", "address": address}});
    let body = Some(("application/json", serde_json::to_vec(&form).unwrap()));
    let asking = Request {
        method: reqwest::Method::POST,
        path: "/api/v1/auth/register",
        body,
        headers: &[("accept-language", language)],
    };
    app.nobody().ask(&asking).await.expect(202);
}

async fn sign_in(app: &TestApp, email: &str) -> Person {
    let tokens = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": email, "password": PASSWORD}),
        )
        .await
        .expect(200);
    app.nobody()
        .with_token(tokens["access_token"].as_str().unwrap())
}

async fn confirm(app: &TestApp, code: &str) -> u16 {
    app.nobody()
        .post(
            "/api/v1/auth/email-verification/confirm",
            json!({"token": code}),
        )
        .await
        .status
}

#[actix_web::test]
async fn registering_sends_a_code_that_proves_the_address_once_and_nothing_waits_for_it() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    register(&app, "siti@karetmusi.example", "en").await;
    let siti = sign_in(&app, "siti@karetmusi.example").await;
    let me = siti.get("/api/v1/me").await.expect(200);
    assert_eq!(me["email_verified_at"], Value::Null);
    siti.post(
        "/api/v1/applications",
        crate::certification::office::application(),
    )
    .await
    .expect(201);
    app.work().await;
    let mail = server.only();
    assert_eq!(
        (mail.to.as_slice(), mail.header("subject").as_deref()),
        (
            ["siti@karetmusi.example".to_owned()].as_slice(),
            Some("Confirm your e-mail address")
        )
    );
    assert_eq!(confirm(&app, &token(&mail)).await, 204);
    assert_eq!(confirm(&app, &token(&mail)).await, 422);
    assert_eq!(
        siti.get("/api/v1/me").await.expect(200)["email_verified_at"],
        "2026-07-06T01:00:00Z"
    );
    let entries: i64 =
        sqlx::query_scalar("select count(*) from journal where task = 'verify_email'")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(entries, 1);
    siti.act("/api/v1/auth/email-verification")
        .await
        .expect(202);
    app.work().await;
    assert_eq!(
        server.arrived().len(),
        1,
        "a verified address is not verified again"
    );
}

#[actix_web::test]
async fn the_mail_comes_again_when_asked_a_few_times_an_hour_and_only_the_last_code_is_good() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    register(&app, "siti@karetmusi.example", "id").await;
    let siti = sign_in(&app, "siti@karetmusi.example").await;
    app.work().await;
    let first = token(&server.last_to("siti@karetmusi.example"));
    for _ in 0..2 {
        siti.act("/api/v1/auth/email-verification")
            .await
            .expect(202);
    }
    siti.act("/api/v1/auth/email-verification")
        .await
        .refused(429, "too_many_requests");
    app.work().await;
    assert_eq!(
        (server.arrived().len(), confirm(&app, &first).await),
        (3, 422)
    );
    let last = server.arrived().iter().map(token).collect::<Vec<_>>();
    let mut good = 0;
    for code in &last {
        good += u32::from(confirm(&app, code).await == 204);
    }
    assert_eq!(good, 1);
}

#[actix_web::test]
async fn a_code_expires_after_three_days() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    register(&app, "siti@karetmusi.example", "id").await;
    app.work().await;
    app.clock.advance(TimeDelta::hours(72));
    assert_eq!(confirm(&app, &token(&server.only())).await, 422);
}

#[actix_web::test]
async fn a_new_member_of_staff_proves_the_address_by_taking_up_the_account() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let admin = app.staff(Role::Admin).await;
    let account =
        json!({"email": "budi@bspji.example", "display_name": "Budi", "roles": ["pji_staff"]});
    let made = admin.post("/api/v1/users", account).await.expect(201);
    assert_eq!(made["email_verified_at"], Value::Null);
    app.work().await;
    let code = token(&server.last_to("budi@bspji.example"));
    assert_eq!(
        confirm(&app, &code).await,
        422,
        "a code is valid for its purpose only"
    );
    let acceptance = json!({"token": code, "password": "jembatan ampera malam"});
    app.nobody()
        .post("/api/v1/auth/invitations/acceptance", acceptance)
        .await
        .expect(204);
    let shown = admin
        .get(&format!("/api/v1/users/{}", made["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_ne!(shown["email_verified_at"], Value::Null);
}
