//! Replacement and cancellation of codes, payments that are not as billed, reports of the payment
//! office, reconciliation, corrections by two, and the PNBP figures.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use payment_office_simulator::{Mishap, Settings, Simulator};
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::clock::Clock;

use super::Office;
use super::office::Until;
use crate::support::{Answer, Person, Request};

const CALLBACK: &str = "/api/v1/integrations/e-billing/payments";
const SECRET: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

/// An office beside a payment office on a real socket.
struct Connected {
    office: Office,
    simulator: Simulator,
}

impl Connected {
    /// The office asks the payment office for its codes.
    async fn open() -> Self {
        Self::open_with(true).await
    }

    /// The same; or staff type in the codes, and only reports of payments are accepted.
    async fn open_with(asks_for_codes: bool) -> Self {
        let clock: Arc<OnceLock<Clock>> = Arc::default();
        let shared = Arc::clone(&clock);
        let settings = Settings {
            user: "bspji".to_owned(),
            password: "rahasia".to_owned(),
            secret: SECRET,
            callback: None,
            now: Arc::new(move || shared.get().expect("the clock is set").now()),
        };
        let simulator = Simulator::start(settings).await.unwrap();
        let (url, secret) = (
            simulator.url(),
            format!("whsec_{}", STANDARD.encode(SECRET)),
        );
        let mut flags = vec!["--e-billing-secret", &secret];
        if asks_for_codes {
            flags.extend([
                "--e-billing-url",
                &url,
                "--e-billing-user",
                "bspji",
                "--e-billing-password",
                "rahasia",
                "--e-billing-codes",
                "ministry=019,unit=07,work_unit=123456,account=425261,tariff=001,regulation=054,kind=F",
            ]);
        }
        let office = Office::open_with(&flags).await;
        drop(clock.set(office.app.clock.clone()));
        Self { office, simulator }
    }

    /// A case whose notice was signed and whose code has come, sent without a word of the code.
    async fn sent(&self) -> (String, Value) {
        let case = self.office.case(Until::Signed).await;
        self.office.app.work().await;
        self.office
            .pji_staff
            .post(&format!("{case}/audit-notice/dispatch"), json!({}))
            .await
            .expect(200);
        let billing = billings(&self.office, &case).await.remove(0);
        (case, billing)
    }

    /// Sends `items` as the payment office does; returns the outcomes.
    async fn push(&self, items: &Value) -> Vec<String> {
        let body = items.to_string();
        let headers = self.simulator.signature("msg_1", &body);
        let answer = push(&self.office.app.nobody(), &headers, &body)
            .await
            .expect(200);
        outcomes(&answer)
    }
}

fn outcomes(answer: &Value) -> Vec<String> {
    let results = answer["results"].as_array().unwrap().iter();
    results
        .map(|result| result["outcome"].as_str().unwrap().to_owned())
        .collect()
}

async fn push(person: &Person, headers: &[(&'static str, String)], body: &str) -> Answer {
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    person
        .ask(&Request {
            method: Method::POST,
            path: CALLBACK,
            body: Some(("application/json", body.as_bytes().to_vec())),
            headers: &headers,
        })
        .await
}

async fn billings(office: &Office, case: &str) -> Vec<Value> {
    let id = case.rsplit('/').next().unwrap();
    let listed = office
        .treasurer
        .get(&format!("/api/v1/billings?application={id}"))
        .await
        .expect(200);
    listed["items"].as_array().unwrap().clone()
}

/// The billing of the case that no other has replaced.
async fn current(office: &Office, case: &str) -> Value {
    let all = billings(office, case).await;
    all.into_iter()
        .find(|billing| billing["replaced_by"].is_null())
        .unwrap()
}

fn path(billing: &Value) -> String {
    format!("/api/v1/billings/{}", billing["id"].as_str().unwrap())
}

fn code(billing: &Value) -> &str {
    billing["code"].as_str().unwrap()
}

fn ntpn() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..16].to_uppercase()
}

fn local(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(7))
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// An item of a push about `code`.
fn item(code: &str, ntpn: &str, at: DateTime<Utc>) -> Value {
    json!({
        "usr_id": "bspji", "trx_id": "1", "kode_billing": code, "NTPN": ntpn, "NTB": "000123456789", "tgl_jam_pembayaran": local(at),
        "bank_persepsi": "Bank Sumsel Babel", "channel_pembayaran": "Teller", "tgl_buku": &local(at)[..10],
    })
}

