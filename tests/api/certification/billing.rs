//! Step 8 and the payment beside it: what is billed, until when it can be paid, and what a payment must be.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Office;
use super::drafts::faults;
use super::office::{Until, completion};

/// A case whose notice was sent, and the path of its billing.
async fn sent(office: &Office) -> (String, String) {
    let case = office.case(Until::Sent).await;
    let id = case.rsplit('/').next().unwrap();
    let billings = office.treasurer.get(&format!("/api/v1/billings?application={id}")).await.expect(200);
    assert_eq!(billings["items"].as_array().unwrap().len(), 1);
    let billing = format!("/api/v1/billings/{}", billings["items"][0]["id"].as_str().unwrap());
    (case, billing)
}

#[actix_web::test]
async fn the_amount_is_the_sum_of_the_lines_paid_by_code_and_the_code_lives_a_week() {
    let office = Office::open().await;
    let (_, billing) = sent(&office).await;
    let view = office.customer.get(&billing).await.expect(200);
    assert_eq!((&view["amount"], &view["currency"], &view["status"]), (&json!(4_000_000), &json!("IDR"), &json!("issued")));
    let lines = view["lines"].as_array().unwrap();
    assert!(lines.len() == 1 && lines[0]["channel"] == "pnbp_billing", "what is paid directly is not on it");
    let moment = |name: &str| view[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(moment("expires_at") - moment("issued_at"), TimeDelta::days(7));
}

#[actix_web::test]
async fn a_notice_with_a_cost_by_code_is_not_sent_without_a_good_code() {
    let office = Office::open().await;
    let case = office.case(Until::Signed).await;
    let (path, now) = (format!("{case}/audit-notice/dispatch"), office.app.clock.now());
    let told = async |form: Value| {
        let refusal = office.pji_staff.post(&path, form).await.refused(422, "invalid_content");
        faults(&refusal).into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(told(json!({})).await, ["/billing missing_field"]);
    let code = "820260706000001";
    for wrong in ["82026070600000", "8202607060000011", "82026070600000a"] {
        assert_eq!(told(json!({"billing": {"code": wrong, "issued_at": now}})).await, ["/billing/code wrong_value"]);
    }
    let later = now + TimeDelta::minutes(1);
    assert_eq!(told(json!({"billing": {"code": code, "issued_at": later}})).await, ["/billing/issued_at in_the_future"]);
    assert_eq!(told(json!({"billing": {"code": code, "issued_at": now, "expires_at": now}})).await, ["/billing/expires_at wrong_order"]);
    let old = now - TimeDelta::days(8);
    assert_eq!(told(json!({"billing": {"code": code, "issued_at": old}})).await, ["/billing/expires_at in_the_past"]);
    assert_eq!(office.rows("billing", "application_id", &case).await, 0);
    let longer = json!({"billing": {"code": code, "issued_at": old, "expires_at": now + TimeDelta::days(2)}});
    assert_eq!(office.pji_staff.post(&path, longer).await.expect(200)["stage"], "notice_sent");
}

#[actix_web::test]
async fn a_notice_without_a_cost_by_code_is_sent_without_one() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    office.customer.post(&format!("{case}/completion"), completion()).await.expect(200);
    office.operations.post(&format!("{case}/verification"), json!({"items": []})).await.expect(200);
    let mut notice = office.notice();
    for line in notice["cost_lines"].as_array_mut().unwrap() {
        line["channel"] = json!("direct_by_client");
    }
    office.operations.post(&format!("{case}/audit-notice"), notice).await.expect(200);
    office.ss_lead.post(&format!("{case}/audit-notice/initials"), json!({"as": "letter"})).await.expect(200);
    office.pji_lead.post(&format!("{case}/audit-notice/initials"), json!({"as": "cost"})).await.expect(200);
    office.head.act(&format!("{case}/audit-notice/signature")).await.expect(200);
    let path = format!("{case}/audit-notice/dispatch");
    let refusal = office.pji_staff.post(&path, office.dispatch()).await.refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/billing", "nothing_to_bill")]);
    assert_eq!(office.pji_staff.post(&path, json!({})).await.expect(200)["stage"], "notice_sent");
    assert_eq!(office.treasurer.get("/api/v1/billings").await.expect(200)["items"], json!([]));
}

#[actix_web::test]
async fn a_payment_is_of_the_amount_within_the_validity_and_has_happened() {
    let mut office = Office::open().await;
    let (case, billing) = sent(&office).await;
    let (pay, issued) = (format!("{billing}/payments"), office.app.clock.now());
    office.later(60).await;
    let with = |name: &str, value: Value| {
        let mut payment = office.payment();
        payment[name] = value;
        payment
    };
    for (payment, expected) in [
        (with("amount", json!(3_999_999)), "/amount wrong_amount"),
        (with("paid_at", json!(issued - TimeDelta::seconds(1))), "/paid_at outside_validity"),
        (with("paid_at", json!(office.app.clock.now() + TimeDelta::seconds(1))), "/paid_at in_the_future"),
        (with("ntpn", json!("A1B2C3D4E5F6G7H")), "/ntpn wrong_value"),
        (with("ntpn", json!("A1B2-C3D4E5F6G7H")), "/ntpn wrong_value"),
    ] {
        let refusal = office.treasurer.post(&pay, payment).await.refused(422, "invalid_content");
        let told: Vec<_> = faults(&refusal).into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
        assert_eq!(told, [expected]);
    }
    assert_eq!(office.rows("payment", "billing_id", &billing).await, 0);
    let stage = office.customer.get(&case).await.expect(200)["stage"].clone();
    office.treasurer.post(&pay, office.payment()).await.expect(200);
    assert_eq!(office.customer.get(&case).await.expect(200)["stage"], stage, "a payment never moves the case");
    assert_eq!(office.customer.get(&billing).await.expect(200)["status"], "paid");
}

#[actix_web::test]
async fn the_moment_of_payment_counts_and_not_that_of_its_recording() {
    let mut office = Office::open().await;
    let (_, in_time) = sent(&office).await;
    let (_, too_late) = sent(&office).await;
    let expires = office.app.clock.now() + TimeDelta::days(7);
    office.later(7 * 24 * 60).await;
    assert_eq!(office.customer.get(&in_time).await.expect(200)["status"], "issued", "the last moment is a good one");
    office.later(1).await;
    assert_eq!(office.customer.get(&in_time).await.expect(200)["status"], "expired");
    let mut payment = office.payment();
    payment["paid_at"] = json!(expires + TimeDelta::microseconds(1));
    let refusal = office.treasurer.post(&format!("{too_late}/payments"), payment.clone()).await.refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/paid_at", "outside_validity")]);
    payment["paid_at"] = json!(expires);
    let paid = office.treasurer.post(&format!("{in_time}/payments"), payment).await.expect(200);
    assert_eq!(paid["status"], "paid");
    let (unpaid, paid) = (listed(&office, "false").await, listed(&office, "true").await);
    assert_eq!((unpaid, paid), (vec![id(&too_late)], vec![id(&in_time)]));
}

fn id(billing: &str) -> String {
    billing.rsplit('/').next().unwrap().to_owned()
}

async fn listed(office: &Office, paid: &str) -> Vec<String> {
    let list = office.treasurer.get(&format!("/api/v1/billings?paid={paid}")).await.expect(200);
    list["items"].as_array().unwrap().iter().map(|billing| billing["id"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_payment_belongs_to_one_billing_and_a_billing_to_one_payment() {
    let office = Office::open().await;
    let ((_, one), (_, other)) = (sent(&office).await, sent(&office).await);
    let payment = office.payment();
    let first = office.treasurer.post(&format!("{one}/payments"), payment.clone()).await.expect(200);
    office.treasurer.post(&format!("{other}/payments"), payment.clone()).await.refused(409, "conflict");
    office.treasurer.post(&format!("{one}/payments"), office.payment()).await.refused(409, "conflict");
    let mut small = payment.clone();
    small["ntpn"] = json!(payment["ntpn"].as_str().unwrap().to_lowercase());
    assert_eq!(office.treasurer.post(&format!("{one}/payments"), small).await.expect(200), first, "small letters are the same NTPN");
    office.pji_staff.post(&format!("{other}/payments"), office.payment()).await.refused(403, "not_your_step");
    office.treasurer.post(&format!("{other}/payments"), office.payment()).await.expect(200);
}
