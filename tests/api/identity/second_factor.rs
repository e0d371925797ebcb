//! The second factor: enrolled at the first sign-in where it is required, proved at each sign-in, and
//! proved again for sensitive acts.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use service_desk::sop::role::Role;
use service_desk::{app, identity};
use totp_rs::{Builder, Secret};

use super::{journal, sign_in, text};
use crate::support::{Answer, Person, Request, TestApp};

/// Where the office requires a second factor.
const REQUIRED: &[&str] = &["--second-factor", "required"];

/// An authenticator app and the recovery codes of its account.
pub struct Authenticator {
    secret: String,
    recovery_codes: Vec<String>,
}

impl Authenticator {
    /// The code that the app shows at `at`.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let app = Builder::new().with_secret(secret).build().unwrap();
        app.generate(at.timestamp().try_into().unwrap()).to_string()
    }
}

/// Enrols an app for `person`.
pub async fn enrol(app: &TestApp, person: &Person) -> Authenticator {
    let new = person
        .post("/api/v1/me/mfa/totp", json!({"label": "Ponsel"}))
        .await
        .expect(201);
    let mut authenticator = Authenticator {
        secret: new["secret"].as_str().unwrap().to_owned(),
        recovery_codes: Vec::new(),
    };
    let code = authenticator.code(app.clock.now());
    let confirmed = person
        .post("/api/v1/me/mfa/totp/confirmation", json!({"code": code}))
        .await
        .expect(200);
    authenticator.recovery_codes =
        serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap();
    authenticator
}

/// A member of staff with an enrolled app; the next code is one that was not used yet.
pub async fn enrolled(app: &TestApp, role: Role) -> (Person, Authenticator) {
    let person = app.staff(role).await;
    let authenticator = enrol(app, &person).await;
    app.clock.advance(TimeDelta::seconds(30));
    (person, authenticator)
}

/// The second step of a sign-in.
async fn complete(app: &TestApp, first: &Answer, proof: Value) -> Answer {
    let body = json!({"mfa_token": text(first, "mfa_token"), "proof": proof});
    app.nobody()
        .post("/api/v1/auth/login/second-factor", body)
        .await
}

/// The body of the reply to a request under another spelling of a path, which the contract does not
/// list.
async fn respelled(app: &TestApp, person: &Person, method: reqwest::Method, path: &str) -> String {
    let url = format!("http://{}{path}", app.address());
    let request = reqwest::Client::new()
        .request(method, url)
        .bearer_auth(person.token.as_deref().unwrap());
    request.send().await.unwrap().text().await.unwrap()
}

#[actix_web::test]
async fn staff_without_the_required_second_factor_can_only_enrol_one() {
    let app = TestApp::start_with(REQUIRED).await;
    let staff = app.staff(Role::PjiStaff).await;
    let other = sign_in(&app, &staff).await;
    assert_eq!(other.body["enrolment_required"], true);
    let other = staff.with_token(text(&other, "access_token"));
    for path in [
        "/api/v1/desk",
        "/api/v1/integrations",
        "/api/v1/me/sessions",
    ] {
        staff.get(path).await.refused(403, "second_factor_required");
    }
    staff
        .post("/api/v1/integrations", json!("not a form"))
        .await
        .refused(403, "second_factor_required");
    let respelled = respelled(&app, &staff, reqwest::Method::GET, "/%61pi/v1/desk").await;
    assert!(respelled.contains("second_factor_required"), "{respelled}");
    staff.get("/api/v1/me").await.expect(200);
    staff.get("/api/v1/sops").await.expect(200);
    let before = staff.get("/api/v1/me/mfa").await.expect(200);
    assert_eq!(
        (&before["required"], &before["factors"]),
        (&json!(true), &json!([]))
    );

    let authenticator = enrol(&app, &staff).await;

    assert_eq!(authenticator.recovery_codes.len(), 10);
    staff.get("/api/v1/desk").await.expect(200);
    let after = staff.get("/api/v1/me/mfa").await.expect(200);
    assert_eq!(after["factors"][0]["kind"], "totp");
    assert_eq!(after["recovery_codes_left"], 10);
    other
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(journal(&app, "enrol_second_factor").await, 1);
    let mails: i64 =
        sqlx::query_scalar("select count(*) from mail where kind = 'second_factor_changed'")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(mails, 1, "its owner is told");
}

