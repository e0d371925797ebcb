//! Webhooks over real connections: signed, retried, redelivered, switched off, never sent into an
//! internal network, and never about a file that the owner may not see.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::casework::worker::JobContext;
use service_desk::ids::DeliveryId;
use service_desk::sop::role::Role;
use service_desk::webhooks::Guard;
use service_desk::webhooks::delivery::deliver;
use uuid::Uuid;

use super::receiver::Receiver;
use super::running::Replica;
use super::{inbox, told};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::office::{ComplaintOffice, Until as ComplaintUntil};
use crate::support::{Person, Request, TestApp};

const STAGES: &str = "application.stage_changed";

/// A webhook of `person` at `url`: its path, and its secret.
async fn webhook(person: &Person, url: &str) -> (String, String) {
    let made = person
        .post(
            "/api/v1/webhooks",
            json!({"url": url, "events": [STAGES, "application.billing_paid"]}),
        )
        .await
        .expect(201);
    (
        format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap()),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

async fn deliveries(person: &Person, webhook: &str) -> Vec<Value> {
    person
        .get(&format!("{webhook}/deliveries"))
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// Waits until every delivery of the webhook has this state.
async fn settled(person: &Person, webhook: &str, state: &str, count: usize) -> Vec<Value> {
    for _ in 0..600 {
        let all = deliveries(person, webhook).await;
        if all.len() == count && all.iter().all(|one| one["state"] == state) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "not {count} {state}: {:#?}",
        deliveries(person, webhook).await
    );
}

fn job_desk(app: &TestApp) -> JobContext {
    let service = &app.service;
    JobContext {
        database: app.database.clone(),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    }
}

#[actix_web::test]
async fn a_customer_is_called_with_each_move_of_their_case_and_can_tell_that_it_is_us() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, secret) = webhook(&office.customer, &receiver.url).await;
    let case = office.case(Until::Filed).await;
    let calls = receiver.wait_for(2).await;
    assert!(
        calls.iter().all(|call| call.is_signed_with(&secret)
            && call.timestamp == office.app.clock.now().timestamp())
    );
    assert!(!calls[0].is_signed_with("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
    let mut bodies: Vec<_> = calls
        .iter()
        .map(super::receiver::ReceivedCall::json)
        .collect();
    bodies.sort_by_key(|body| body["data"]["version"].as_i64());
    let stages: Vec<_> = bodies
        .iter()
        .map(|body| {
            (
                body["type"].as_str().unwrap(),
                body["data"]["stage"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(stages, [(STAGES, "submitted"), (STAGES, "filed")]);
    let data = &bodies[0]["data"];
    assert_eq!(
        (data["application"].as_str(), data["number"].as_str()),
        (case.rsplit('/').next(), Some("P-2026-00001"))
    );
    let log = settled(&office.customer, &hook, "delivered", 2).await;
    assert!(log.iter().all(|one| one["attempts"] == 1
        && one["last_status"] == 204
        && one["last_code"].is_null()));
    assert!(
        log.iter()
            .all(|one| calls.iter().any(|call| one["event"] == call.id))
    );
    running.stop().await;
}

#[actix_web::test]
async fn a_receiver_that_fails_and_recovers_has_missed_nothing() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, secret) = webhook(&office.customer, &receiver.url).await;
    receiver.answer(503);
    office.case(Until::Submitted).await;
    receiver.wait_for(1).await;
    let mut seen = deliveries(&office.customer, &hook).await;
    while seen[0]["attempts"] == 0 {
        seen = deliveries(&office.customer, &hook).await;
    }
    assert_eq!(
        (&seen[0]["last_status"], &seen[0]["last_code"]),
        (&json!(503), &json!("status"))
    );
    receiver.answer(200);
    let log = settled(&office.customer, &hook, "delivered", 1).await;
    assert!(log[0]["attempts"].as_i64().unwrap() >= 2);
    let calls = receiver.calls();
    assert!(
        calls.iter().all(|call| call.id == calls[0].id
            && call.body == calls[0].body
            && call.is_signed_with(&secret)),
        "the same each time"
    );
    assert_eq!(office.customer.get(&hook).await.expect(200)["failures"], 0);
    running.stop().await;
}

#[actix_web::test]
async fn what_was_given_up_can_be_sent_again() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    receiver.answer(500);
    office.case(Until::Submitted).await;
    // The job engine uses the database's clock, by which all retries are long due.
    let given_up = settled(&office.customer, &hook, "failed", 1)
        .await
        .remove(0);
    assert_eq!(
        (&given_up["attempts"], &given_up["next_at"]),
        (&json!(8), &json!(null))
    );
    receiver.answer(200);
    let again = format!(
        "{hook}/deliveries/{}/redelivery",
        given_up["id"].as_str().unwrap()
    );
    assert_eq!(
        office.customer.act(&again).await.expect(200)["state"],
        "pending"
    );
    let log = settled(&office.customer, &hook, "delivered", 1).await;
    assert_eq!(log[0]["attempts"], 9);
    let calls = receiver.calls();
    assert_eq!(
        (
            calls.len(),
            calls[8].id == calls[0].id,
            calls[8].body == calls[0].body
        ),
        (9, true, true)
    );
    office
        .customer
        .act(&format!("{hook}/deliveries/{}/redelivery", Uuid::new_v4()))
        .await
        .refused(404, "not_found");
    running.stop().await;
}

#[actix_web::test]
async fn during_a_rotation_a_call_is_signed_with_both_secrets_and_afterwards_with_the_new_one() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, old) = webhook(&office.customer, &receiver.url).await;
    let new = office
        .customer
        .act(&format!("{hook}/secret"))
        .await
        .expect(200)["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(old, new);
    office.case(Until::Submitted).await;
    let call = receiver.wait_for(1).await.remove(0);
    assert!(call.is_signed_with(&old) && call.is_signed_with(&new) && call.signatures.len() == 2);
    office.app.clock.advance(TimeDelta::hours(25));
    let customer = office.customer.sign_in_again().await;
    let case = customer.get("/api/v1/applications").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    customer
        .post(
            &format!("/api/v1/applications/{case}/withdrawal"),
            json!({"reason": "Dibatalkan."}),
        )
        .await
        .expect(200);
    let call = receiver.wait_for(2).await.remove(1);
    assert!(!call.is_signed_with(&old) && call.is_signed_with(&new));
    running.stop().await;
}

#[actix_web::test]
async fn a_webhook_that_has_failed_for_a_day_is_switched_off_and_its_keepers_are_told() {
    let office = Office::open().await;
    let receiver = Receiver::start().await;
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    receiver.answer(500);
    let running = Replica::start(&office.app.service);
    office.case(Until::Submitted).await;
    settled(&office.customer, &hook, "failed", 1).await;
    let shown = office.customer.get(&hook).await.expect(200);
    assert_eq!(
        (&shown["active"], &shown["failures"]),
        (&json!(true), &json!(8)),
        "many failures at one time do not count as a day"
    );
    office.app.clock.advance(TimeDelta::hours(24));
    let customer = office.customer.sign_in_again().await;
    let case = customer.get("/api/v1/applications").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    customer
        .post(
            &format!("/api/v1/applications/{case}/withdrawal"),
            json!({"reason": "Dibatalkan."}),
        )
        .await
        .expect(200);
    let calls = receiver.wait_for(9).await.len();
    let mut shown = customer.get(&hook).await.expect(200);
    while shown["active"] == true {
        tokio::time::sleep(Duration::from_millis(20)).await;
        shown = customer.get(&hook).await.expect(200);
    }
    assert_eq!(shown["disabled_for"], "failure");
    let newest = inbox(&customer).await.remove(0);
    assert_eq!(
        (newest["kind"].as_str(), newest["link"].as_str()),
        (Some("webhook_disabled"), Some(hook.as_str()))
    );
    running.stop().await;
    // Pending deliveries are held back, and new events are not sent, until the webhook is switched
    // on.
    let running = Replica::start(&office.app.service);
    let log = deliveries(&customer, &hook).await;
    assert_eq!(log.len(), 2);
    assert!(
        receiver.calls().len() <= calls + 1,
        "{}",
        receiver.calls().len()
    );
    let on = customer
        .patch(&hook, json!({"active": true}), Some("*"))
        .await
        .expect(200);
    assert_eq!(
        (&on["active"], &on["failures"], &on["disabled_for"]),
        (&json!(true), &json!(0), &json!(null))
    );
    running.stop().await;
}

#[actix_web::test]
async fn a_receiver_that_is_gone_is_not_called_again() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    receiver.answer(410);
    office.case(Until::Submitted).await;
    let log = settled(&office.customer, &hook, "withheld", 1).await;
    assert_eq!(
        (receiver.calls().len(), &log[0]["attempts"]),
        (1, &json!(1))
    );
    assert_eq!(
        office.customer.get(&hook).await.expect(200)["disabled_for"],
        "failure"
    );
    running.stop().await;
}

#[actix_web::test]
async fn of_two_workers_with_one_delivery_one_calls() {
    let office = Office::open().await;
    let receiver = Receiver::start().await;
    receiver.delay_answers(Duration::from_millis(400));
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    office.case(Until::Submitted).await;
    let event: Uuid = sqlx::query_scalar("select id from event where application_id is not null")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let (desk, caller) = (
        job_desk(&office.app),
        office.app.service.webhook_client.clone(),
    );
    // The fan-out runs twice, as a job may: jobs run at least once.
    for _ in 0..2 {
        service_desk::webhooks::delivery::fan_out_event(&desk, event)
            .await
            .unwrap();
    }
    let made = deliveries(&office.customer, &hook).await;
    assert_eq!(made.len(), 1);
    let id = DeliveryId(made[0]["id"].as_str().unwrap().parse().unwrap());
    let all = futures_util::future::join_all((0..3).map(|_| deliver(&desk, &caller, id))).await;
    assert!(all.iter().all(Result::is_ok));
    deliver(&desk, &caller, id).await.unwrap();
    assert_eq!(receiver.calls().len(), 1);
    assert_eq!(
        settled(&office.customer, &hook, "delivered", 1).await[0]["attempts"],
        1
    );
}

#[actix_web::test]
async fn a_worker_that_died_in_the_midst_is_replaced() {
    let office = Office::open().await;
    let receiver = Receiver::start().await;
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    office.case(Until::Submitted).await;
    let event: Uuid = sqlx::query_scalar("select id from event where application_id is not null")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let (desk, caller) = (
        job_desk(&office.app),
        office.app.service.webhook_client.clone(),
    );
    service_desk::webhooks::delivery::fan_out_event(&desk, event)
        .await
        .unwrap();
    let id = DeliveryId(
        deliveries(&office.customer, &hook).await[0]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
    );
    let claimed = "update webhook_delivery set claimed_until = $1";
    sqlx::query(claimed)
        .bind(office.app.clock.now() + TimeDelta::seconds(60))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    deliver(&desk, &caller, id).await.unwrap();
    assert_eq!(receiver.calls().len(), 0, "another worker delivers it");
    office.app.clock.advance(TimeDelta::seconds(61));
    deliver(&desk, &caller, id).await.unwrap();
    assert_eq!(receiver.calls().len(), 1);
}

#[actix_web::test]
async fn a_slow_receiver_is_not_waited_for() {
    let office = Office::open().await;
    let (receiver, running) = (Receiver::start().await, Replica::start(&office.app.service));
    let (hook, _) = webhook(&office.customer, &receiver.url).await;
    receiver.delay_answers(Duration::from_secs(7));
    office.case(Until::Submitted).await;
    receiver.wait_for(1).await;
    receiver.delay_answers(Duration::ZERO);
    let log = loop {
        let log = deliveries(&office.customer, &hook).await;
        if log[0]["attempts"] != 0 {
            break log;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(
        log[0]["last_code"] == "timeout" || log[0]["attempts"] == 2,
        "{}",
        log[0]
    );
    running.stop().await;
}

#[actix_web::test]
async fn an_address_inside_a_network_is_refused_when_it_is_named_and_when_a_name_leads_there() {
    let office = Office::open().await;
    for url in [
        "ftp://hooks.example/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:10.0.0.1]/",
        "https://167772161/",
        "https://user:word@hooks.example/",
        "https://hooks.example/#x",
        "not a url",
        "",
    ] {
        let refusal = office
            .customer
            .post("/api/v1/webhooks", json!({"url": url, "events": [STAGES]}))
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], "/url", "{url}");
        assert!(
            !refusal.to_string().contains("169.254"),
            "a refusal repeats no value"
        );
    }
    let inside = json!({"url": "https://10.0.0.1/", "events": [STAGES]});
    assert_eq!(
        office
            .customer
            .post("/api/v1/webhooks", inside)
            .await
            .expect(422)["errors"][0]["code"],
        "not_callable"
    );
    // Outside development mode the own machine counts as an internal network too, also behind a
    // host name.
    let receiver = Receiver::start().await;
    let port = receiver
        .url
        .rsplit(':')
        .next()
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    for url in [
        receiver.url.clone(),
        format!("https://localhost:{port}/hook?from=desk"),
    ] {
        let (hook, _) = webhook(&office.customer, &url).await;
        office.case(Until::Submitted).await;
        let strict = office
            .app
            .service
            .webhook_client
            .with_guard(Guard::Strict)
            .unwrap();
        let event: Uuid = sqlx::query_scalar(
            "select id from event where application_id is not null order by seq desc limit 1",
        )
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
        let desk = job_desk(&office.app);
        service_desk::webhooks::delivery::fan_out_event(&desk, event)
            .await
            .unwrap();
        let id = DeliveryId(
            deliveries(&office.customer, &hook).await[0]["id"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap(),
        );
        deliver(&desk, &strict, id).await.unwrap();
        let log = deliveries(&office.customer, &hook).await;
        assert_eq!(
            (&log[0]["last_code"], &log[0]["last_status"]),
            (&json!("forbidden_address"), &json!(null)),
            "{url}"
        );
    }
    assert_eq!(receiver.calls().len(), 0);
}

#[actix_web::test]
async fn a_webhook_is_its_keepers_and_shows_only_what_its_owner_may_see() {
    let office = Office::open().await;
    let (stranger, running) = (
        office.app.customer().await,
        Replica::start(&office.app.service),
    );
    let [mine, theirs, of_the_head, of_the_treasurer] = [
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    ];
    let (hook, _) = webhook(&office.customer, &mine.url).await;
    webhook(&stranger, &theirs.url).await;
    webhook(&office.head, &of_the_head.url).await;
    webhook(&office.treasurer, &of_the_treasurer.url).await;
    for (method, path, body) in [
        (Method::GET, hook.clone(), None),
        (Method::PATCH, hook.clone(), Some(json!({"active": false}))),
        (Method::DELETE, hook.clone(), None),
        (Method::POST, format!("{hook}/secret"), None),
        (Method::GET, format!("{hook}/deliveries"), None),
        (
            Method::POST,
            format!("{hook}/deliveries/{}/redelivery", Uuid::new_v4()),
            None,
        ),
    ] {
        let body = body.map(|body| ("application/json", serde_json::to_vec(&body).unwrap()));
        let asking = Request {
            method,
            path: &path,
            body,
            headers: &[("if-match", "*")],
        };
        stranger.ask(&asking).await.refused(404, "not_found");
    }
    assert_eq!(
        stranger.get("/api/v1/webhooks").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    office.case(Until::Initialled).await;
    mine.wait_for(7).await;
    // The head sees a file from its submission on, the treasurer once the notice is sent.
    let calls = of_the_head.wait_for(7).await;
    let stages: std::collections::BTreeSet<_> = calls
        .iter()
        .map(|call| call.json()["data"]["stage"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        stages.contains("submitted") && !stages.contains("draft"),
        "{stages:?}"
    );
    assert_eq!(
        (theirs.calls().len(), of_the_treasurer.calls().len()),
        (0, 0)
    );
    running.stop().await;
}

#[actix_web::test]
async fn an_administrator_sees_that_calls_fail_and_neither_the_path_nor_the_secret() {
    let office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    let (hook, secret) = webhook(&office.customer, "https://hooks.example/a/secret/path").await;
    let seen = admin.get("/api/v1/webhooks").await.expect(200);
    assert_eq!(seen["items"][0]["url"], "https://hooks.example");
    assert_eq!(
        admin.get(&hook).await.expect(200)["url"],
        "https://hooks.example"
    );
    admin.get(&format!("{hook}/deliveries")).await.expect(200);
    admin
        .patch(&hook, json!({"active": false}), Some("*"))
        .await
        .refused(404, "not_found");
    let mine = office.customer.get(&hook).await.expect(200);
    assert_eq!(mine["url"], "https://hooks.example/a/secret/path");
    assert!(!mine.to_string().contains(&secret) && !mine.to_string().contains("whsec_"));
    let dump: String = sqlx::query_scalar("select string_agg(w::text, ' ') from webhook w")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert!(
        !dump.contains(secret.trim_start_matches("whsec_")),
        "sealed at rest"
    );
    let kept: i64 = sqlx::query_scalar("select count(*) from idempotency_record")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[actix_web::test]
async fn a_retry_gets_the_same_secret_and_no_second_webhook() {
    let office = Office::open().await;
    let form = json!({"url": "https://hooks.example/", "events": [STAGES]});
    let ask = async || {
        let body = Some(("application/json", serde_json::to_vec(&form).unwrap()));
        office
            .customer
            .ask(&Request {
                method: Method::POST,
                path: "/api/v1/webhooks",
                body,
                headers: &[("idempotency-key", "k")],
            })
            .await
    };
    let (first, again) = (ask().await, ask().await);
    assert_eq!(
        (
            first.status,
            again.status,
            again.header("idempotency-replayed")
        ),
        (201, 201, Some("true"))
    );
    assert_eq!(first.body["secret"], again.body["secret"]);
    assert_eq!(
        office.customer.get("/api/v1/webhooks").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for _ in 1..20 {
        office
            .customer
            .post("/api/v1/webhooks", form.clone())
            .await
            .expect(201);
    }
    office
        .customer
        .post("/api/v1/webhooks", form.clone())
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn a_deleted_webhook_is_called_no_more_and_leaves_nothing() {
    let office = Office::open().await;
    let (hook, _) = webhook(&office.customer, "https://hooks.example/").await;
    let delete = Request {
        method: Method::DELETE,
        path: &hook,
        body: None,
        headers: &[],
    };
    assert_eq!(office.customer.ask(&delete).await.status, 204);
    office.customer.ask(&delete).await.refused(404, "not_found");
    office.case(Until::Submitted).await;
    let left: i64 = sqlx::query_scalar(
        "select count(*) from graphile_worker.jobs where task_identifier = 'spread_event'",
    )
    .fetch_one(&mut office.app.sql().await)
    .await
    .unwrap();
    assert_eq!(left, 0, "no webhook subscribes to it");
}

#[actix_web::test]
async fn nothing_of_a_complaint_is_ever_sent() {
    let mut office = ComplaintOffice::open().await;
    let receiver = Receiver::start().await;
    for person in [&office.head, &office.pji_lead, &office.team_lead] {
        webhook(person, &receiver.url).await;
    }
    let running = Replica::start(&office.app.service);
    office.case(ComplaintUntil::Closed).await;
    running.stop().await;
    assert_eq!(receiver.calls().len(), 0);
    assert!(!told(&office.head).await.is_empty(), "an event was sent");
    let refusal = office
        .head
        .post(
            "/api/v1/webhooks",
            json!({"url": "https://hooks.example/", "events": ["complaint.stage_changed"]}),
        )
        .await;
    refusal.refused(422, "invalid_content");
}
