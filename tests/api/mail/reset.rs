//! Password reset: the reply reveals nothing, a code works once, and every session ends.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::delivery::{NEW, forget_password};
use super::server::MailServer;
use super::{app_with, token};
use crate::support::{Answer, Person, TestApp};

async fn confirm(app: &TestApp, token: &str, password: &str) -> Answer {
    app.nobody()
        .post(
            "/api/v1/auth/password-reset/confirm",
            json!({"token": token, "password": password}),
        )
        .await
}

async fn sign_in(app: &TestApp, person: &Person, password: &str) -> Answer {
    app.nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": person.email, "password": password}),
        )
        .await
}

#[track_caller]
fn not_good(refusal: Answer) {
    let body: Value = refusal.refused(422, "invalid_content");
    assert_eq!(
        (&body["errors"][0]["pointer"], &body["errors"][0]["code"]),
        (&json!("/token"), &json!("token_not_good"))
    );
}

#[actix_web::test]
async fn whoever_forgot_the_password_chooses_a_new_one_and_every_session_ends() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    let elsewhere = staff.sign_in_again().await;
    forget_password(&app, &staff).await;
    app.work().await;
    let code = token(&server.last_to(&staff.email));
    staff.get("/api/v1/me").await.expect(200);

    confirm(&app, &code, NEW).await.expect(204);

    for session in [&staff, &elsewhere] {
        session
            .get("/api/v1/me")
            .await
            .refused(401, "unauthenticated");
        app.nobody()
            .post(
                "/api/v1/auth/refresh",
                json!({"refresh_token": session.refresh_token}),
            )
            .await
            .refused(401, "invalid_refresh_token");
    }
    sign_in(&app, &staff, &staff.password)
        .await
        .refused(401, "bad_credentials");
    sign_in(&app, &staff, NEW).await.expect(200);
    app.work().await;
    assert_eq!(
        server.last_to(&staff.email).header("subject").as_deref(),
        Some("Kata sandi akun Anda telah diganti")
    );
    for task in ["request_password_reset", "reset_password"] {
        let entries: i64 =
            sqlx::query_scalar("select count(*) from journal where task = $1 and subject_id = $2")
                .bind(task)
                .bind(staff.id)
                .fetch_one(&mut app.sql().await)
                .await
                .unwrap();
        assert_eq!(entries, 1, "{task}");
    }
    let revoked: Vec<String> = sqlx::query_scalar(
        "select distinct revoked_for from session where user_id = $1 and revoked_at is not null",
    )
    .bind(staff.id)
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(revoked, ["password_reset"]);
}

#[actix_web::test]
async fn an_unknown_address_is_answered_and_costs_what_a_known_one_does() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, gone) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::PjiStaff).await,
    );
    let admin = app.staff(Role::Admin).await;
    let path = format!("/api/v1/users/{}", gone.id);
    let tag = admin.get(&path).await.etag();
    admin
        .patch(&path, json!({"active": false}), Some(&tag))
        .await
        .expect(200);
    let ask = async |email: &str| {
        let answer = app
            .nobody()
            .post("/api/v1/auth/password-reset", json!({"email": email}))
            .await;
        let headers: Vec<_> = answer
            .headers()
            .into_iter()
            .filter(|(name, _)| !["date", "x-request-id", "ratelimit"].contains(name))
            .collect();
        (answer.status, format!("{headers:?}"), answer.bytes.clone())
    };
    let known = ask(&staff.email).await;
    assert_eq!((known.0, known.2.len()), (202, 0));
    for other in [
        "nobody@bspji.example",
        &gone.email,
        &staff.email.to_uppercase(),
    ] {
        assert_eq!(ask(other).await, known, "{other}");
    }
    // One job per request, and no look-up yet: known and unknown addresses do not differ.
    assert_eq!(app.waiting("prepare_password_reset").await, 3);
    let mails: i64 = sqlx::query_scalar("select count(*) from mail")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(mails, 0);
    app.work().await;
    assert_eq!(
        server
            .arrived()
            .iter()
            .map(|mail| mail.to.clone())
            .collect::<Vec<_>>(),
        [[staff.email.clone()]]
    );
}