async fn count(office: &Office, table: &str) -> i64 {
    let count = format!("select count(*) from {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(count))
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

async fn pay(office: &Office, billing: &Value, changes: Value) -> Answer {
    let mut payment = office.payment();
    payment["despite_deviation"] = json!(true);
    for (name, value) in changes.as_object().unwrap() {
        payment[name] = value.clone();
    }
    office
        .treasurer
        .post(&format!("{}/payments", path(billing)), payment)
        .await
}

/// The story of a code: it expires, is replaced in place, and the letter stays as it is.
#[actix_web::test]
async fn an_expired_code_is_replaced_without_a_new_letter_and_the_customer_sees_which_one_to_pay() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let letter = office
        .customer
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    let old = billings(&office, &case).await.remove(0);
    assert_eq!(
        (&old["payable"], &old["amount_in_words"]),
        (&json!(true), &json!("Empat juta rupiah"))
    );
    office.later(8 * 24 * 60).await;
    let replacement = format!("{}/replacement", path(&old));
    let refused = office
        .pji_staff
        .post(&replacement, json!({"reason": "Kedaluwarsa."}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(refused["errors"][0]["pointer"], "/billing");
    let form =
        json!({"billing": office.dispatch()["billing"], "reason": "Kode sebelumnya kedaluwarsa."});
    office
        .customer
        .post(&replacement, form.clone())
        .await
        .refused(403, "not_your_step");
    let new = office
        .pji_staff
        .post(&replacement, form.clone())
        .await
        .expect(200);
    assert_eq!(
        (&new["status"], &new["replaces"], &new["amount"]),
        (&json!("issued"), &old["id"], &old["amount"])
    );
    let seen = office.customer.get(&path(&old)).await.expect(200);
    assert_eq!(
        (&seen["status"], &seen["replaced_by"], &seen["payable"]),
        (&json!("replaced"), &new["id"], &json!(false))
    );
    assert_eq!(seen["ended_because"], "Kode sebelumnya kedaluwarsa.");
    let payable = office
        .customer
        .get("/api/v1/billings?status=issued")
        .await
        .expect(200);
    assert_eq!(payable["items"].as_array().unwrap().len(), 1);
    assert_eq!(payable["items"][0]["id"], new["id"]);
    assert_eq!(
        office
            .customer
            .get(&format!("{case}/audit-notice"))
            .await
            .expect(200),
        letter,
        "the letter stays"
    );
    office
        .pji_staff
        .post(&replacement, form)
        .await
        .refused(409, "conflict");
    for billing in [&old, &new] {
        let sheet = office
            .customer
            .get(&format!("{}?format=pdf", path(billing)))
            .await;
        assert_eq!(sheet.status, 200);
        assert!(sheet.bytes.starts_with(b"%PDF-"));
    }
    pay(&office, &new, json!({})).await.expect(200);
    office
        .pji_staff
        .post(
            &format!("{}/replacement", path(&new)),
            json!({"billing": office.dispatch()["billing"], "reason": "x"}),
        )
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn a_wrong_code_is_cancelled_and_another_takes_its_place() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let old = billings(&office, &case).await.remove(0);
    let cancellation = format!("{}/cancellation", path(&old));
    let reason = json!({"reason": "Satuan kerja keliru."});
    let cancelled = office
        .treasurer
        .post(&cancellation, reason.clone())
        .await
        .expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["payable"]),
        (&json!("cancelled"), &json!(false))
    );
    office
        .treasurer
        .post(&cancellation, reason)
        .await
        .refused(409, "conflict");
    let form = json!({"billing": office.dispatch()["billing"], "reason": "Kode baru."});
    let new = office
        .treasurer
        .post(&format!("{}/replacement", path(&old)), form)
        .await
        .expect(200);
    assert_eq!(new["replaces"], old["id"]);
    let seen = office.customer.get(&path(&old)).await.expect(200);
    assert_eq!(
        (&seen["status"], &seen["replaced_by"]),
        (&json!("cancelled"), &new["id"])
    );
}

/// Sixteen clerks with sixteen codes, and a payment in between, again and again.
#[actix_web::test]
async fn of_many_new_codes_at_once_one_is_payable() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    for round in 0..8 {
        let current = current(&office, &case).await;
        let replacement = format!("{}/replacement", path(&current));
        let form = || json!({"billing": office.dispatch()["billing"], "reason": "Balapan."});
        let answers = join_all((0..16).map(|_| office.pji_staff.post(&replacement, form()))).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "round {round}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(
                answer.code(),
                "conflict",
                "round {round}: {:#}",
                answer.body
            );
        }
        let payable = billings(&office, &case)
            .await
            .into_iter()
            .filter(|billing| billing["payable"] == true)
            .count();
        assert_eq!(payable, 1, "round {round}");
    }
    // A payment and a replacement at once: either the payment finds the old code replaced, or the
    // replacement finds it paid.
    let current = current(&office, &case).await;
    let replacement = format!("{}/replacement", path(&current));
    let form = json!({"billing": office.dispatch()["billing"], "reason": "Balapan."});
    let (paid, replaced) = tokio::join!(
        pay(&office, &current, json!({})),
        office.pji_staff.post(&replacement, form)
    );
    let paid = paid.expect(200);
    let flags = &paid["payments"][0]["flags"];
    if replaced.status == 200 {
        assert_eq!(flags, &json!(["on_replaced_code"]));
    } else {
        assert_eq!((replaced.code(), flags), ("conflict", &json!([])));
    }
}

