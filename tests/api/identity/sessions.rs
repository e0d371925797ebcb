//! Sessions: access tokens expire; refresh tokens rotate and are revoked.

use chrono::TimeDelta;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{another_session, journal, sign_in, text};
use crate::support::{Answer, TestApp};

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.nobody()
        .post("/api/v1/auth/refresh", json!({"refresh_token": token}))
        .await
}

#[actix_web::test]
async fn signing_in_gives_tokens_that_say_who_i_am() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let tokens = sign_in(&app, &staff).await;
    assert_eq!(tokens.status, 200);
    assert_eq!(
        (&tokens.body["token_type"], &tokens.body["expires_in"]),
        (&json!("Bearer"), &json!(900))
    );
    let me = staff
        .with_token(text(&tokens, "access_token"))
        .get("/api/v1/me")
        .await;
    assert_eq!(
        (me.status, &me.body["id"], &me.body["roles"]),
        (200, &json!(staff.id), &json!(["pji_staff"]))
    );
    assert_eq!(
        (&me.body["acting"], &me.body["organisation"]),
        (&json!(null), &json!(null))
    );
}

#[actix_web::test]
async fn without_a_token_a_closed_operation_is_refused_before_its_body_is_read() {
    let app = TestApp::start().await;
    let refusal = app
        .nobody()
        .post("/api/v1/users", json!("not a form"))
        .await;
    assert_eq!(
        (refusal.status, text(&refusal, "code")),
        (401, "unauthenticated")
    );
    assert!(
        refusal
            .header("www-authenticate")
            .is_some_and(|challenge| challenge.starts_with("Bearer"))
    );
    assert_eq!(app.nobody().get("/api/v1/nowhere").await.status, 404);
}

#[actix_web::test]
async fn a_bad_token_is_refused_also_where_none_is_needed() {
    let app = TestApp::start().await;
    for token in [
        "rubbish",
        "a.b.c",
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.",
    ] {
        let refusal = app
            .nobody()
            .with_token(token)
            .post("/api/v1/auth/login", json!({}))
            .await;
        assert_eq!(
            (refusal.status, text(&refusal, "code")),
            (401, "unauthenticated"),
            "{token}"
        );
    }
}

#[actix_web::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    app.clock.advance(TimeDelta::seconds(899));
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(staff.get("/api/v1/me").await.status, 401);
}

#[actix_web::test]
async fn a_refresh_token_gives_the_next_pair() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let second = refresh(&app, text(&first, "refresh_token")).await;
    assert_eq!(second.status, 200);
    assert_ne!(
        text(&first, "refresh_token"),
        text(&second, "refresh_token")
    );
    assert_eq!(
        staff
            .with_token(text(&second, "access_token"))
            .get("/api/v1/me")
            .await
            .status,
        200
    );
}

#[actix_web::test]
async fn a_refresh_token_used_twice_ends_the_session_for_everybody_who_holds_a_token_of_it() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let second = refresh(&app, text(&first, "refresh_token")).await;
    app.clock.advance(TimeDelta::seconds(10));
    let reuse = refresh(&app, text(&first, "refresh_token")).await;
    assert_eq!(
        (reuse.status, text(&reuse, "code")),
        (401, "invalid_refresh_token")
    );
    assert_eq!(
        refresh(&app, text(&second, "refresh_token")).await.status,
        401
    );
    assert_eq!(
        staff
            .with_token(text(&second, "access_token"))
            .get("/api/v1/me")
            .await
            .status,
        401
    );
    assert_eq!(
        staff.get("/api/v1/me").await.status,
        200,
        "another session goes on"
    );
    assert_eq!(journal(&app, "revoke_session").await, 1);
}

#[actix_web::test]
async fn a_client_that_lost_the_reply_gets_the_same_tokens_again_within_ten_seconds() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let token = text(&first, "refresh_token");
    let (one, other) = futures_util::future::join(refresh(&app, token), refresh(&app, token)).await;
    assert_eq!((one.status, other.status), (200, 200));
    assert_eq!(one.body, other.body);
    app.clock.advance(TimeDelta::seconds(9));
    assert_eq!(refresh(&app, token).await.body, one.body);
    assert_eq!(journal(&app, "revoke_session").await, 0);
    assert_eq!(refresh(&app, text(&one, "refresh_token")).await.status, 200);
}