#[actix_web::test]
async fn customers_need_no_second_factor_and_may_enrol_one() {
    let app = TestApp::start_with(REQUIRED).await;
    let customer = app.customer().await;
    customer.get("/api/v1/desk").await.expect(200);
    enrol(&app, &customer).await;
    let first = sign_in(&app, &customer).await;
    assert_eq!(
        (first.status, &first.body["mfa_required"]),
        (202, &json!(true))
    );
    assert!(first.body["access_token"].is_null());
}

#[actix_web::test]
async fn a_code_signs_in_once_and_is_refused_within_its_window_afterwards() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    assert_eq!(first.status, 202);
    assert_eq!(first.body["methods"], json!(["totp"]));
    let code = authenticator.code(app.clock.now());
    let tokens = complete(&app, &first, json!({"code": code})).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let me = staff.with_token(text(&tokens, "access_token"));
    me.get("/api/v1/desk").await.expect(200);
    for first in [&first, &sign_in(&app, &staff).await] {
        complete(&app, first, json!({"code": code}))
            .await
            .refused(401, "bad_second_factor");
    }
    let before = authenticator.code(app.clock.now() - TimeDelta::seconds(30));
    complete(&app, &first, json!({"code": before}))
        .await
        .refused(401, "bad_second_factor");
    let next = authenticator.code(app.clock.now() + TimeDelta::seconds(30));
    complete(&app, &first, json!({"code": next}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn of_two_who_send_the_same_code_at_once_one_signs_in() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let proof = json!({"code": authenticator.code(app.clock.now())});
    let (one, other) = futures_util::future::join(
        complete(&app, &first, proof.clone()),
        complete(&app, &first, proof),
    )
    .await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[actix_web::test]
async fn a_recovery_code_signs_in_once_and_its_owner_is_told() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    let typed = authenticator.recovery_codes[3]
        .to_lowercase()
        .replace('-', " ");
    let proof = json!({"recovery_code": typed});
    let tokens = complete(&app, &first, proof.clone()).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    complete(&app, &first, proof)
        .await
        .refused(401, "bad_second_factor");
    assert_eq!(journal(&app, "use_recovery_code").await, 1);
    let me = staff.with_token(text(&tokens, "access_token"));
    let left = me.get("/api/v1/me/mfa").await.expect(200);
    assert_eq!(left["recovery_codes_left"], 9);

    let new = me.act("/api/v1/me/mfa/recovery-codes").await.expect(200);
    assert_eq!(new["recovery_codes"].as_array().unwrap().len(), 10);
    let first = sign_in(&app, &staff).await;
    complete(
        &app,
        &first,
        json!({"recovery_code": authenticator.recovery_codes[4]}),
    )
    .await
    .refused(401, "bad_second_factor");
}

#[actix_web::test]
async fn wrong_codes_are_counted_with_wrong_passwords_and_the_password_does_not_clear_the_count() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    for _ in 0..5 {
        let first = sign_in(&app, &staff).await;
        assert_eq!(first.status, 202);
        complete(&app, &first, json!({"code": "000000"}))
            .await
            .refused(401, "bad_second_factor");
    }
    sign_in(&app, &staff)
        .await
        .refused(429, "too_many_requests");
    app.clock.advance(TimeDelta::minutes(16));
    let first = sign_in(&app, &staff).await;
    let code = authenticator.code(app.clock.now());
    complete(&app, &first, json!({"code": code}))
        .await
        .expect(200);
}