/// Too little, twice, late: recorded and on the treasurer's desk; the ways out need two people.
#[actix_web::test]
async fn money_that_is_not_as_billed_is_recorded_and_leaves_the_desk_by_the_word_of_two() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let old = billings(&office, &case).await.remove(0);
    let form = json!({"billing": office.dispatch()["billing"], "reason": "Kode baru."});
    let new = office
        .pji_staff
        .post(&format!("{}/replacement", path(&old)), form)
        .await
        .expect(200);
    let paid = pay(&office, &old, json!({"amount": 5_000_000}))
        .await
        .expect(200);
    let payment = format!(
        "/api/v1/payments/{}",
        paid["payments"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        paid["payments"][0]["flags"],
        json!(["on_replaced_code", "too_much"])
    );
    let desk = "/api/v1/payments?needs_decision=true";
    assert_eq!(
        office.treasurer.get(desk).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let corrections = format!("{payment}/corrections");
    for refused in [
        json!({"kind": "refund", "amount": 1_000_000, "reason": "Lebih bayar."}),
        json!({"kind": "acceptance", "amount": 1, "reason": "x"}),
        json!({"kind": "annulment", "to_billing": new["id"], "reason": "x"}),
    ] {
        office
            .treasurer
            .post(&corrections, refused)
            .await
            .refused(422, "invalid_content");
    }
    office
        .treasurer
        .post(
            &corrections,
            json!({"kind": "transfer", "amount": 5_000_001, "reason": "x"}),
        )
        .await
        .refused(409, "conflict");
    let transfer = json!({"kind": "transfer", "amount": 4_000_000, "reason": "Ke kode yang berlaku.", "legal_basis": "PER-5/AG/2017"});
    office
        .pji_lead
        .post(&corrections, transfer.clone())
        .await
        .refused(403, "forbidden");
    let proposed = office
        .treasurer
        .post(&corrections, transfer.clone())
        .await
        .expect(201);
    office
        .treasurer
        .post(&corrections, transfer)
        .await
        .refused(409, "conflict");
    let open = |view: &Value| {
        let all = view["corrections"].as_array().unwrap().iter();
        let mut open = all.filter(|one| one["status"] == "proposed");
        open.next().unwrap().clone()
    };
    let decision = |view: &Value| {
        format!(
            "{corrections}/{}/decision",
            open(view)["id"].as_str().unwrap()
        )
    };
    office
        .treasurer
        .post(&decision(&proposed), json!({"confirm": true}))
        .await
        .refused(403, "four_eyes");
    office
        .pji_lead
        .post(&decision(&proposed), json!({"confirm": true}))
        .await
        .expect(200);
    let live = office.customer.get(&path(&new)).await.expect(200);
    assert_eq!(
        (&live["status"], &live["received"]),
        (&json!("paid"), &json!(4_000_000))
    );
    let left = office.treasurer.get(&path(&old)).await.expect(200);
    assert_eq!(
        (&left["received"], &left["account"]["excess"]),
        (&json!(1_000_000), &json!(1_000_000))
    );
    let refund = json!({"kind": "refund", "reason": "Lebih bayar.", "legal_basis": "PMK 96/PMK.05/2017", "document": "SKPP-12/2026"});
    let proposed = office
        .treasurer
        .post(&corrections, refund)
        .await
        .expect(201);
    assert_eq!(open(&proposed)["amount"], 1_000_000, "the rest");
    office
        .head
        .post(&decision(&proposed), json!({"confirm": true}))
        .await
        .expect(200);
    let left = office.treasurer.get(&path(&old)).await.expect(200);
    assert_eq!(
        (&left["refunded"], &left["account"]["excess"]),
        (&json!(1_000_000), &json!(0))
    );
    assert_eq!(
        office.treasurer.get(desk).await.expect(200)["items"],
        json!([])
    );
    office
        .treasurer
        .post(&corrections, json!({"kind": "annulment", "reason": "x"}))
        .await
        .refused(409, "conflict");

    // A record made by mistake is annulled, and its NTPN is free again.
    let second = office.case(Until::Sent).await;
    let billing = billings(&office, &second).await.remove(0);
    office.later(60).await;
    let twice = [
        pay(&office, &billing, json!({})).await.expect(200),
        pay(&office, &billing, json!({})).await.expect(200),
    ];
    let last = twice[1]["payments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|payment| payment["flags"] == json!(["paid_twice"]))
        .unwrap()
        .clone();
    let corrections = format!(
        "/api/v1/payments/{}/corrections",
        last["id"].as_str().unwrap()
    );
    let proposed = office
        .treasurer
        .post(
            &corrections,
            json!({"kind": "annulment", "reason": "Salah ketik."}),
        )
        .await
        .expect(201);
    let decision = format!(
        "{corrections}/{}/decision",
        proposed["corrections"][0]["id"].as_str().unwrap()
    );
    office
        .head
        .post(&decision, json!({"confirm": true}))
        .await
        .expect(200);
    let view = office.treasurer.get(&path(&billing)).await.expect(200);
    assert_eq!(
        (&view["received"], &view["account"]["excess"]),
        (&json!(4_000_000), &json!(0))
    );
    let third = office.case(Until::Sent).await;
    let other = billings(&office, &third).await.remove(0);
    pay(&office, &other, json!({"ntpn": last["ntpn"]}))
        .await
        .expect(200);
}

/// Proposes `correction` of `payment`, and the head confirms it.
async fn corrected(office: &Office, payment: &Value, correction: Value) -> Value {
    // Corrections of one moment have no order.
    office.app.clock.advance(TimeDelta::seconds(1));
    let corrections = format!(
        "/api/v1/payments/{}/corrections",
        payment["id"].as_str().unwrap()
    );
    let proposed = office
        .treasurer
        .post(&corrections, correction)
        .await
        .expect(201);
    let all = proposed["corrections"].as_array().unwrap();
    let open = all.iter().find(|one| one["status"] == "proposed").unwrap();
    let decision = format!("{corrections}/{}/decision", open["id"].as_str().unwrap());
    office
        .head
        .post(&decision, json!({"confirm": true}))
        .await
        .expect(200)
}

/// Reason, basis and number of a correction.
fn correction(kind: &str, changes: Value) -> Value {
    let mut form = json!({"kind": kind, "reason": "Rahasia kantor."});
    if kind == "refund" {
        form["legal_basis"] = json!("PMK 96/PMK.05/2017");
    }
    for (name, value) in changes.as_object().unwrap() {
        form[name] = value.clone();
    }
    form
}

#[actix_web::test]
async fn money_that_was_transferred_is_moved_back_and_refunded_where_it_is_counted() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let old = billings(&office, &case).await.remove(0);
    let form = json!({"billing": office.dispatch()["billing"], "reason": "Kode baru."});
    let new = office
        .pji_staff
        .post(&format!("{}/replacement", path(&old)), form)
        .await
        .expect(200);
    let paid = pay(&office, &old, json!({"amount": 5_000_000}))
        .await
        .expect(200);
    let payment = &paid["payments"][0];
    let received = async || {
        let mut sums = Vec::new();
        for billing in [&old, &new] {
            let view = office.treasurer.get(&path(billing)).await.expect(200);
            let number = |name: &str| view[name].as_i64().unwrap();
            sums.push((number("received"), number("refunded")));
        }
        sums
    };
    corrected(&office, payment, correction("transfer", json!({}))).await;
    assert_eq!(received().await, [(0, 0), (5_000_000, 0)]);
    let back = json!({"amount": 2_000_000, "from_billing": new["id"], "to_billing": old["id"]});
    corrected(&office, payment, correction("transfer", back)).await;
    assert_eq!(received().await, [(2_000_000, 0), (3_000_000, 0)]);
    let refund = json!({"amount": 3_000_001, "from_billing": new["id"]});
    let corrections = format!(
        "/api/v1/payments/{}/corrections",
        payment["id"].as_str().unwrap()
    );
    office
        .treasurer
        .post(&corrections, correction("refund", refund))
        .await
        .refused(409, "conflict");
    let refund = json!({"from_billing": new["id"]});
    corrected(&office, payment, correction("refund", refund)).await;
    let last = corrected(&office, payment, correction("refund", json!({}))).await;
    assert_eq!(
        received().await,
        [(2_000_000, 2_000_000), (3_000_000, 3_000_000)]
    );
    assert_eq!(last["corrections"].as_array().unwrap().len(), 4);
    assert_eq!(last["corrections"][3]["from_billing"], old["id"]);
}

#[actix_web::test]
async fn a_code_that_was_paid_in_part_is_replaced_and_its_money_follows() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let old = billings(&office, &case).await.remove(0);
    let paid = pay(&office, &old, json!({"amount": 3_000_000}))
        .await
        .expect(200);
    let payment = paid["payments"][0].clone();
    assert_eq!(payment["flags"], json!(["too_little"]));
    office.later(8 * 24 * 60).await;
    let form = json!({"billing": office.dispatch()["billing"], "reason": "Kedaluwarsa."});
    let new = office
        .pji_staff
        .post(&format!("{}/replacement", path(&old)), form)
        .await
        .expect(200);
    corrected(&office, &payment, correction("transfer", json!({}))).await;
    let new = office.treasurer.get(&path(&new)).await.expect(200);
    assert_eq!(
        (&new["received"], &new["account"]["outstanding"]),
        (&json!(3_000_000), &json!(1_000_000))
    );
}

