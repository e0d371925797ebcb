//! Passwords: the refusal of a wrong one, the rules for a new one, and the sessions that a change
//! ends.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::{another_session, journal, sign_in};
use crate::support::{Answer, Person, TestApp};

async fn change(person: &Person, current: &str, new: &str) -> Answer {
    person
        .post(
            "/api/v1/me/password",
            json!({"current_password": current, "new_password": new}),
        )
        .await
}

/// A refusal without the request id.
fn words(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut()
        .expect("a problem is an object")
        .remove("trace_id");
    body
}

#[actix_web::test]
async fn an_unknown_user_and_a_wrong_password_read_the_same() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let wrong = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": staff.email, "password": "bukan kata sandinya"}),
        )
        .await;
    let unknown = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": "tidak.ada@bspji.example", "password": "bukan kata sandinya"}),
        )
        .await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.body["code"], "bad_credentials");
    assert_eq!(words(&wrong), words(&unknown));
}

#[actix_web::test]
async fn the_case_of_an_email_makes_no_difference() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let answer = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": staff.email.to_uppercase(), "password": staff.password}),
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn a_new_password_needs_the_current_one() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let refusal = change(&staff, "bukan kata sandinya", "perahu hijau menuju hulu").await;
    assert_eq!(
        (refusal.status, &refusal.body["errors"][0]["pointer"]),
        (422, &json!("/current_password"))
    );
    assert_eq!(sign_in(&app, &staff).await.status, 200);
}

#[actix_web::test]
async fn a_new_password_opens_and_the_former_one_does_not() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    assert_eq!(
        change(&staff, &staff.password, "perahu hijau menuju hulu")
            .await
            .status,
        204
    );
    assert_eq!(sign_in(&app, &staff).await.status, 401);
    let answer = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": staff.email, "password": "perahu hijau menuju hulu"}),
        )
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(journal(&app, "change_password").await, 1);
}

#[actix_web::test]
async fn changing_the_password_ends_every_other_session_on_its_next_request() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let other = another_session(&app, &staff).await;
    assert_eq!(other.get("/api/v1/me").await.status, 200);
    assert_eq!(
        change(&staff, &staff.password, "perahu hijau menuju hulu")
            .await
            .status,
        204
    );
    assert_eq!(other.get("/api/v1/me").await.status, 401);
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn a_short_common_or_telling_password_is_refused() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    for (new, code) in [
        ("pendek", "too_short"),
        ("password1234", "too_common"),
        ("letmein12345", "too_common"),
        ("Palembang2026!", "too_common"),
        ("bspjipalembang", "too_guessable"),
        (&*staff.email, "like_the_email"),
        (&*"x y".repeat(70), "too_long"),
    ] {
        let refusal = change(&staff, &staff.password, new).await;
        let item = &refusal.body["errors"][0];
        assert_eq!(
            (refusal.status, &item["pointer"], &item["code"]),
            (422, &json!("/new_password"), &json!(code)),
            "{new}"
        );
    }
}

/// The names of the office, the person and the organisation are public.
#[actix_web::test]
async fn a_password_made_of_what_is_known_of_its_owner_is_refused_everywhere() {
    let app = TestApp::start().await;
    let address = json!({"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    let form = |password: &str| {
        let organisation = json!({"name": "PT Getah Ogan Lestari", "address": address});
        json!({"email": "wulan@getah.example", "password": password, "display_name": "Wulan Pratiwi", "organisation": organisation})
    };
    for bad in [
        "GetahOgan2026!",
        "pratiwi-wulan-90",
        "Sertifikasi2026!",
        "P@l3mb@ng#2026",
    ] {
        let refusal = app
            .nobody()
            .post("/api/v1/auth/register", form(bad))
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], "/password", "{bad}");
        assert!(
            ["too_guessable", "too_common"]
                .contains(&refusal["errors"][0]["code"].as_str().unwrap()),
            "{bad}: {refusal}"
        );
        assert!(
            !refusal.to_string().contains(bad),
            "a refusal repeats no password"
        );
    }
    app.nobody()
        .post("/api/v1/auth/register", form("kuda benar baterai"))
        .await
        .expect(202);
    let tokens = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": "wulan@getah.example", "password": "kuda benar baterai"}),
        )
        .await;
    let wulan = app
        .nobody()
        .with_token(super::text(&tokens, "access_token"));
    let refusal = change(&wulan, "kuda benar baterai", "GetahOgan2026!")
        .await
        .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["code"], "too_guessable");
}

/// The same password typed on two keyboards.
#[actix_web::test]
async fn a_password_is_normalised_before_it_is_hashed_and_checked() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    assert_eq!(
        change(&staff, &staff.password, "pe\u{301}rahu hijau ke hulu")
            .await
            .status,
        204
    );
    for typed in [
        "p\u{e9}rahu hijau ke hulu",
        "pe\u{301}rahu hijau ke hulu",
        "\u{ff50}\u{e9}rahu hijau ke hulu",
    ] {
        let answer = app
            .nobody()
            .post(
                "/api/v1/auth/login",
                json!({"email": staff.email, "password": typed}),
            )
            .await;
        assert_eq!(answer.status, 200, "{typed}");
    }
    let other = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": staff.email, "password": "perahu hijau ke hulu"}),
        )
        .await;
    assert_eq!(other.status, 401);
}

/// The hash of a password that was not normalised accepts the original text, and is replaced at the
/// sign-in.
#[actix_web::test]
async fn a_hash_of_an_unnormalised_password_still_opens_and_is_made_anew() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let typed = "pe\u{301}rahu hijau ke hulu";
    let older = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19_456, 2, 1, None).unwrap(),
    );
    let older = older.hash_password(typed.as_bytes()).unwrap().to_string();
    let update = sqlx::query("update app_user set password_hash = $2 where id = $1")
        .bind(staff.id)
        .bind(older);
    update.execute(&mut app.sql().await).await.unwrap();
    let login = async |typed: &str| {
        app.nobody()
            .post(
                "/api/v1/auth/login",
                json!({"email": staff.email, "password": typed}),
            )
            .await
            .status
    };
    let composed = "p\u{e9}rahu hijau ke hulu";
    assert_eq!(
        (
            login(composed).await,
            login(typed).await,
            login(composed).await
        ),
        (401, 200, 200)
    );
}

#[actix_web::test]
async fn a_hash_of_weaker_parameters_is_made_anew_at_the_next_sign_in() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let weak = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(8_192, 1, 1, None).unwrap(),
    );
    let weak = weak
        .hash_password(staff.password.as_bytes())
        .unwrap()
        .to_string();
    let update = sqlx::query("update app_user set password_hash = $2 where id = $1")
        .bind(staff.id)
        .bind(weak);
    update.execute(&mut app.sql().await).await.unwrap();
    assert_eq!(sign_in(&app, &staff).await.status, 200);
    let kept =
        sqlx::query_scalar("select password_hash from app_user where id = $1").bind(staff.id);
    let kept: String = kept.fetch_one(&mut app.sql().await).await.unwrap();
    assert!(
        kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{kept}"
    );
    assert_eq!(sign_in(&app, &staff).await.status, 200);
}