#[actix_web::test]
async fn another_client_with_a_used_refresh_token_ends_the_session_also_within_ten_seconds() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let body = json!({"refresh_token": text(&first, "refresh_token")});
    let used = refresh(&app, text(&first, "refresh_token")).await;
    app.nobody()
        .calling_from("127.0.0.9")
        .post("/api/v1/auth/refresh", body)
        .await
        .refused(401, "invalid_refresh_token");
    assert_eq!(
        refresh(&app, text(&used, "refresh_token")).await.status,
        401
    );
    assert_eq!(journal(&app, "revoke_session").await, 1);
}

#[actix_web::test]
async fn a_session_of_a_guarded_role_ends_after_half_an_hour_idle_and_half_a_day_in_any_case() {
    let app = TestApp::start().await;
    let (head, staff) = (app.staff(Role::Head).await, app.staff(Role::PjiStaff).await);
    let (first, others) = (sign_in(&app, &head).await, sign_in(&app, &staff).await);
    app.clock.advance(TimeDelta::minutes(30));
    assert_eq!(
        refresh(&app, text(&first, "refresh_token")).await.status,
        401
    );
    assert_eq!(
        refresh(&app, text(&others, "refresh_token")).await.status,
        200
    );

    let mut tokens = sign_in(&app, &head).await;
    for _ in 0..49 {
        app.clock.advance(TimeDelta::minutes(14));
        let me = head.with_token(text(&tokens, "access_token"));
        assert_eq!(me.get("/api/v1/me").await.status, 200);
        tokens = refresh(&app, text(&tokens, "refresh_token")).await;
        assert_eq!(tokens.status, 200);
    }
    app.clock.advance(TimeDelta::minutes(12 * 60 - 49 * 14));
    let last = head.with_token(text(&tokens, "access_token"));
    assert_eq!(last.get("/api/v1/me").await.status, 401);
    assert_eq!(
        refresh(&app, text(&tokens, "refresh_token")).await.status,
        401
    );
}

#[actix_web::test]
async fn an_unknown_refresh_token_is_refused() {
    let app = TestApp::start().await;
    let refusal = refresh(&app, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(
        (refusal.status, text(&refusal, "code")),
        (401, "invalid_refresh_token")
    );
}

#[actix_web::test]
async fn a_refresh_token_that_lay_unused_for_two_weeks_is_refused() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    app.clock.advance(TimeDelta::days(14));
    assert_eq!(
        refresh(&app, text(&first, "refresh_token")).await.status,
        401
    );
    assert_eq!(
        journal(&app, "revoke_session").await,
        0,
        "an expired token does not count as stolen"
    );
}

#[actix_web::test]
async fn a_session_ends_after_thirty_days_whatever_is_refreshed() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let mut tokens = sign_in(&app, &staff).await;
    for _ in 0..2 {
        app.clock.advance(TimeDelta::days(13));
        tokens = refresh(&app, text(&tokens, "refresh_token")).await;
        assert_eq!(tokens.status, 200);
    }
    app.clock
        .advance(TimeDelta::days(4) - TimeDelta::minutes(1));
    tokens = refresh(&app, text(&tokens, "refresh_token")).await;
    let last = staff.with_token(text(&tokens, "access_token"));
    assert_eq!(last.get("/api/v1/me").await.status, 200);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(last.get("/api/v1/me").await.status, 401);
    assert_eq!(
        refresh(&app, text(&tokens, "refresh_token")).await.status,
        401
    );
}

#[actix_web::test]
async fn signing_out_ends_this_session_and_no_other() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let other = another_session(&app, &staff).await;
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
    assert_eq!(
        staff.post("/api/v1/auth/logout", json!({})).await.status,
        204
    );
    assert_eq!(staff.get("/api/v1/me").await.status, 401);
    assert_eq!(other.get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn no_token_is_kept_as_it_is() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let tokens = sign_in(&app, &staff).await;
    let digest = service_desk::secrecy::sha256(text(&tokens, "refresh_token").as_bytes());
    let kept: i64 = sqlx::query_scalar("select count(*) from refresh_token where digest = $1")
        .bind(digest.as_slice())
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(kept, 1);
}