/// The number of queued mails of this kind.
async fn mails(app: &TestApp, kind: &str) -> i64 {
    sqlx::query_scalar("select count(*) from mail where kind = $1")
        .bind(kind)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn wrong_codes_up_to_the_limit_are_told_to_the_owner_once() {
    let app = TestApp::start().await;
    let (staff, _) = enrolled(&app, Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    for number in 2..=10 {
        assert_eq!(mails(&app, "second_factor_guessed").await, 0, "{number}");
        complete(&app, &first, json!({"code": "000000"}))
            .await
            .refused(401, "bad_second_factor");
    }
    for _ in 0..2 {
        complete(&app, &first, json!({"code": "000000"}))
            .await
            .refused(429, "too_many_requests");
    }
    assert_eq!(mails(&app, "second_factor_guessed").await, 1);
    app.clock.advance(TimeDelta::minutes(16));
    for _ in 0..5 {
        complete(
            &app,
            &sign_in(&app, &staff).await,
            json!({"recovery_code": "X".repeat(24)}),
        )
        .await
        .refused(401, "bad_second_factor");
    }
    assert_eq!(mails(&app, "second_factor_guessed").await, 2);
}

#[actix_web::test]
async fn a_reset_of_the_password_does_not_clear_the_count_of_wrong_codes() {
    let app = TestApp::start().await;
    let (mut staff, _) = enrolled(&app, Role::PjiStaff).await;
    for _ in 0..5 {
        let first = sign_in(&app, &staff).await;
        complete(&app, &first, json!({"code": "000000"}))
            .await
            .refused(401, "bad_second_factor");
    }
    app.nobody()
        .post("/api/v1/auth/password-reset", json!({"email": staff.email}))
        .await
        .expect(202);
    app.work().await;
    let mail: uuid::Uuid = sqlx::query_scalar("select id from mail where kind = 'password_reset'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    let token = service_desk::mail::MailTokens::new(&app.master_key)
        .token(mail, service_desk::mail::Purpose::PasswordReset);
    "perahu hijau menuju hulu".clone_into(&mut staff.password);
    app.nobody()
        .post(
            "/api/v1/auth/password-reset/confirm",
            json!({"token": token, "password": staff.password}),
        )
        .await
        .expect(204);
    sign_in(&app, &staff)
        .await
        .refused(429, "too_many_requests");
}

#[actix_web::test]
async fn of_two_sessions_that_enrol_the_first_factor_at_once_one_enrols_and_the_other_ends() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let other = super::another_session(&app, &staff).await;
    let new = staff
        .post("/api/v1/me/mfa/totp", json!({"label": "Ponsel"}))
        .await
        .expect(201);
    let authenticator = Authenticator {
        secret: new["secret"].as_str().unwrap().to_owned(),
        recovery_codes: Vec::new(),
    };
    let now = app.clock.now();
    let (path, code) = ("/api/v1/me/mfa/totp/confirmation", authenticator.code(now));
    // Both requests are past their authentication and wait for the account.
    let mut held = app.sql().await;
    sqlx::raw_sql("begin; select id from app_user for update")
        .execute(&mut held)
        .await
        .unwrap();
    let release = async {
        let mut watcher = app.sql().await;
        let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        for _ in 0..500 {
            let waiting: i64 = sqlx::query_scalar(waits)
                .fetch_one(&mut watcher)
                .await
                .unwrap();
            if waiting == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        sqlx::raw_sql("commit").execute(&mut held).await.unwrap();
    };
    let (one, two, ()) = tokio::join!(
        staff.post(path, json!({"code": code})),
        other.post("/api/v1/me/mfa/totp", json!({"label": "Ponsel lain"})),
        release
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    // The other one is refused, or came first and made the app of the code void.
    assert!(
        one.status == 200 && two.status == 401 || one.status == 401 && two.status == 201,
        "{statuses:?}"
    );
    let counts: (i64, i64) = sqlx::query_as(
        "select (select count(*) from second_factor where confirmed_at is not null), (select count(*) from recovery_code)",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert!(counts == (1, 10) || counts == (0, 0), "{counts:?}");
}

#[actix_web::test]
async fn a_token_of_the_first_step_expires_is_bound_to_the_password_and_opens_nothing_itself() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let first = sign_in(&app, &staff).await;
    staff
        .with_token(text(&first, "mfa_token"))
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    let change =
        json!({"current_password": staff.password, "new_password": "perahu hijau menuju hulu"});
    staff.post("/api/v1/me/password", change).await.expect(204);
    let code = authenticator.code(app.clock.now());
    complete(&app, &first, json!({"code": code}))
        .await
        .refused(401, "unauthenticated");
    let mut staff = staff;
    "perahu hijau menuju hulu".clone_into(&mut staff.password);
    let first = sign_in(&app, &staff).await;
    app.clock.advance(TimeDelta::minutes(5));
    let code = authenticator.code(app.clock.now());
    complete(&app, &first, json!({"code": code}))
        .await
        .refused(401, "unauthenticated");
}

#[actix_web::test]
async fn exactly_one_proof_is_taken() {
    let app = TestApp::start().await;
    let (staff, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let code = authenticator.code(app.clock.now());
    for proof in [
        json!({}),
        json!({"code": code, "recovery_code": authenticator.recovery_codes[0]}),
    ] {
        staff
            .post("/api/v1/me/step-up", proof)
            .await
            .refused(422, "invalid_content");
    }
}

#[actix_web::test]
async fn secrets_of_apps_are_sealed_and_recovery_codes_are_digests_in_the_database() {
    let app = TestApp::start().await;
    let (_, authenticator) = enrolled(&app, Role::PjiStaff).await;
    let mut sql = app.sql().await;
    let sealed: Vec<u8> = sqlx::query_scalar("select secret from second_factor")
        .fetch_one(&mut sql)
        .await
        .unwrap();
    let secret = Secret::try_from_base32(&authenticator.secret).unwrap();
    assert!(!sealed.windows(20).any(|bytes| bytes == secret.as_bytes()));
    let all: String = sqlx::query_scalar(
        "select string_agg(r::text, '|') from (select row_to_json(c)::text as r from recovery_code c) as all_codes",
    )
    .fetch_one(&mut sql)
    .await
    .unwrap();
    let bare = authenticator.recovery_codes[0].replace('-', "");
    let plain = hex::encode(bare.as_bytes());
    assert!(!all.contains(&bare) && !all.contains(&plain));
}

/// The operations with `x-assurance` that need a fresh factor, with random ids in their paths.
fn fresh_operations() -> Vec<(reqwest::Method, String)> {
    let document = serde_json::to_value(app::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let assurance = operation["x-assurance"].as_str().unwrap_or_default();
            if assurance.contains("fresh_second_factor") {
                let filled: Vec<_> = path
                    .split('/')
                    .map(|part| {
                        if part.starts_with('{') {
                            uuid::Uuid::new_v4().to_string()
                        } else {
                            part.to_owned()
                        }
                    })
                    .collect();
                found.push((method.to_uppercase().parse().unwrap(), filled.join("/")));
            }
        }
    }
    found
}

#[actix_web::test]
async fn every_sensitive_act_needs_a_second_factor_of_the_last_five_minutes_in_every_spelling() {
    let app = TestApp::start().await;
    let (head, authenticator) = enrolled(&app, Role::Head).await;
    let operations = fresh_operations();
    assert!(operations.len() >= 20, "{operations:?}");
    for path in ["/answer/pdf", "/disposition/pdf", "/external-answer"] {
        assert!(
            operations.iter().any(|(_, other)| other.ends_with(path)),
            "{path}"
        );
    }
    app.clock.advance(TimeDelta::minutes(5));
    for (method, path) in &operations {
        let answer = head
            .ask(&Request {
                method: method.clone(),
                path,
                body: Some(("application/json", b"{}".to_vec())),
                headers: &[],
            })
            .await;
        let challenge = answer
            .header("www-authenticate")
            .unwrap_or_default()
            .to_owned();
        answer.refused(401, "step_up_required");
        assert!(
            challenge.contains("error=\"insufficient_user_authentication\"")
                && challenge.contains("max_age=\"300\""),
            "{challenge}"
        );
        let path = path.replacen("/api", "/%61pi", 1);
        let respelled = respelled(&app, &head, method.clone(), &path).await;
        assert!(
            respelled.contains("step_up_required"),
            "{path}: {respelled}"
        );
    }
    head.get("/api/v1/desk").await.expect(200);
    head.post("/api/v1/me/step-up", json!({"code": "000000"}))
        .await
        .refused(401, "bad_second_factor");
    let code = authenticator.code(app.clock.now());
    head.post("/api/v1/me/step-up", json!({"code": code}))
        .await
        .expect(204);
    let key = json!({"name": "Arsip", "scopes": ["applications:read"], "last_day": "2026-12-31"});
    head.post("/api/v1/integrations", key.clone())
        .await
        .expect(201);
    app.clock.advance(TimeDelta::minutes(5));
    head.post("/api/v1/integrations", key)
        .await
        .refused(401, "step_up_required");
}

/// Neither another session of the account nor another person's code makes a session fresh, and the
/// code of a sign-in is no second proof.
#[actix_web::test]
async fn a_fresh_proof_counts_for_its_own_session_and_a_code_of_a_sign_in_not_again() {
    let app = TestApp::start().await;
    let (head, authenticator) = enrolled(&app, Role::Head).await;
    let (_, of_another) = enrolled(&app, Role::PjiStaff).await;
    app.clock.advance(TimeDelta::minutes(5));
    let first = sign_in(&app, &head).await;
    let code = authenticator.code(app.clock.now());
    let tokens = complete(&app, &first, json!({"code": code})).await;
    let second = head.with_token(text(&tokens, "access_token"));
    let end = "/api/v1/me/sessions";
    let delete = async |person: &Person| {
        person
            .ask(&Request {
                method: reqwest::Method::DELETE,
                path: end,
                body: None,
                headers: &[],
            })
            .await
    };
    // The second session was proved just now, the first five minutes ago.
    delete(&head).await.refused(401, "step_up_required");
    let others = of_another.code(app.clock.now());
    for wrong in [code, others] {
        head.post("/api/v1/me/step-up", json!({"code": wrong}))
            .await
            .refused(401, "bad_second_factor");
    }
    delete(&head).await.refused(401, "step_up_required");
    app.clock.advance(TimeDelta::minutes(5));
    let next = authenticator.code(app.clock.now());
    head.post("/api/v1/me/step-up", json!({"code": next}))
        .await
        .expect(204);
    delete(&second).await.refused(401, "step_up_required");
    assert_eq!(delete(&head).await.status, 204);
}

#[actix_web::test]
async fn an_account_without_a_second_factor_is_not_asked_for_a_fresh_one() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    app.clock.advance(TimeDelta::minutes(14));
    let key = json!({"name": "Arsip", "scopes": ["applications:read"], "last_day": "2026-12-31"});
    staff.post("/api/v1/integrations", key).await.expect(201);
}

#[actix_web::test]
async fn the_last_second_factor_stays_where_one_is_required_and_goes_where_none_is() {
    for (flags, status) in [(REQUIRED, 409), (&[][..], 204)] {
        let app = TestApp::start_with(flags).await;
        let (staff, _) = enrolled(&app, Role::PjiStaff).await;
        let factors = staff.get("/api/v1/me/mfa").await.expect(200);
        let id = factors["factors"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/me/mfa/factors/{id}");
        let delete = |path| {
            staff.ask(&Request {
                method: reqwest::Method::DELETE,
                path,
                body: None,
                headers: &[],
            })
        };
        delete("/api/v1/me/mfa/factors/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70")
            .await
            .refused(404, "not_found");
        assert_eq!(delete(&path).await.status, status);
        let expected = if status == 204 { 200 } else { 202 };
        assert_eq!(sign_in(&app, &staff).await.status, expected);
    }
}

#[actix_web::test]
async fn a_new_app_replaces_the_old_one_only_when_it_is_confirmed() {
    let app = TestApp::start().await;
    let (staff, old) = enrolled(&app, Role::PjiStaff).await;
    let new = staff
        .post("/api/v1/me/mfa/totp", json!({"label": "Ponsel baru"}))
        .await
        .expect(201);
    let new = Authenticator {
        secret: new["secret"].as_str().unwrap().to_owned(),
        recovery_codes: Vec::new(),
    };
    let confirm =
        |code: String| staff.post("/api/v1/me/mfa/totp/confirmation", json!({"code": code}));
    confirm(old.code(app.clock.now()))
        .await
        .refused(401, "bad_second_factor");
    staff
        .post(
            "/api/v1/me/step-up",
            json!({"code": old.code(app.clock.now())}),
        )
        .await
        .expect(204);
    let confirmed = confirm(new.code(app.clock.now())).await.expect(200);
    assert_eq!(confirmed["recovery_codes"], json!([]), "the codes are kept");
    app.clock.advance(TimeDelta::seconds(30));
    let first = sign_in(&app, &staff).await;
    complete(&app, &first, json!({"code": old.code(app.clock.now())}))
        .await
        .refused(401, "bad_second_factor");
    complete(&app, &first, json!({"code": new.code(app.clock.now())}))
        .await
        .expect(200);
    confirm("123456".to_owned()).await.refused(409, "conflict");
}

#[actix_web::test]
async fn a_reset_by_the_command_removes_factors_and_sessions_and_tells_the_owner() {
    let app = TestApp::start_with(REQUIRED).await;
    let (staff, _) = enrolled(&app, Role::PjiStaff).await;
    let mut transaction = app.database.begin().await.unwrap();
    identity::second_factor::reset(&mut transaction, &staff.email, app.clock.now())
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    staff
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    let again = sign_in(&app, &staff).await;
    assert_eq!(again.body["enrolment_required"], true);
    assert_eq!(journal(&app, "reset_second_factor").await, 1);
}
