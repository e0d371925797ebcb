//! Invitations: only the owner of an account ever knows its password, and no administrator can
//! activate the account alone.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::identity::roster;
use service_desk::ids::OfficeId;
use service_desk::sop::role::Role;

use super::users::set_roles_of;
use super::{journal, sign_in, text};
use crate::mail::server::MailServer;
use crate::mail::{app_with, token};
use crate::support::{Answer, Person, Request, TestApp};

const PASSWORD: &str = "jembatan ampera malam";

async fn accept(app: &TestApp, token: &str, password: &str) -> Answer {
    app.nobody()
        .post(
            "/api/v1/auth/invitations/acceptance",
            json!({"token": token, "password": password}),
        )
        .await
}

async fn invite(by: &Person, user: &str, delivery: &str) -> Answer {
    by.post(
        &format!("/api/v1/users/{user}/invitation"),
        json!({"delivery": delivery}),
    )
    .await
}

async fn revoke(by: &Person, user: &str) -> u16 {
    let path = format!("/api/v1/users/{user}/invitation");
    by.ask(&Request {
        method: Method::DELETE,
        path: &path,
        body: None,
        headers: &[],
    })
    .await
    .status
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    app.nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": email, "password": password}),
        )
        .await
}

async fn invited(admin: &Person, roles: Value) -> Answer {
    admin
        .post(
            "/api/v1/users",
            json!({"email": "budi@bspji.example", "display_name": "Budi Santoso", "roles": roles}),
        )
        .await
}

/// A refusal without the request id.
#[track_caller]
fn comparable_refusal(refusal: Answer) -> Value {
    let mut body = refusal.refused(422, "invalid_content");
    assert_eq!(
        (&body["errors"][0]["pointer"], &body["errors"][0]["code"]),
        (&json!("/token"), &json!("token_not_good"))
    );
    body.as_object_mut().unwrap().remove("trace_id");
    body
}

#[actix_web::test]
async fn an_owner_takes_up_an_account_with_the_code_of_a_mail_once_and_within_72_hours() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let admin = app.staff(Role::Admin).await;
    let made = invited(&admin, json!(["pji_staff"])).await;
    assert_eq!(
        (
            made.status,
            &made.body["taken_up"],
            &made.body["email_verified_at"]
        ),
        (201, &json!(false), &Value::Null)
    );
    let user = text(&made, "id").to_owned();
    app.work().await;
    let first = token(&server.only());
    login(&app, "budi@bspji.example", PASSWORD)
        .await
        .refused(401, "bad_credentials");

    // A password reset cannot replace the invitation.
    app.nobody()
        .post(
            "/api/v1/auth/password-reset",
            json!({"email": "budi@bspji.example"}),
        )
        .await
        .expect(202);
    app.work().await;
    assert_eq!(server.arrived().len(), 1);

    // A new invitation invalidates the earlier one, and a refused weak password does not use the
    // code up.
    invite(&admin, &user, "mail").await.expect(200);
    app.work().await;
    let second = token(&server.last_to("budi@bspji.example"));
    let unknown = comparable_refusal(accept(&app, &"A".repeat(43), PASSWORD).await);
    assert_eq!(
        comparable_refusal(accept(&app, &first, PASSWORD).await),
        unknown
    );
    app.clock
        .advance(TimeDelta::hours(72) - TimeDelta::seconds(1));
    for (weak, code) in [
        ("BudiSantoso2026!", "too_guessable"),
        ("letmein12345", "too_common"),
        ("budi", "too_short"),
    ] {
        let refusal = accept(&app, &second, weak)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &refusal["errors"][0]["pointer"],
                &refusal["errors"][0]["code"]
            ),
            (&json!("/password"), &json!(code)),
            "{weak}"
        );
    }
    accept(&app, &second, PASSWORD).await.expect(204);
    assert_eq!(
        comparable_refusal(accept(&app, &second, "perahu hijau menuju hulu").await),
        unknown
    );
    login(&app, "budi@bspji.example", PASSWORD)
        .await
        .expect(200);
    let admin = admin.sign_in_again().await;
    let shown = admin
        .get(&format!("/api/v1/users/{user}"))
        .await
        .expect(200);
    assert_eq!(
        (&shown["taken_up"], &shown["invited_until"]),
        (&json!(true), &Value::Null)
    );
    assert_ne!(
        shown["email_verified_at"],
        Value::Null,
        "mail arrives there"
    );
    invite(&admin, &user, "mail").await.refused(409, "conflict");
    assert_eq!(
        (
            journal(&app, "invite_user").await,
            journal(&app, "take_up_account").await
        ),
        (1, 1)
    );
}