#[actix_web::test]
async fn a_payment_stays_on_the_desk_until_what_deviates_is_covered_and_the_customer_reads_no_reason()
 {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let billing = billings(&office, &case).await.remove(0);
    let paid = pay(&office, &billing, json!({"amount": 6_000_000}))
        .await
        .expect(200);
    let payment = paid["payments"][0].clone();
    let waiting = async || {
        let desk = "/api/v1/payments?needs_decision=true";
        let listed = office.treasurer.get(desk).await.expect(200);
        listed["items"].as_array().unwrap().len()
    };
    let refund = json!({"amount": 500_000});
    corrected(&office, &payment, correction("refund", refund)).await;
    assert_eq!(waiting().await, 1, "1.5 million too much are left");
    let refund = json!({"amount": 1_500_000});
    corrected(&office, &payment, correction("refund", refund)).await;
    assert_eq!(waiting().await, 0);
    office.app.clock.advance(TimeDelta::seconds(1));
    let second = pay(&office, &billing, json!({})).await.expect(200);
    let is_second = |one: &&Value| one["id"] != payment["id"];
    let second = second["payments"]
        .as_array()
        .unwrap()
        .iter()
        .find(is_second)
        .unwrap()
        .clone();
    assert_eq!(second["flags"], json!(["paid_twice"]));
    corrected(&office, &payment, correction("refund", json!({}))).await;
    assert_eq!(waiting().await, 0, "the first was refunded");
    let proposal = correction("acceptance", json!({}));
    let path = format!("/api/v1/payments/{}", second["id"].as_str().unwrap());
    office
        .treasurer
        .post(&format!("{path}/corrections"), proposal)
        .await
        .expect(201);
    let seen = office.customer.get(&path).await.expect(200);
    assert_eq!(
        seen["corrections"],
        json!([]),
        "a proposal is the office's own"
    );
    let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
    let seen = office.customer.get(&path).await.expect(200);
    assert_eq!(seen["corrections"].as_array().unwrap().len(), 3);
    assert_eq!(seen["corrections"][0]["reason"], json!(null));
}

#[actix_web::test]
async fn a_dismissed_report_stays_dismissed_and_a_contradiction_is_kept() {
    let connected = Connected::open_with(false).await;
    let office = &connected.office;
    let now = office.app.clock.now();
    let open = async || {
        let listed = office
            .treasurer
            .get("/api/v1/payment-reports?status=open")
            .await
            .expect(200);
        listed["items"].as_array().unwrap().clone()
    };
    let stranger = "000000000000001";
    let ntpn = ntpn();
    let first = json!([item(stranger, &ntpn, now)]);
    let mut odd = item(stranger, &ntpn, now);
    odd["NTB"] = json!(123_456_789);
    odd["tgl_buku"] = json!("");
    odd["usr_id"] = json!({});
    assert_eq!(connected.push(&json!([odd])).await, ["unmatched"]);
    let told = async |kind: &str| {
        let inbox = office
            .treasurer
            .get("/api/v1/notifications")
            .await
            .expect(200);
        let items = inbox["items"].as_array().unwrap().clone();
        items.into_iter().filter(|one| one["kind"] == *kind).count()
    };
    assert_eq!(told("payment_waits").await, 1);
    let report = open().await.remove(0);
    assert_eq!(
        (&report["ntb"], &report["book_date"], &report["source"]),
        (&json!("123456789"), &json!(null), &json!("callback"))
    );
    let dismissal = format!(
        "/api/v1/payment-reports/{}/dismissal",
        report["id"].as_str().unwrap()
    );
    office
        .treasurer
        .post(&dismissal, json!({"reason": "Bukan sertifikasi."}))
        .await
        .expect(200);
    assert_eq!(connected.push(&first).await, ["unmatched"]);
    assert_eq!(open().await, Vec::<Value>::new(), "it stays dismissed");
    assert_eq!(told("payment_waits").await, 1, "and tells no one again");
    let earlier = json!([item(stranger, &ntpn, now - TimeDelta::hours(1))]);
    for _ in 0..2 {
        assert_eq!(connected.push(&earlier).await, ["unmatched"]);
        assert_eq!(open().await.len(), 1, "another time contradicts it");
    }
    let far = json!([item(stranger, &ntpn, now + TimeDelta::days(2))]);
    assert_eq!(connected.push(&far).await, ["invalid"]);
    // A report of the payment office that a person books keeps its source.
    let case = office.case(Until::Sent).await;
    let billing = billings(office, &case).await.remove(0);
    let confirmation = format!(
        "/api/v1/payment-reports/{}/confirmation",
        open().await[0]["id"].as_str().unwrap()
    );
    let payment = office
        .treasurer
        .post(&confirmation, json!({"billing_id": billing["id"]}))
        .await
        .expect(200);
    assert_eq!(payment["source"], "callback");
}

/// Step 8 says why no code has come, and the code is requested again by itself.
#[actix_web::test]
async fn a_code_that_was_refused_or_expired_before_step_8_is_named_and_requested_again() {
    let mut connected = Connected::open().await;
    connected.simulator.fail_next_with(&[Mishap::Refuse]);
    let case = connected.office.case(Until::Signed).await;
    let dispatch = format!("{case}/audit-notice/dispatch");
    let check = async |office: &Office| {
        let queue = "select graphile_worker.add_job('check_payments', 'null'::json)";
        sqlx::query(queue)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
        office.app.work().await;
        office.app.work().await;
    };
    let told = async |office: &Office| {
        let refused = office.pji_staff.post(&dispatch, json!({})).await;
        refused.refused(409, "conflict")["detail"].to_string()
    };
    connected.office.app.work().await;
    assert!(told(&connected.office).await.contains("refused_02"));
    check(&connected.office).await;
    assert!(
        told(&connected.office).await.contains("refused_02"),
        "a day has not passed"
    );
    connected.office.later(25 * 60).await;
    check(&connected.office).await;
    assert_eq!(connected.simulator.issued().len(), 1);
    for _ in 0..8 {
        connected.office.later(24 * 60).await;
    }
    assert!(told(&connected.office).await.contains("kedaluwarsa"));
    check(&connected.office).await;
    let issued = connected.simulator.issued();
    assert_eq!(issued.len(), 2);
    let office = &connected.office;
    office
        .pji_staff
        .post(&dispatch, json!({}))
        .await
        .expect(200);
    assert_eq!(code(&billings(office, &case).await[0]), issued[1].code);
}

