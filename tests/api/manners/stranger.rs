//! Authorisation against a caller with the contract, an account, and ids of resources without
//! access.

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{operations, send};
use crate::certification::Office;
use crate::certification::office::{Until, application, pdf};
use crate::support::TestApp;

#[actix_web::test]
async fn no_form_takes_what_is_not_its_to_give() {
    let office = Office::open().await;
    let mine = office.bare_draft().await;
    let admin = office.app.staff(Role::Admin).await;
    for (field, value) in [
        ("stage", json!("notice_sent")),
        ("number", json!("P-2026-99999")),
        ("customer_id", json!(office.head.id)),
        ("office_id", json!(office.head.id)),
        ("id", json!(office.head.id)),
        ("round", json!(7)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
    ] {
        let mut form = application();
        form[field] = value.clone();
        office
            .customer
            .post("/api/v1/applications", form)
            .await
            .refused(422, "invalid_content");
        office
            .customer
            .patch(&mine, json!({field: value}), Some("*"))
            .await
            .refused(422, "invalid_content");
    }
    let address = json!({"street": "Jl. Musi 1", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    let organisation = json!({"name": "PT Karet", "address": address});
    for (field, value) in [
        ("roles", json!(["admin"])),
        ("active", json!(true)),
        ("customer_id", json!(office.head.id)),
        ("office_id", json!(office.head.id)),
    ] {
        let mut form = json!({"email": "z@z.example", "password": "kuda benar baterai", "display_name": "Z", "organisation": organisation});
        form[field] = value.clone();
        office
            .app
            .nobody()
            .post("/api/v1/auth/register", form)
            .await
            .refused(422, "invalid_content");
        if field != "active" {
            admin
                .patch(
                    &format!("/api/v1/users/{}", office.head.id),
                    json!({field: value}),
                    Some("*"),
                )
                .await
                .refused(422, "invalid_content");
        }
    }
}

#[actix_web::test]
async fn the_files_of_another_customer_do_not_exist() {
    let office = Office::open().await;
    let theirs = office.case(Until::AwaitingCustomer).await;
    let sent = office.case(Until::Sent).await;
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let owner = office.customer.get("/api/v1/me").await.expect(200)["customer_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let stranger = office.app.customer().await;
    let mut tried = 0;
    for operation in operations().into_iter().filter(|one| {
        one.path.contains("/applications/{id}") || one.path.contains("/billings/{id}")
    }) {
        for case in [&theirs, &sent] {
            let id = if operation.path.contains("billings") {
                billing.as_str()
            } else {
                case.rsplit('/').next().unwrap()
            };
            let path = operation
                .address()
                .replace("0192f0c1-2b3c-7def-8123-456789abcdef", id);
            let body = match operation.id.as_str() {
                "amend_application" => json!({"scope": "x"}),
                "propose_audit" => office.proposal(),
                "draft_audit_notice" => office.notice(),
                "dispatch_audit_notice" => office.dispatch(),
                "sign_audit_notice" => json!({}),
                "initial_audit_notice" => json!({"as": "letter"}),
                "complete_application" => crate::certification::office::completion(),
                "verify_documents" => json!({"items": []}),
                "record_payment" => {
                    json!({"ntpn": "A1B2C3D4E5F6G7H8", "paid_at": office.app.clock.now(), "amount": 1})
                }
                "record_audit_time" => crate::certification::attempts::audit_time(),
                "suggest_cost" => json!({"proposed_team": [], "audit_days": 1}),
                "suggest_team" => json!({"first_day": "2026-08-03", "audit_days": 1}),
                _ => json!({"reason": "Karena ingin tahu."}),
            };
            let answer = if operation.id == "attach_document" {
                stranger.upload(&path, pdf("x")).await
            } else {
                send(
                    &stranger,
                    operation.method.clone(),
                    &path,
                    &body,
                    &[("if-match", "*")],
                )
                .await
            };
            assert_eq!(
                (answer.status, answer.code()),
                (404, "not_found"),
                "{} {path}: {}",
                operation.method,
                answer.body
            );
            tried += 1;
        }
    }
    assert!(tried >= 40, "{tried}");
    for path in [
        format!("applications?customer={owner}"),
        format!("applications?customer={owner}&count=true"),
        "applications".into(),
        "billings".into(),
        "audit-notices".into(),
        "desk".into(),
    ] {
        let page = stranger.get(&format!("/api/v1/{path}")).await.expect(200);
        assert_eq!(
            (&page["items"], page["count"].as_i64().unwrap_or(0)),
            (&json!([]), 0),
            "{path}"
        );
    }
    let of_theirs = format!(
        "/api/v1/billings?application={}",
        sent.rsplit('/').next().unwrap()
    );
    assert_eq!(
        stranger.get(&of_theirs).await.expect(200)["items"],
        json!([])
    );
}

#[actix_web::test]
async fn a_cursor_from_another_shows_nothing_of_theirs() {
    let office = Office::open().await;
    for _ in 0..3 {
        office.bare_draft().await;
    }
    let page = office
        .customer
        .get("/api/v1/applications?limit=1")
        .await
        .expect(200);
    let stranger = office.app.customer().await;
    let stolen = stranger
        .get(&format!(
            "/api/v1/applications?limit=1&cursor={}",
            page["next_cursor"].as_str().unwrap()
        ))
        .await;
    assert_eq!(stolen.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn a_stranger_who_knows_a_key_gets_no_stored_reply() {
    let office = Office::open().await;
    let case = office.draft().await;
    let key = [("idempotency-key", "0b9d1a34")];
    super::ask(
        &office.customer,
        Method::POST,
        &format!("{case}/submission"),
        &key,
    )
    .await
    .expect(200);
    let stranger = office.app.customer().await;
    let answer = super::ask(&stranger, Method::POST, &format!("{case}/submission"), &key).await;
    assert_eq!(
        (answer.header("idempotency-replayed"), answer.status),
        (None, 404)
    );
}

#[actix_web::test]
async fn whoever_was_deactivated_or_signed_out_is_nobody_everywhere() {
    let app = TestApp::start().await;
    let (admin, leaver, left) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Head).await,
        app.staff(Role::Head).await,
    );
    app.switch(&admin, &leaver.id.to_string(), false)
        .await
        .expect(200);
    assert_eq!(left.act("/api/v1/auth/logout").await.status, 204);
    let mut tried = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.path.starts_with("/api/v1") && !one.is_confidential())
    {
        for person in [&leaver, &left] {
            send(
                person,
                operation.method.clone(),
                &operation.address(),
                &json!({}),
                &[],
            )
            .await
            .refused(401, "unauthenticated");
            tried += 1;
        }
    }
    assert!(tried > 90);
}

#[actix_web::test]
async fn an_expired_token_is_nobody_everywhere() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::Head).await;
    app.clock.advance(chrono::TimeDelta::minutes(16));
    for operation in operations()
        .into_iter()
        .filter(|one| one.path.starts_with("/api/v1") && !one.is_confidential())
    {
        send(
            &staff,
            operation.method.clone(),
            &operation.address(),
            &json!({}),
            &[],
        )
        .await
        .refused(401, "unauthenticated");
    }
}
