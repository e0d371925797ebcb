//! Signing keys: published without their private half, and rotated under running servers.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::identity::keys::rotate;
use service_desk::sop::role::Role;

use super::{journal, sign_in, text};
use crate::support::TestApp;

const PATH: &str = "/.well-known/jwks.json";

async fn published(app: &TestApp) -> Vec<String> {
    let keys = app.nobody().get(PATH).await;
    keys.body["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|key| {
            key["kid"]
                .as_str()
                .expect("every key has a name")
                .to_owned()
        })
        .collect()
}

fn kid(token: &str) -> String {
    use base64::Engine as _;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap_or_default())
        .expect("a token begins with Base64");
    let header: Value = serde_json::from_slice(&header).expect("the header is JSON");
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("EdDSA"), &json!("at+jwt"))
    );
    header["kid"]
        .as_str()
        .expect("the header names a key")
        .to_owned()
}

#[actix_web::test]
async fn anybody_may_read_the_keys_and_keep_them_for_a_while() {
    let app = TestApp::start().await;
    let keys = app.nobody().get(PATH).await;
    assert_eq!(
        (keys.status, keys.header("cache-control")),
        (200, Some("public, max-age=300"))
    );
    let keys = keys.body["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "the active one and the next");
    assert!(
        keys.iter()
            .all(|key| key["crv"] == "Ed25519" && key["use"] == "sig" && key.get("d").is_none())
    );
}

#[actix_web::test]
async fn a_token_names_a_published_key() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let tokens = sign_in(&app, &staff).await;
    assert!(
        published(&app)
            .await
            .contains(&kid(text(&tokens, "access_token")))
    );
}

#[actix_web::test]
async fn after_a_rotation_old_tokens_live_out_their_life_and_new_ones_have_the_next_key() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let before = published(&app).await;
    let old = kid(text(&sign_in(&app, &staff).await, "access_token"));
    rotate(&app.database, &app.master_key, app.clock.now())
        .await
        .unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    let new = kid(text(&sign_in(&app, &staff).await, "access_token"));
    assert!(
        new != old && before.contains(&new),
        "the next key was published before it signed"
    );
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
    assert_eq!(published(&app).await.len(), 3);
    app.clock.advance(TimeDelta::minutes(59));
    assert!(!published(&app).await.contains(&old));
    assert_eq!(journal(&app, "rotate_signing_key").await, 1);
}

/// Moves the retirement of keys by some hours in the database.
async fn move_retirement(app: &TestApp, hours: i32) {
    let update =
        sqlx::query("update signing_key set retired_at = retired_at + make_interval(hours => $1)")
            .bind(hours);
    update
        .execute(&mut app.sql().await)
        .await
        .expect("the keys can be changed");
}

#[actix_web::test]
async fn a_withdrawn_key_is_believed_no_more_and_an_unknown_one_makes_the_server_look_again() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    assert_eq!(
        staff.get("/api/v1/me").await.status,
        200,
        "the token is in the cache of verified tokens"
    );
    rotate(&app.database, &app.master_key, app.clock.now())
        .await
        .unwrap();
    move_retirement(&app, -2).await;
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        staff.get("/api/v1/me").await.status,
        401,
        "remembered or not"
    );
    move_retirement(&app, 2).await;
    assert_eq!(
        staff.get("/api/v1/me").await.status,
        401,
        "the key set was loaded just now"
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn private_halves_are_sealed_and_a_retired_one_is_destroyed() {
    let app = TestApp::start().await;
    rotate(&app.database, &app.master_key, app.clock.now())
        .await
        .unwrap();
    let rows: Vec<(String, Option<Vec<u8>>)> =
        sqlx::query_as("select state, sealed from signing_key order by state")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let states: Vec<_> = rows
        .iter()
        .map(|(state, sealed)| (state.as_str(), sealed.is_some()))
        .collect();
    assert_eq!(
        states,
        [("active", true), ("next", true), ("retired", false)]
    );
    let pkcs8_head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05];
    assert!(
        rows.iter()
            .filter_map(|(_, sealed)| sealed.as_ref())
            .all(|sealed| !sealed
                .windows(pkcs8_head.len())
                .any(|part| part == pkcs8_head))
    );
}

#[actix_web::test]
async fn many_who_rotate_at_once_leave_one_active_key_and_one_next() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    let outcomes =
        futures_util::future::join_all((0..4).map(|_| rotate(&app.database, &app.master_key, now)))
            .await;
    assert!(outcomes.iter().all(Result::is_ok));
    let living = sqlx::query_scalar("select count(*) from signing_key where state <> 'retired'");
    let living: i64 = living.fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(living, 2);
}