/// A push is attacked: unsigned, doubled, reordered, contradicted, malformed.
#[actix_web::test]
async fn each_item_of_a_push_is_answered_by_itself_and_nothing_is_booked_twice_or_lost() {
    let connected = Connected::open_with(false).await;
    let office = &connected.office;
    let cases = [
        office.case(Until::Sent).await,
        office.case(Until::Sent).await,
    ];
    let first = billings(office, &cases[0]).await.remove(0);
    let second = billings(office, &cases[1]).await.remove(0);
    let (now, one, two) = (office.app.clock.now(), ntpn(), ntpn());
    let nobody = office.app.nobody();
    let items = json!([item(code(&first), &one, now)]);
    let body = items.to_string();
    let signed = connected.simulator.signature("msg_1", &body);
    push(&nobody, &[], &body)
        .await
        .refused(401, "bad_signature");
    push(&nobody, &signed, &format!("{body} "))
        .await
        .refused(401, "bad_signature");
    assert_eq!(count(office, "payment").await, 0);

    // Twenty times at once, and once more.
    let answers = join_all((0..20).map(|_| push(&nobody, &signed, &body))).await;
    let mut told: Vec<String> = answers
        .into_iter()
        .flat_map(|answer| outcomes(&answer.expect(200)))
        .collect();
    told.sort();
    assert_eq!(told[..19], vec!["already_recorded".to_owned(); 19]);
    assert_eq!(told[19], "recorded");
    assert_eq!(count(office, "payment").await, 1);
    assert_eq!(
        office.customer.get(&path(&first)).await.expect(200)["status"],
        "paid"
    );

    let stranger = ntpn();
    let mixed = json!([
        item(code(&first), &one.to_lowercase(), now),
        item(code(&second), &one, now),
        item("000000000000001", &stranger, now),
        item(code(&second), &two, now),
        {"kode_billing": 5},
        item(code(&second), "short", now),
        "nonsense",
    ]);
    let expected = [
        "already_recorded",
        "clash",
        "unmatched",
        "recorded",
        "invalid",
        "invalid",
        "invalid",
    ];
    assert_eq!(connected.push(&mixed).await, expected);
    let again = [
        "already_recorded",
        "clash",
        "unmatched",
        "already_recorded",
        "invalid",
        "invalid",
        "invalid",
    ];
    assert_eq!(connected.push(&mixed).await, again);
    assert_eq!(count(office, "payment").await, 2);
    let waiting = office
        .treasurer
        .get("/api/v1/payment-reports?status=open")
        .await
        .expect(200);
    let mut waiting: Vec<_> = waiting["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| (report["ntpn"].clone(), report["same_ntpn"].is_null()))
        .collect();
    waiting.sort_by_key(|(ntpn, _)| ntpn != &json!(one));
    assert_eq!(
        waiting,
        [(json!(one), false), (json!(stranger), true)],
        "what could not be booked waits once"
    );
    let timeline = office
        .treasurer
        .get(&format!("{}/timeline", cases[0]))
        .await
        .expect(200);
    let received = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["task"] == "receive_payment")
        .count();
    assert_eq!(received, 1);
}

/// Late answers, lost answers, doubled and missing pushes: one code, one payment.
#[actix_web::test]
async fn the_payment_office_issues_one_code_and_its_payment_is_booked_once_whatever_is_lost() {
    let mut connected = Connected::open().await;
    connected.simulator.fail_next_with(&[
        Mishap::LoseAnswer,
        Mishap::Status(503),
        Mishap::Garbage,
        Mishap::Huge,
    ]);
    let office = &connected.office;
    let case = office.case(Until::Signed).await;
    let dispatch = format!("{case}/audit-notice/dispatch");
    for _ in 0..4 {
        office.app.work_again().await;
        office
            .pji_staff
            .post(&dispatch, json!({}))
            .await
            .refused(409, "conflict");
    }
    office.app.work_again().await;
    assert_eq!(connected.simulator.issued().len(), 1, "one TrxId, one code");
    office
        .pji_staff
        .post(&dispatch, json!({}))
        .await
        .expect(200);
    let billing = billings(office, &case).await.remove(0);
    let issued = connected.simulator.issued().remove(0);
    assert_eq!(
        (code(&billing), billing["amount"].as_i64()),
        (issued.code.as_str(), Some(issued.amount))
    );
    assert_eq!(
        (&billing["from_payment_office"], &billing["account_code"]),
        (&json!(true), &json!("425261"))
    );
    assert_eq!(billing["payer"]["sent"], json!(issued.payer));

    // It expires, and the new code comes from the payment office.
    connected.office.later(8 * 24 * 60).await;
    let office = &connected.office;
    let replacement = format!("{}/replacement", path(&billing));
    let waiting = office
        .pji_staff
        .post(&replacement, json!({"reason": "Kedaluwarsa."}))
        .await
        .expect(200);
    assert_eq!(waiting["status"], "expired");
    connected.simulator.fail_next_with(&[Mishap::LoseAnswer]);
    office.app.work_again().await;
    office.app.work_again().await;
    let both = billings(office, &case).await;
    assert_eq!(
        (
            both.len(),
            both[0]["status"].as_str(),
            both[1]["status"].as_str()
        ),
        (2, Some("issued"), Some("replaced"))
    );

    // The push is lost; the question about the code finds the payment, and the late push repeats it.
    let now = office.app.clock.now();
    connected.simulator.pay(code(&both[0]), now).unwrap();
    let queue = "select graphile_worker.add_job('check_payments', 'null'::json)";
    for _ in 0..2 {
        sqlx::query(queue)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
        office.app.work().await;
    }
    let paid = office.customer.get(&path(&both[0])).await.expect(200);
    assert_eq!(
        (&paid["status"], &paid["payments"][0]["source"]),
        (&json!("paid"), &json!("status_call"))
    );
    let items = connected.simulator.items(&[code(&both[0])]);
    assert_eq!(connected.push(&items).await, ["already_recorded"]);
    assert_eq!(count(office, "payment").await, 1);
}

