//! The log of sign-ins, and the owner's list of sessions.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::second_factor::enrolled;
use super::{another_session, sign_in};
use crate::support::{Person, Request, TestApp};

async fn outcomes(person: &Person, path: &str) -> Vec<Value> {
    let page = person.get(path).await.expect(200);
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["outcome"].clone()).collect()
}

async fn delete(person: &Person, path: &str) -> u16 {
    let asking = Request {
        method: reqwest::Method::DELETE,
        path,
        body: None,
        headers: &[],
    };
    person.ask(&asking).await.status
}

#[actix_web::test]
async fn each_attempt_is_in_the_log_of_its_owner_with_a_network_and_no_address() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let wrong = json!({"email": staff.email.to_uppercase(), "password": "salah sama sekali"});
    app.nobody()
        .post("/api/v1/auth/login", wrong)
        .await
        .expect(401);
    app.clock.advance(TimeDelta::seconds(1));
    let first = sign_in(&app, &staff).await;
    app.clock.advance(TimeDelta::seconds(1));
    let second = |code: String| {
        let body = json!({"mfa_token": first.body["mfa_token"], "proof": {"code": code}});
        app.nobody().post("/api/v1/auth/login/second-factor", body)
    };
    second("000000".to_owned()).await.expect(401);
    app.clock.advance(TimeDelta::seconds(1));
    second(authenticator.code(app.clock.now()))
        .await
        .expect(200);
    assert_eq!(
        outcomes(&staff, "/api/v1/me/sign-ins").await,
        [
            "signed_in",
            "wrong_second_factor",
            "password_accepted",
            "wrong_password"
        ]
    );
    let page = staff.get("/api/v1/me/sign-ins?limit=2").await.expect(200);
    assert_eq!(page["items"][0]["place"], "127.0.0.0/24");
    let next = page["next_cursor"].as_str().unwrap();
    let rest = outcomes(&staff, &format!("/api/v1/me/sign-ins?cursor={next}")).await;
    assert_eq!(rest.len(), 2);
}

#[actix_web::test]
async fn the_auditor_reads_the_sign_ins_of_every_account_and_others_only_their_own() {
    let app = TestApp::start().await;
    let (auditor, admin) = (
        app.staff(Role::InternalAuditor).await,
        app.staff(Role::Admin).await,
    );
    sign_in(&app, &admin).await;
    sign_in(&app, &auditor).await;
    admin
        .get("/api/v1/sign-ins")
        .await
        .refused(403, "forbidden");
    assert_eq!(outcomes(&admin, "/api/v1/me/sign-ins").await.len(), 1);
    let all = auditor.get("/api/v1/sign-ins").await.expect(200);
    let users: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["user_id"].as_str().unwrap().to_owned())
        .collect();
    assert!(users.contains(&admin.id.to_string()) && users.contains(&auditor.id.to_string()));
    let path = format!("/api/v1/sign-ins?user={}", admin.id);
    assert_eq!(outcomes(&auditor, &path).await, ["signed_in"]);
}

#[actix_web::test]
async fn an_unknown_address_and_a_reporter_leave_no_line_in_the_log_of_sign_ins() {
    let app = TestApp::start().await;
    let auditor = app.staff(Role::InternalAuditor).await;
    let before = outcomes(&auditor, "/api/v1/sign-ins").await.len();
    let unknown = json!({"email": "tidak.ada@contoh.id", "password": "kuda benar baterai"});
    app.nobody()
        .post("/api/v1/auth/login", unknown)
        .await
        .expect(401);
    app.nobody()
        .post(
            "/api/v1/complaints/sessions",
            json!({"receipt_code": "MANGK-0PA1E-MBANG-0MVS1-2345X-7"}),
        )
        .await
        .expect(401);
    assert_eq!(outcomes(&auditor, "/api/v1/sign-ins").await.len(), before);
}

#[actix_web::test]
async fn own_sessions_are_listed_and_ended_one_by_one_or_all_others_at_once() {
    let app = TestApp::start().await;
    let (staff, stranger) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::PjiStaff).await,
    );
    let (second, third) = (
        another_session(&app, &staff).await,
        another_session(&app, &staff).await,
    );
    let listed = staff.get("/api/v1/me/sessions").await.expect(200);
    let sessions = listed["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(
        sessions.iter().filter(|one| one["current"] == true).count(),
        1
    );
    let own = second.get("/api/v1/me/sessions").await.expect(200);
    let own = own["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["current"] == true)
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/me/sessions/{own}");
    assert_eq!(
        delete(&stranger, &path).await,
        404,
        "another's session is not found"
    );
    assert_eq!(delete(&staff, &path).await, 204);
    assert_eq!(delete(&staff, &path).await, 404);
    second.get("/api/v1/me").await.expect(401);
    assert_eq!(delete(&staff, "/api/v1/me/sessions").await, 204);
    third.get("/api/v1/me").await.expect(401);
    let left = staff.get("/api/v1/me/sessions").await.expect(200);
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}
