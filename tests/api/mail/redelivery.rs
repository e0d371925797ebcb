//! Redelivery of failed mails: the same mail, once, and never with an expired code.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::delivery::{NEW, forget_password};
use super::server::{MailServer, Mishap};
use super::{app_with, token};
use crate::support::{Answer, Person, Request, TestApp};

/// The newest mail in the administrators' list.
async fn newest(admin: &Person) -> Value {
    admin.get("/api/v1/mails?limit=1").await.expect(200)["items"][0].clone()
}

async fn redeliver(person: &Person, mail: &Value) -> Answer {
    person
        .act(&format!(
            "/api/v1/mails/{}/redelivery",
            mail["id"].as_str().unwrap()
        ))
        .await
}

/// A password-reset mail that the mail server refused permanently.
async fn given_up(app: &TestApp, server: &MailServer, person: &Person, admin: &Person) -> Value {
    server.fail_next_with(&[Mishap::Rcpt(550)]);
    forget_password(app, person).await;
    app.work().await;
    let mail = newest(admin).await;
    assert_eq!(
        (&mail["state"], &mail["failure"]),
        (&json!("given_up"), &json!("smtp_550"))
    );
    mail
}

#[track_caller]
fn refused(answer: Answer, detail: &str) {
    assert_eq!(answer.refused(409, "conflict")["detail"], detail);
}

#[actix_web::test]
async fn a_mail_that_was_given_up_is_sent_again_as_the_same_mail_and_its_code_is_good() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    let mail = given_up(&app, &server, &staff, &admin).await;

    let queued = redeliver(&admin, &mail).await.expect(200);

    assert_eq!(
        (&queued["state"], &queued["attempts"], &queued["failure"]),
        (&json!("waiting"), &json!(1), &json!("smtp_550"))
    );
    refused(
        redeliver(&admin, &mail).await,
        "Surel ini masih menunggu giliran dan akan dicoba lagi.",
    );
    app.work().await;
    assert_eq!(
        server.only().header("message-id").unwrap(),
        format!("<{}@bspji.example>", mail["id"].as_str().unwrap())
    );
    let sent = newest(&admin).await;
    assert_eq!(
        (&sent["state"], &sent["attempts"]),
        (&json!("sent"), &json!(2))
    );
    refused(redeliver(&admin, &mail).await, "Surel ini sudah terkirim.");
    let form = json!({"token": token(&server.only()), "password": NEW});
    app.nobody()
        .post("/api/v1/auth/password-reset/confirm", form)
        .await
        .expect(204);
    let entries: Vec<String> = sqlx::query_scalar(
        "select actor_id::text from journal where subject = 'mail' and task = 'redeliver_mail'",
    )
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(entries, [admin.id.to_string()]);
}

#[actix_web::test]
async fn it_has_all_its_attempts_before_it_again() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    server.fail_next_with(&[Mishap::Rcpt(451)]);
    forget_password(&app, &staff).await;
    app.work().await;
    sqlx::query("update mail set attempts = 17, tries = 17")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    server.fail_next_with(&[Mishap::Rcpt(451), Mishap::Rcpt(451)]);
    app.work_again().await;
    let mail = newest(&admin).await;
    assert_eq!(
        (&mail["state"], &mail["attempts"]),
        (&json!("given_up"), &json!(18)),
        "the last attempt failed"
    );
    redeliver(&admin, &mail).await.expect(200);
    app.work().await;
    assert_eq!(
        newest(&admin).await["state"],
        "waiting",
        "another failure is not final"
    );
    app.work_again().await;
    let sent = newest(&admin).await;
    assert_eq!(
        (&sent["state"], &sent["attempts"]),
        (&json!("sent"), &json!(20))
    );
}

#[actix_web::test]
async fn a_code_that_is_no_longer_good_is_sent_to_nobody() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    let gone = "Kode di dalamnya tidak berlaku lagi; pemilik akun perlu meminta yang baru.";
    let first = given_up(&app, &server, &staff, &admin).await;
    // The list is sorted newest first: the next mail must be newer.
    app.clock.advance(TimeDelta::seconds(1));
    let second = given_up(&app, &server, &staff, &admin).await;
    refused(redeliver(&admin, &first).await, gone);
    app.clock.advance(TimeDelta::minutes(30));
    let admin = admin.sign_in_again().await;
    refused(redeliver(&admin, &second).await, gone);

    // A mail with a used code, although the server reported a failure.
    app.clock.advance(TimeDelta::hours(1));
    let admin = admin.sign_in_again().await;
    server.fail_next_with(&[Mishap::HangUpAfterData, Mishap::Rcpt(550)]);
    forget_password(&app, &staff).await;
    app.work().await;
    let form = json!({"token": token(&server.only()), "password": NEW});
    app.nobody()
        .post("/api/v1/auth/password-reset/confirm", form)
        .await
        .expect(204);
    app.work_again().await;
    let mails = admin.get("/api/v1/mails").await.expect(200);
    let used = mails["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|mail| mail["kind"] == "password_reset")
        .unwrap()
        .clone();
    assert_eq!(used["state"], "given_up", "{mails}");
    refused(redeliver(&admin, &used).await, gone);
    assert_eq!(app.waiting("send_mail").await, 0);
}

#[actix_web::test]
async fn a_mail_of_a_deactivated_account_or_of_none_is_not_sent_and_only_administrators_try() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    let mail = given_up(&app, &server, &staff, &admin).await;
    for role in [Role::Head, Role::PjiStaff, Role::InternalAuditor] {
        redeliver(&app.staff(role).await, &mail)
            .await
            .refused(403, "forbidden");
    }
    redeliver(&app.nobody(), &mail)
        .await
        .refused(401, "unauthenticated");
    redeliver(
        &admin,
        &json!({"id": "0192f0c1-2b3c-7def-8123-456789abcdef"}),
    )
    .await
    .refused(404, "not_found");
    let path = format!("/api/v1/users/{}", staff.id);
    let tag = admin.get(&path).await.etag();
    admin
        .patch(&path, json!({"active": false}), Some(&tag))
        .await
        .expect(200);
    refused(
        redeliver(&admin, &mail).await,
        "Akun penerimanya tidak aktif.",
    );
    app.work_again().await;
    assert!(server.arrived().is_empty());
}

#[actix_web::test]
async fn asked_twice_under_one_key_it_is_queued_once() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    let mail = given_up(&app, &server, &staff, &admin).await;
    let path = format!("/api/v1/mails/{}/redelivery", mail["id"].as_str().unwrap());
    let ask = async || {
        let asking = Request {
            method: Method::POST,
            path: &path,
            body: None,
            headers: &[("idempotency-key", "k")],
        };
        admin.ask(&asking).await
    };
    let (first, again) = (ask().await, ask().await);
    assert_eq!(
        (
            first.status,
            again.header("idempotency-replayed"),
            &first.bytes
        ),
        (200, Some("true"), &again.bytes)
    );
    app.work().await;
    app.work_again().await;
    assert_eq!(server.arrived().len(), 1);
}