/// The attack on the connection: requests whose answer is lost, garbled, huge, late or an error;
/// pushes that are lost, doubled, reordered and sent at once beside questions that fail.
#[actix_web::test]
async fn whatever_is_late_doubled_reordered_or_lost_each_code_is_one_and_each_payment_is_booked_once()
 {
    const FILES: usize = 6;
    let connected = Connected::open().await;
    let office = &connected.office;
    let mut cases = Vec::new();
    for _ in 0..FILES {
        cases.push(office.case(Until::Signed).await);
    }
    connected.simulator.fail_next_with(&[
        Mishap::LoseAnswer,
        Mishap::Huge,
        Mishap::Slow(Duration::from_millis(5500)),
        Mishap::Status(500),
        Mishap::Garbage,
        Mishap::LoseAnswer,
        Mishap::Huge,
        Mishap::LoseAnswer,
    ]);
    // Each failure fails a request once, and the engine repeats it.
    for _ in 0..9 {
        office.app.work_again().await;
    }
    let issued = connected.simulator.issued();
    assert_eq!(issued.len(), FILES, "one code for each file");
    for case in &cases {
        office
            .pji_staff
            .post(&format!("{case}/audit-notice/dispatch"), json!({}))
            .await
            .expect(200);
    }
    let now = office.app.clock.now();
    let paid: Vec<_> = issued
        .iter()
        .map(|issued| connected.simulator.pay(&issued.code, now).unwrap())
        .collect();
    let codes: Vec<&str> = issued.iter().map(|issued| issued.code.as_str()).collect();

    // The pushes of the first two are lost. Those of the others come in the wrong order, twice, at
    // once, while the service asks about all of them and gets answers that are none.
    connected.simulator.fail_next_with(&[
        Mishap::Garbage,
        Mishap::LoseAnswer,
        Mishap::Status(503),
        Mishap::Huge,
    ]);
    let ask = async || {
        sqlx::query("select graphile_worker.add_job('check_payments', 'null'::json)")
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
        office.app.work_again().await;
    };
    let backward: Vec<&str> = codes[2..].iter().rev().copied().collect();
    let twice = [&backward[..], &codes[2..]].concat();
    let items = [
        connected.simulator.items(&backward),
        connected.simulator.items(&codes[2..]),
        connected.simulator.items(&twice),
    ];
    let (answers, ()) = tokio::join!(
        join_all((0..12).map(|n| connected.push(&items[n % 3]))),
        ask()
    );
    for outcome in answers.concat() {
        assert!(
            matches!(&*outcome, "recorded" | "already_recorded" | "failed"),
            "{outcome}"
        );
    }
    for _ in 0..6 {
        ask().await;
    }
    // What was lost comes at last, and everything once more.
    let all = connected.push(&connected.simulator.items(&codes)).await;
    assert_eq!(all, vec!["already_recorded"; FILES]);
    let mut booked: Vec<(String, String)> = sqlx::query_as(
        "select b.code, p.ntpn from payment p join billing b on b.id = p.billing_id",
    )
    .fetch_all(&mut office.app.sql().await)
    .await
    .unwrap();
    let mut expected: Vec<_> = codes
        .iter()
        .zip(&paid)
        .map(|(code, paid)| ((*code).to_owned(), paid.ntpn.clone()))
        .collect();
    booked.sort();
    expected.sort();
    assert_eq!(booked, expected, "nothing twice, nothing lost");
    for case in &cases {
        let all = billings(office, case).await;
        assert_eq!(
            (
                all.len(),
                &all[0]["status"],
                &all[0]["payments"][0]["flags"]
            ),
            (1, &json!("paid"), &json!([]))
        );
    }
    assert_eq!(count(office, "payment_report").await, 0);
}

