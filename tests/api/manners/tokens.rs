//! Manipulated tokens, and changes that users may make to their own account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use crate::support::TestApp;

#[actix_web::test]
async fn a_token_that_was_changed_is_refused() {
    let app = TestApp::start().await;
    let (staff, admin) = (app.staff(Role::Head).await, app.staff(Role::Admin).await);
    let parts: Vec<String> = staff
        .token
        .clone()
        .unwrap()
        .split('.')
        .map(str::to_owned)
        .collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let write = |value: &Value| URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap());
    let mut claims = read(&parts[1]);
    claims["sub"] = json!(admin.id);
    let mut later = read(&parts[1]);
    later["exp"] = json!(4_000_000_000_i64);
    let mut none = read(&parts[0]);
    none["alg"] = json!("none");
    let mut symmetric = read(&parts[0]);
    symmetric["alg"] = json!("HS256");
    let others = admin.token.clone().unwrap();
    let theirs: Vec<&str> = others.split('.').collect();
    for forged in [
        format!("{}.{}.{}", parts[0], write(&claims), parts[2]),
        format!("{}.{}.{}", parts[0], write(&later), parts[2]),
        format!("{}.{}.", write(&none), write(&claims)),
        format!("{}.{}.{}", write(&symmetric), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], theirs[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}.x", parts[0], parts[1], parts[2]),
        staff.refresh_token.clone().unwrap(),
    ] {
        app.nobody()
            .with_token(&forged)
            .get("/api/v1/me")
            .await
            .refused(401, "unauthenticated");
    }
    staff.get("/api/v1/me").await.expect(200);
}

#[actix_web::test]
async fn a_list_in_the_place_of_a_form_is_refused() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Head).await;
    let body = json!([staff.email, staff.password]);
    let refusal = app
        .nobody()
        .post("/api/v1/auth/login", body)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["code"], "wrong_type");
}

#[actix_web::test]
async fn an_access_token_refreshes_nothing() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Head).await;
    for token in [
        staff.token.clone().unwrap(),
        String::new(),
        "x".repeat(100_000),
        "a\u{0}b".replace('\0', ""),
    ] {
        app.nobody()
            .post("/api/v1/auth/refresh", json!({"refresh_token": token}))
            .await
            .refused(401, "invalid_refresh_token");
    }
}
