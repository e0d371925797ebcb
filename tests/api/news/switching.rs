//! Switching webhooks off: by the owner, or by an administrator for any user of the office; an
//! administrator never sees the secret.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::inbox;
use super::receiver::Receiver;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::{Answer, Person, Request, TestApp};

/// A webhook of `person` at `url`: its path, and its secret.
async fn webhook(person: &Person, url: &str) -> (String, String) {
    let made = person
        .post(
            "/api/v1/webhooks",
            json!({"url": url, "events": ["application.stage_changed"]}),
        )
        .await
        .expect(201);
    (
        format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

async fn switch_off(person: &Person, hook: &str) -> Answer {
    person
        .post(
            &format!("{hook}/deactivation"),
            json!({"reason": "Penerima tidak dikenal lagi."}),
        )
        .await
}

async fn lift(person: &Person, hook: &str) -> Answer {
    person
        .ask(&Request {
            method: Method::DELETE,
            path: &format!("{hook}/deactivation"),
            body: None,
            headers: &[],
        })
        .await
}

/// Task, actor and note of each journal entry about webhooks, in order.
async fn journal(app: &TestApp) -> Vec<(String, String, Option<String>)> {
    let entries =
        "select task, actor_id::text, note from journal where subject = 'webhook' order by seq";
    sqlx::query_as(entries)
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn an_administrator_switches_off_any_webhook_of_the_office_and_its_keepers_are_told() {
    let office = Office::open().await;
    let receiver = Receiver::start().await;
    let (hook, secret) = webhook(&office.customer, &receiver.url).await;
    let admin = office.app.staff(Role::Admin).await;
    let listed = admin.get("/api/v1/webhooks").await.expect(200)["items"][0].clone();
    let me = office.customer.get("/api/v1/me").await.expect(200);
    assert_eq!(
        (&listed["owner_id"], &listed["customer_id"]),
        (&json!(office.customer.id), &me["customer_id"]),
        "the owner"
    );

    let off = switch_off(&admin, &hook).await.expect(200);

    assert_eq!(
        (&off["active"], &off["disabled_for"]),
        (&json!(false), &json!("administrator"))
    );
    let said = off.to_string();
    assert!(
        !said.contains(&secret) && !said.contains("from=desk"),
        "neither secret nor path: {said}"
    );
    let newest = inbox(&office.customer).await.remove(0);
    assert_eq!(
        (newest["kind"].as_str(), newest["link"].as_str()),
        (Some("webhook_disabled"), Some(hook.as_str()))
    );
    assert_eq!(
        newest["text"]["en"],
        "An administrator of the office switched your webhook off."
    );
    office.case(Until::Submitted).await;
    office.app.work().await;
    assert_eq!(receiver.calls().len(), 0);

    let before = admin.get(&hook).await.etag();
    assert_eq!(
        switch_off(&admin, &hook).await.etag(),
        before,
        "again is harmless"
    );
    let refusal = office
        .customer
        .patch(&hook, json!({"active": true}), Some("*"))
        .await
        .refused(409, "conflict");
    assert_eq!(
        refusal["detail"],
        "Dimatikan administrator kantor; tanyakan kepada kantor."
    );
    office
        .customer
        .patch(&hook, json!({"url": "https://hooks.example/"}), Some("*"))
        .await
        .expect(200);
    assert_eq!(
        office.customer.get(&hook).await.expect(200)["disabled_for"],
        "administrator"
    );
    let notes: Vec<_> = journal(&office.app)
        .await
        .into_iter()
        .filter(|(task, _, _)| task == "deactivate_webhook")
        .collect();
    assert_eq!(
        notes,
        [(
            "deactivate_webhook".to_owned(),
            admin.id.to_string(),
            Some("Penerima tidak dikenal lagi.".to_owned())
        )]
    );
}

#[actix_web::test]
async fn what_an_administrator_switched_off_goes_on_when_an_administrator_lifts_that() {
    let office = Office::open().await;
    let receiver = Receiver::start().await;
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    let admin = office.app.staff(Role::Admin).await;
    assert_eq!(
        lift(&admin, &hook).await.refused(409, "conflict")["detail"],
        "Webhook ini tidak dimatikan administrator."
    );
    switch_off(&admin, &hook).await.expect(200);
    lift(&office.customer, &hook)
        .await
        .refused(403, "forbidden");
    lift(
        &admin,
        "/api/v1/webhooks/0192f0c1-2b3c-7def-8123-456789abcdef",
    )
    .await
    .refused(404, "not_found");

    assert_eq!(lift(&admin, &hook).await.status, 204);

    let on: Value = office.customer.get(&hook).await.expect(200);
    assert_eq!(
        (&on["active"], &on["disabled_for"], &on["failures"]),
        (&json!(true), &json!(null), &json!(0))
    );
    office.case(Until::Submitted).await;
    office.app.work().await;
    assert_eq!(receiver.calls().len(), 1);
    let tasks: Vec<_> = journal(&office.app)
        .await
        .into_iter()
        .map(|(task, _, _)| task)
        .collect();
    assert_eq!(
        tasks,
        [
            "create_webhook",
            "deactivate_webhook",
            "lift_webhook_deactivation"
        ]
    );
}

#[actix_web::test]
async fn a_keeper_switches_their_own_off_and_on_and_nobody_else_does() {
    let office = Office::open().await;
    let (hook, _) = webhook(&office.customer, "https://hooks.example/").await;
    let stranger = office.app.customer().await;
    for person in [&stranger, &office.head] {
        switch_off(person, &hook).await.refused(404, "not_found");
    }
    for reason in ["", " ", "satu\nbaris", &"x".repeat(301)] {
        let refusal = office
            .customer
            .post(&format!("{hook}/deactivation"), json!({"reason": reason}))
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], "/reason");
    }
    assert_eq!(
        switch_off(&office.customer, &hook).await.expect(200)["disabled_for"],
        "owner"
    );
    assert!(
        inbox(&office.customer).await.is_empty(),
        "the user of the change gets no notification"
    );
    let on = office
        .customer
        .patch(&hook, json!({"active": true}), Some("*"))
        .await
        .expect(200);
    assert_eq!(
        (&on["active"], &on["disabled_for"]),
        (&json!(true), &json!(null))
    );

    // An administrator can also switch off a webhook that its owner has switched off; then the
    // owner cannot switch it on again.
    switch_off(&office.customer, &hook).await.expect(200);
    let admin = office.app.staff(Role::Admin).await;
    assert_eq!(
        switch_off(&admin, &hook).await.expect(200)["disabled_for"],
        "administrator"
    );
    office
        .customer
        .patch(&hook, json!({"active": true}), Some("*"))
        .await
        .refused(409, "conflict");
}