/// A statement names the day and the treasurer types the minute: the same payment is known again,
/// and money of the day of issue is in time.
#[actix_web::test]
async fn a_payment_is_known_again_by_its_day_and_one_of_the_day_of_issue_is_in_time() {
    let mut connected = Connected::open_with(false).await;
    let typed = connected.office.case(Until::Sent).await;
    let of_day = connected.office.case(Until::Sent).await;
    connected.office.later(60).await;
    let office = &connected.office;
    let (typed, of_day) = (
        billings(office, &typed).await.remove(0),
        billings(office, &of_day).await.remove(0),
    );
    let now = office.app.clock.now();
    let receipt = pay(office, &typed, json!({})).await.expect(200);
    let receipt = receipt["payments"][0]["ntpn"].as_str().unwrap();
    let report = json!([item(code(&typed), receipt, now - TimeDelta::seconds(17))]);
    assert_eq!(connected.push(&report).await, ["already_recorded"]);
    let report = json!([item(code(&typed), receipt, now - TimeDelta::days(1))]);
    assert_eq!(connected.push(&report).await, ["clash"], "another day");

    let (ntpn, day) = (ntpn(), &local(now)[..10]);
    let upload = async |key: &str, bytes: Vec<u8>| {
        office
            .treasurer
            .ask(&Request {
                method: Method::POST,
                path: "/api/v1/treasury-statements",
                body: Some(("text/csv", bytes)),
                headers: &[("idempotency-key", key)],
            })
            .await
    };
    // In Windows-1252, with a title, a sum, and an Indonesian amount.
    let mut statement = format!(
        "Laporan Penerimaan\nKode Billing;NTPN;Jumlah;Tanggal Bayar;Bank\n{};{ntpn};4.000.000,00;{day};Bank Ren?\nJumlah;;4.000.000,00;;\n",
        code(&of_day),
    )
    .into_bytes();
    for byte in &mut statement {
        if *byte == b'?' {
            *byte = 0xe9;
        }
    }
    let made = upload("a", statement.clone()).await.expect(201);
    assert_eq!(
        (&made["rows"], &made["known"], &made["open"]),
        (&json!(1), &json!(0), &json!(1))
    );
    let reports = office
        .treasurer
        .get(&format!(
            "/api/v1/payment-reports?statement={}",
            made["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
    let report = &reports["items"][0];
    assert_eq!(
        (&report["bank"], &report["candidates"][0]["matches"]),
        (&json!("Bank René"), &json!(["code", "amount", "day"]))
    );
    let payment = office
        .treasurer
        .post(
            &format!(
                "/api/v1/payment-reports/{}/confirmation",
                report["id"].as_str().unwrap()
            ),
            json!({"billing_id": of_day["id"]}),
        )
        .await
        .expect(200);
    assert_eq!(payment["flags"], json!([]));
    let late_push = json!([item(code(&of_day), &ntpn, now)]);
    assert_eq!(connected.push(&late_push).await, ["already_recorded"]);
    statement.push(b'\n');
    let again = upload("b", statement).await.expect(201);
    assert_eq!((&again["known"], &again["open"]), (&json!(1), &json!(0)));
}

/// Uploads that are no statements are refused whole, and nothing of them is kept.
#[actix_web::test]
async fn a_hostile_statement_is_refused_and_a_formula_in_it_stays_text() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let billing = billings(&office, &case).await.remove(0);
    let day = local(office.app.clock.now())[..10].to_owned();
    let head = "kode_billing,ntpn,jumlah,tanggal_bayar,bank";
    let row = |ntpn: &str, bank: &str| format!("{},{ntpn},4000000,{day},{bank}\n", code(&billing));
    let upload = async |bytes: Vec<u8>| {
        office
            .treasurer
            .ask(&Request {
                method: Method::POST,
                path: "/api/v1/treasury-statements",
                body: Some(("text/csv", bytes)),
                headers: &[("idempotency-key", &uuid::Uuid::new_v4().to_string())],
            })
            .await
    };
    for (bytes, status, expected) in [
        (
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\x00".to_vec(),
            415,
            "unsupported_media_type",
        ),
        (
            b"PK\x03\x04 and no more".to_vec(),
            415,
            "unsupported_media_type",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            415,
            "unsupported_media_type",
        ),
        (vec![b','; 3 << 20], 413, "body_too_large"),
        (
            format!("{head}\n{}", row(&ntpn(), "x").repeat(10_001)).into_bytes(),
            413,
            "body_too_large",
        ),
        (
            format!("{head}\n{}", row("=HYPERLINK(1)", "x")).into_bytes(),
            422,
            "invalid_content",
        ),
        (
            format!(
                "{head}\n{}8.2026E+14,{},4000000,{day},x\n",
                row(&ntpn(), "x"),
                ntpn()
            )
            .into_bytes(),
            422,
            "invalid_content",
        ),
    ] {
        upload(bytes).await.refused(status, expected);
    }
    assert_eq!(count(&office, "treasury_statement").await, 0);
    assert_eq!(
        count(&office, "payment_report").await,
        0,
        "the good row too"
    );
    let formula = "\"=cmd|' /C calc'!A0\u{202e}\"";
    let same = ntpn();
    let twice = format!("{head}\n{}{}", row(&same, formula), row(&same, formula));
    let made = upload(twice.into_bytes()).await.expect(201);
    assert_eq!((&made["rows"], &made["open"]), (&json!(2), &json!(1)));
    let reports = office
        .treasurer
        .get("/api/v1/payment-reports?status=open")
        .await
        .expect(200);
    assert_eq!(reports["items"][0]["bank"], "=cmd|' /C calc'!A0");
}

#[actix_web::test]
async fn what_was_paid_in_time_and_reported_late_counts_as_in_time() {
    let mut connected = Connected::open().await;
    let (_, in_time) = connected.sent().await;
    let (_, late) = connected.sent().await;
    let issued = connected.office.app.clock.now();
    for _ in 0..3 {
        connected.office.later(8 * 24 * 60).await;
    }
    let items = json!([
        item(code(&late), &ntpn(), issued + TimeDelta::days(8)),
        item(code(&in_time), &ntpn(), issued + TimeDelta::days(6)),
    ]);
    assert_eq!(connected.push(&items).await, ["recorded", "recorded"]);
    let office = &connected.office;
    let view = async |billing: &Value| office.treasurer.get(&path(billing)).await.expect(200);
    let (in_time, late) = (view(&in_time).await, view(&late).await);
    assert_eq!(in_time["payments"][0]["flags"], json!([]));
    assert_eq!(late["payments"][0]["flags"], json!(["after_expiry"]));
    assert_eq!(
        (&in_time["status"], &late["status"]),
        (&json!("paid"), &json!("paid"))
    );
}

/// A statement with a known row, one to book, and a stranger.
#[actix_web::test]
async fn a_statement_books_nothing_without_a_word_and_names_what_a_stranger_might_be() {
    let office = Office::open().await;
    let known = office.case(Until::Sent).await;
    let open = office.case(Until::Sent).await;
    let (known, open) = (
        billings(&office, &known).await.remove(0),
        billings(&office, &open).await.remove(0),
    );
    let paid = pay(&office, &known, json!({})).await.expect(200);
    let now = local(office.app.clock.now());
    let (booked, stranger) = (ntpn(), ntpn());
    let statement = format!(
        "Kode Billing;NTPN;Jumlah;Tanggal Bayar;Bank\n{};{};4.000.000;{now};Bank Sumsel Babel\n{};{booked};4.000.000;{now};BRI\n000000000000001;{stranger};4.000.000;{now};BRI\n",
        code(&known),
        paid["payments"][0]["ntpn"].as_str().unwrap(),
        code(&open),
    );
    let upload = async |person: &Person, key: &str| {
        person
            .ask(&Request {
                method: Method::POST,
                path: "/api/v1/treasury-statements",
                body: Some(("text/csv", statement.clone().into_bytes())),
                headers: &[("idempotency-key", key)],
            })
            .await
    };
    upload(&office.pji_staff, "a")
        .await
        .refused(403, "forbidden");
    let made = upload(&office.treasurer, "a").await.expect(201);
    assert_eq!(
        (&made["rows"], &made["known"], &made["open"]),
        (&json!(3), &json!(1), &json!(2))
    );
    assert_eq!(upload(&office.treasurer, "a").await.expect(201), made);
    upload(&office.treasurer, "b")
        .await
        .refused(409, "conflict");
    assert_eq!(count(&office, "payment").await, 1, "nothing is booked");
    let reports = office
        .treasurer
        .get(&format!(
            "/api/v1/payment-reports?statement={}",
            made["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
    let find = |ntpn: &str| {
        reports["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|report| report["ntpn"] == *ntpn)
            .unwrap()
            .clone()
    };
    let (ours, theirs) = (find(&booked), find(&stranger));
    assert_eq!(
        (
            &ours["line"],
            &ours["candidates"][0]["billing_id"],
            &ours["candidates"][0]["matches"]
        ),
        (&json!(3), &open["id"], &json!(["code", "amount", "day"]))
    );
    assert_eq!(theirs["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(
        theirs["candidates"][0]["billing_id"], open["id"],
        "the unpaid one first"
    );
    let confirmation = format!(
        "/api/v1/payment-reports/{}/confirmation",
        ours["id"].as_str().unwrap()
    );
    let form = json!({"billing_id": open["id"]});
    let payment = office
        .treasurer
        .post(&confirmation, form.clone())
        .await
        .expect(200);
    assert_eq!(
        (&payment["source"], &payment["flags"]),
        (&json!("statement"), &json!([]))
    );
    office
        .treasurer
        .post(&confirmation, form)
        .await
        .refused(409, "conflict");
    assert_eq!(
        office.customer.get(&path(&open)).await.expect(200)["status"],
        "paid"
    );
    let dismissal = format!(
        "/api/v1/payment-reports/{}/dismissal",
        theirs["id"].as_str().unwrap()
    );
    let dismissed = office
        .treasurer
        .post(&dismissal, json!({"reason": "Layanan pengujian."}))
        .await
        .expect(200);
    assert_eq!(dismissed["status"], "dismissed");
    assert_eq!(count(&office, "payment").await, 2);
    // A statement that overlaps brings back neither of them.
    let longer = format!("{statement}\n");
    let overlapping = office
        .treasurer
        .ask(&Request {
            method: Method::POST,
            path: "/api/v1/treasury-statements",
            body: Some(("text/csv", longer.into_bytes())),
            headers: &[("idempotency-key", "c")],
        })
        .await
        .expect(201);
    assert_eq!(
        (&overlapping["known"], &overlapping["open"]),
        (&json!(2), &json!(0))
    );
}

/// The figures are the sums of the list of billings under the same filter.
#[actix_web::test]
async fn the_pnbp_figures_are_the_billings_under_the_same_filter_and_the_deposit_sheet_the_payments()
 {
    let mut office = Office::open().await;
    for change in 0..5 {
        let case = office.case(Until::Sent).await;
        let billing = billings(&office, &case).await.remove(0);
        match change {
            0 => drop(pay(&office, &billing, json!({})).await.expect(200)),
            1 => drop(
                pay(&office, &billing, json!({"amount": 5_000_000}))
                    .await
                    .expect(200),
            ),
            2 => drop(
                office
                    .treasurer
                    .post(
                        &format!("{}/cancellation", path(&billing)),
                        json!({"reason": "Keliru."}),
                    )
                    .await
                    .expect(200),
            ),
            3 => {
                let form = json!({"billing": office.dispatch()["billing"], "reason": "Baru."});
                office
                    .pji_staff
                    .post(&format!("{}/replacement", path(&billing)), form)
                    .await
                    .expect(200);
                drop(
                    pay(&office, &billing, json!({"amount": 1_000_000}))
                        .await
                        .expect(200),
                );
            }
            _ => {}
        }
    }
    for later in [0, 8 * 24 * 60] {
        office.later(later).await;
        for filter in [
            "from=2026-07-01&to=2026-07-31",
            "scheme=quality_iso9001",
            "scheme=product_sni",
            "account_code=425261",
        ] {
            let report = office
                .treasurer
                .get(&format!("/api/v1/reports/pnbp?{filter}"))
                .await
                .expect(200);
            let listed = office
                .treasurer
                .get(&format!("/api/v1/billings?limit=200&{filter}"))
                .await
                .expect(200);
            let items = listed["items"].as_array().unwrap();
            let sum = |of: &dyn Fn(&Value) -> i64| items.iter().map(of).sum::<i64>();
            let number = |billing: &Value, name: &str| billing[name].as_i64().unwrap();
            let missing = |statuses: &[&str]| {
                sum(&|billing| {
                    let missing = (number(billing, "amount") - number(billing, "received")).max(0);
                    if statuses.contains(&billing["status"].as_str().unwrap()) {
                        missing
                    } else {
                        0
                    }
                })
            };
            let figure = |name: &str| report["total"][name]["amount"].as_i64().unwrap();
            assert_eq!(
                figure("issued"),
                sum(&|one| number(one, "amount")),
                "{filter}"
            );
            assert_eq!(
                figure("paid"),
                sum(&|one| number(one, "received")),
                "{filter}"
            );
            assert_eq!(
                figure("refunded"),
                sum(&|one| number(one, "refunded")),
                "{filter}"
            );
            assert_eq!(figure("waiting"), missing(&["issued", "paid"]), "{filter}");
            for name in ["expired", "cancelled", "replaced"] {
                assert_eq!(figure(name), missing(&[name]), "{name} {filter}");
            }
            assert_eq!(
                figure("issued") + figure("excess"),
                ["paid", "waiting", "expired", "cancelled", "replaced"]
                    .map(figure)
                    .iter()
                    .sum::<i64>()
            );
        }
    }
    let sheet = office
        .treasurer
        .get("/api/v1/reports/deposits?month=2026-07")
        .await
        .expect(200);
    assert_eq!(
        (&sheet["total"], &sheet["total_in_words"]),
        (&json!(10_000_000), &json!("Sepuluh juta rupiah"))
    );
    assert_eq!(sheet["items"].as_array().unwrap().len(), 3);
    let workbook = office
        .treasurer
        .get("/api/v1/reports/deposits?month=2026-07&format=xlsx")
        .await;
    assert_eq!(workbook.status, 200);
    assert!(workbook.bytes.starts_with(b"PK"));
    office
        .customer
        .get("/api/v1/reports/pnbp")
        .await
        .refused(403, "forbidden");
}