#[actix_web::test]
async fn an_invitation_expires_and_is_revoked_and_nobody_can_tell_which() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.staff(Role::Admin).await, app.customer().await);
    let made = invited(&admin, json!([])).await;
    let user = text(&made, "id").to_owned();
    let code = app.invitation(&user).await;
    assert_eq!(revoke(&customer, &user).await, 403);
    invite(&customer, &user, "mail")
        .await
        .refused(403, "forbidden");
    assert_eq!(
        (revoke(&admin, &user).await, revoke(&admin, &user).await),
        (204, 204)
    );
    assert_eq!(journal(&app, "revoke_invitation").await, 1);
    let revoked = comparable_refusal(accept(&app, &code, PASSWORD).await);
    invite(&admin, &user, "mail").await.expect(200);
    let code = app.invitation(&user).await;
    invite(&admin, &user, "mail").await.expect(200);
    invite(&admin, &user, "mail")
        .await
        .refused(429, "too_many_requests");
    assert_eq!(
        comparable_refusal(accept(&app, &code, PASSWORD).await),
        revoked,
        "a later invitation replaced it"
    );
    let code = app.invitation(&user).await;
    app.clock.advance(TimeDelta::hours(72));
    assert_eq!(
        comparable_refusal(accept(&app, &code, PASSWORD).await),
        revoked
    );
    let admin = admin.sign_in_again().await;
    invite(&admin, &user, "mail").await.expect(200);
    let code = app.invitation(&user).await;
    app.switch(&admin, &user, false).await.expect(200);
    assert_eq!(
        comparable_refusal(accept(&app, &code, PASSWORD).await),
        revoked
    );
    for delivery in ["mail", "slip"] {
        invite(&admin, &user, delivery)
            .await
            .refused(409, "conflict");
    }
}

/// The administrator of a printed slip knows one of its two codes.
#[actix_web::test]
async fn a_slip_has_two_codes_of_two_administrators_and_neither_takes_up_the_account_alone() {
    let app = TestApp::start().await;
    let (one, other) = (app.staff(Role::Admin).await, app.staff(Role::Admin).await);
    let made = invited(&one, json!(["identity_custodian"])).await;
    let user = text(&made, "id").to_owned();
    let mailed = app.invitation(&user).await;
    let half = async |by: &Person| {
        let answer = invite(by, &user, "slip").await.expect(200);
        (
            answer["part"].as_u64().unwrap(),
            answer["code"].as_str().unwrap().to_owned(),
        )
    };
    let (first, again, second) = (half(&one).await, half(&one).await, half(&other).await);
    assert_eq!(
        (first.0, again.0, second.0),
        (1, 1, 2),
        "a second request by the same administrator starts again"
    );
    comparable_refusal(accept(&app, &mailed, PASSWORD).await);
    for alone in [
        &again.1,
        &format!("{}{}", again.1, again.1),
        &second.1,
        &format!("{} {}", first.1, second.1),
    ] {
        comparable_refusal(accept(&app, alone, PASSWORD).await);
    }
    let typed = format!(
        "{}\n {}",
        second.1.to_lowercase(),
        again.1.replace('-', " ")
    );
    accept(&app, &typed, PASSWORD).await.expect(204);
    comparable_refusal(accept(&app, &typed, "perahu hijau menuju hulu").await);
    let tokens = login(&app, "budi@bspji.example", PASSWORD)
        .await
        .expect(200);
    let budi = app
        .nobody()
        .with_token(tokens["access_token"].as_str().unwrap());
    let me = budi.get("/api/v1/me").await.expect(200);
    assert_eq!(
        (&me["roles"], &me["email_verified_at"]),
        (&json!([]), &Value::Null),
        "a slip does not verify the address, and a role given by two is not active"
    );

    // A code confirmed by a former administrator is not valid.
    let third = app.staff(Role::Admin).await;
    half(&one).await;
    app.switch(&third, &one.id.to_string(), false)
        .await
        .expect(200);
    assert_eq!((half(&other).await.0, half(&third).await.0), (1, 2));
    app.clock.advance(TimeDelta::hours(72));
    let (other, third) = (other.sign_in_again().await, third.sign_in_again().await);
    assert_eq!(
        (half(&other).await.0, half(&third).await.0),
        (1, 2),
        "after an expired slip the count starts again"
    );
    assert_eq!(revoke(&other, &user).await, 204);
}

