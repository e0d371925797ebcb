//! Throttling of sign-ins: slows an attacker down without locking the owner out.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{sign_in, text};
use crate::support::{Answer, Person, TestApp};

async fn guess(guesser: &Person, email: &str) -> Answer {
    guesser
        .post(
            "/api/v1/auth/login",
            json!({"email": email, "password": "tebakan asal saja"}),
        )
        .await
}

#[actix_web::test]
async fn a_stranger_who_hammers_an_account_cannot_lock_its_owner_out() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await.sign_in_again().await;
    let stranger = app.nobody().calling_from("127.0.0.9");
    for _ in 0..10 {
        assert_eq!(guess(&stranger, &owner.email).await.status, 401);
    }
    let refusal = guess(&stranger, &owner.email).await;
    assert_eq!(
        (
            refusal.status,
            text(&refusal, "code"),
            refusal.header("retry-after")
        ),
        (429, "too_many_requests", Some("901"))
    );
    assert_eq!(
        guess(&app.nobody().calling_from("127.0.0.10"), &owner.email)
            .await
            .status,
        429,
        "unknown callers share one count"
    );
    assert_eq!(
        sign_in(&app, &owner).await.status,
        200,
        "the owner's address is known"
    );
}

#[actix_web::test]
async fn an_account_that_does_not_exist_is_throttled_alike() {
    let app = TestApp::start().await;
    let stranger = app.nobody().calling_from("127.0.0.9");
    for _ in 0..10 {
        assert_eq!(
            guess(&stranger, "tidak.ada@bspji.example").await.status,
            401
        );
    }
    let refusal = guess(&stranger, "TIDAK.ada@bspji.example").await;
    assert_eq!(
        (refusal.status, refusal.header("retry-after")),
        (429, Some("901"))
    );
}

#[actix_web::test]
async fn a_known_address_has_a_count_of_its_own() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await.sign_in_again().await;
    for _ in 0..10 {
        assert_eq!(guess(&app.nobody(), &owner.email).await.status, 401);
    }
    assert_eq!(sign_in(&app, &owner).await.status, 429);
    let elsewhere = app.nobody().calling_from("127.0.0.9");
    let login = json!({"email": owner.email, "password": owner.password});
    assert_eq!(
        elsewhere.post("/api/v1/auth/login", login).await.status,
        200,
        "the count of unknown callers is not used up"
    );
}

#[actix_web::test]
async fn failures_are_forgotten_after_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    for _ in 0..10 {
        guess(&app.nobody(), &owner.email).await;
    }
    app.clock
        .advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    assert_eq!(sign_in(&app, &owner).await.status, 429);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(sign_in(&app, &owner).await.status, 200);
}

#[actix_web::test]
async fn a_good_sign_in_forgives_the_mistakes_before_it() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(guess(&app.nobody(), &owner.email).await.status, 401);
        }
        assert_eq!(sign_in(&app, &owner).await.status, 200);
    }
}

#[actix_web::test]
async fn many_guesses_at_once_are_all_counted() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    let stranger = app.nobody().calling_from("127.0.0.9");
    let answers = join_all((0..30).map(|_| guess(&stranger, &owner.email))).await;
    let weighed = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(
        weighed,
        10,
        "{:?}",
        answers
            .iter()
            .map(|answer| answer.status)
            .collect::<Vec<_>>()
    );
}

#[actix_web::test]
async fn a_current_password_cannot_be_guessed_with_a_stolen_token() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    let form = json!({"current_password": "tebakan asal saja", "new_password": "perahu hijau menuju hulu"});
    for _ in 0..10 {
        assert_eq!(
            owner.post("/api/v1/me/password", form.clone()).await.status,
            422
        );
    }
    assert_eq!(owner.post("/api/v1/me/password", form).await.status, 429);
}

#[actix_web::test]
async fn one_address_does_not_register_without_end() {
    let app = TestApp::start().await;
    let mut statuses = Vec::new();
    for _ in 0..21 {
        statuses.push(
            app.nobody()
                .post("/api/v1/auth/register", registration())
                .await
                .status,
        );
    }
    assert_eq!((statuses[0], statuses[19], statuses[20]), (202, 202, 429));
}

fn registration() -> serde_json::Value {
    let address = json!({"street": "Jl. Musi 1", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    json!({"email": "siti@karetmusi.example", "password": "kuda benar baterai", "display_name": "Siti", "organisation": {"name": "PT Karet", "address": address}})
}

#[actix_web::test]
async fn the_tables_of_throttling_name_nobody() {
    let app = TestApp::start().await;
    guess(&app.nobody(), "tidak.ada@bspji.example").await;
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select account_tag, address_tag from login_failure")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let bare = service_desk::secrecy::sha256(b"tidak.ada@bspji.example");
    assert!(
        rows.iter().all(|(account, address)| account.len() == 32
            && address.len() == 32
            && account != &bare)
    );
    assert_eq!(rows.len(), 1);
}