#[actix_web::test]
async fn a_code_is_good_once_for_half_an_hour_and_only_the_last_one() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    let code = async || {
        forget_password(&app, &staff).await;
        app.work().await;
        token(&server.last_to(&staff.email))
    };
    let (first, second) = (code().await, code().await);
    assert_ne!(first, second);
    not_good(confirm(&app, &first, NEW).await);
    app.clock.advance(TimeDelta::minutes(29));
    let weak = confirm(&app, &second, "password1234")
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        weak["errors"][0]["pointer"], "/password",
        "a weak password uses nothing up"
    );
    confirm(&app, &second, NEW).await.expect(204);
    not_good(confirm(&app, &second, NEW).await);
    app.clock.advance(TimeDelta::hours(1));
    let third = code().await;
    app.clock.advance(TimeDelta::minutes(30));
    not_good(confirm(&app, &third, NEW).await);
    for made_up in ["", "x", &"A".repeat(43), &"A".repeat(100_000)] {
        not_good(confirm(&app, made_up, NEW).await);
    }
}

#[actix_web::test]
async fn of_two_who_use_a_code_at_once_one_succeeds() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    forget_password(&app, &staff).await;
    app.work().await;
    let code = token(&server.last_to(&staff.email));
    let (one, other) = futures_util::future::join(
        confirm(&app, &code, NEW),
        confirm(&app, &code, "jembatan ampera malam"),
    )
    .await;
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [204, 422]);
}

#[actix_web::test]
async fn the_database_knows_no_code_and_a_code_for_one_purpose_does_not_do_for_another() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    forget_password(&app, &staff).await;
    app.work().await;
    let code = token(&server.last_to(&staff.email));
    let rows: String = sqlx::query_scalar("select coalesce(string_agg(r, ' '), '') from (select m::text as r from mail m union all select t::text from mail_token t union all select j::text from graphile_worker._private_jobs j) x").fetch_one(&mut app.sql().await).await.unwrap();
    assert!(!rows.contains(&code) && !rows.is_empty());
    app.nobody()
        .post(
            "/api/v1/auth/email-verification/confirm",
            json!({"token": code}),
        )
        .await
        .refused(422, "invalid_content");
    confirm(&app, &code, NEW).await.expect(204);
}

#[actix_web::test]
async fn asking_without_end_sends_few_mails_and_is_slowed_down_for_every_address_alike() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    for _ in 0..6 {
        forget_password(&app, &staff).await;
        app.work().await;
    }
    assert_eq!(server.arrived().len(), 3);
    let mut statuses = Vec::new();
    for n in 0..20 {
        statuses.push(
            app.nobody()
                .post(
                    "/api/v1/auth/password-reset",
                    json!({"email": format!("n{n}@bspji.example")}),
                )
                .await
                .status,
        );
    }
    assert_eq!(
        (statuses[13], statuses[14], statuses[19]),
        (202, 429, 429),
        "{statuses:?}"
    );
    app.nobody()
        .post("/api/v1/auth/password-reset", json!({"email": staff.email}))
        .await
        .refused(429, "too_many_requests");
}

#[actix_web::test]
async fn whoever_resets_after_guessing_in_vain_signs_in_at_once() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    for _ in 0..10 {
        sign_in(&app, &staff, "bukan kata sandinya")
            .await
            .refused(401, "bad_credentials");
    }
    sign_in(&app, &staff, &staff.password)
        .await
        .refused(429, "too_many_requests");
    forget_password(&app, &staff).await;
    app.work().await;
    confirm(&app, &token(&server.last_to(&staff.email)), NEW)
        .await
        .expect(204);
    sign_in(&app, &staff, NEW).await.expect(200);
}

#[actix_web::test]
async fn changing_the_password_signed_in_is_told_by_mail_too() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    staff
        .post(
            "/api/v1/me/password",
            json!({"current_password": staff.password, "new_password": NEW}),
        )
        .await
        .expect(204);
    app.work().await;
    assert_eq!(
        server.only().header("subject").as_deref(),
        Some("Kata sandi akun Anda telah diganti")
    );
}