/// A slip also serves the owner of an account with a forgotten password.
#[actix_web::test]
async fn a_slip_lets_an_owner_choose_a_new_password_and_ends_every_session() {
    let app = TestApp::start().await;
    let (one, other, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::Head).await,
    );
    let user = staff.id.to_string();
    let first = invite(&one, &user, "slip").await.expect(200);
    let second = invite(&other, &user, "slip").await.expect(200);
    assert_eq!(
        sign_in(&app, &staff).await.status,
        200,
        "the present password works until then"
    );
    let both = format!(
        "{} {}",
        first["code"].as_str().unwrap(),
        second["code"].as_str().unwrap()
    );
    accept(&app, &both, PASSWORD).await.expect(204);
    staff
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(sign_in(&app, &staff).await.status, 401);
    login(&app, &staff.email, PASSWORD).await.expect(200);
    let inbox = other.get("/api/v1/notifications").await.expect(200);
    assert_eq!(
        (&inbox["items"][0]["kind"], &inbox["items"][0]["account"]),
        (&json!("account_changed"), &json!(staff.id)),
        "others are told"
    );
}

#[actix_web::test]
async fn roles_of_two_sleep_until_the_account_is_taken_up() {
    let app = TestApp::start().await;
    let (one, other, custodian) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::IdentityCustodian).await,
    );
    let made = invited(&one, json!(["identity_custodian"])).await;
    let user = text(&made, "id").to_owned();
    assert_eq!(
        (
            &made.body["roles"],
            &made.body["pending_roles"][0]["change"]
        ),
        (&json!([]), &json!("give"))
    );
    let given = set_roles_of(&other, &user, json!(["identity_custodian"]))
        .await
        .expect(200);
    assert_eq!(given["roles"], json!(["identity_custodian"]));
    let holders = async || {
        let mut transaction = app.database.begin().await.unwrap();
        let office: uuid::Uuid = sqlx::query_scalar("select office_id from app_user limit 1")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        roster::holders(
            &mut transaction,
            OfficeId(office),
            Role::IdentityCustodian,
            "2026-07-06".parse().unwrap(),
        )
        .await
        .unwrap()
        .len()
    };
    assert_eq!(holders().await, 1);
    // An account that is not activated yet does not count as a successor.
    app.switch(&one, &custodian.id.to_string(), false)
        .await
        .refused(409, "conflict");
    accept(&app, &app.invitation(&user).await, PASSWORD)
        .await
        .expect(204);
    assert_eq!(holders().await, 2);
    app.switch(&one, &custodian.id.to_string(), false)
        .await
        .expect(200);
    assert_eq!(holders().await, 1);
}
