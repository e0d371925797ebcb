//! Step 8 and the payment, which is independent of the stage: the billed amount, the last time of
//! payment, and the rules for a payment.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Office;
use super::drafts::faults;
use super::office::{Until, completion, cost};

/// A case with a sent notice, and the path of its billing.
async fn sent(office: &Office) -> (String, String) {
    let case = office.case(Until::Sent).await;
    let id = case.rsplit('/').next().unwrap();
    let billings = office
        .treasurer
        .get(&format!("/api/v1/billings?application={id}"))
        .await
        .expect(200);
    assert_eq!(billings["items"].as_array().unwrap().len(), 1);
    let billing = format!(
        "/api/v1/billings/{}",
        billings["items"][0]["id"].as_str().unwrap()
    );
    (case, billing)
}

#[actix_web::test]
async fn the_amount_is_the_sum_of_the_lines_paid_by_code_and_the_code_lives_a_week() {
    let office = Office::open().await;
    let (_, billing) = sent(&office).await;
    let view = office.customer.get(&billing).await.expect(200);
    assert_eq!(
        (&view["amount"], &view["currency"], &view["status"]),
        (&json!(4_000_000), &json!("IDR"), &json!("issued"))
    );
    let lines = view["lines"].as_array().unwrap();
    assert!(
        lines.len() == 1 && lines[0]["channel"] == "pnbp_billing",
        "direct payments are not included"
    );
    let moment = |name: &str| {
        view[name]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    assert_eq!(
        moment("expires_at") - moment("issued_at"),
        TimeDelta::days(7)
    );
}

#[actix_web::test]
async fn a_notice_with_a_cost_by_code_is_not_sent_without_a_good_code() {
    let office = Office::open().await;
    let case = office.case(Until::Signed).await;
    let (path, now) = (
        format!("{case}/audit-notice/dispatch"),
        office.app.clock.now(),
    );
    let told = async |form: Value| {
        let refusal = office
            .pji_staff
            .post(&path, form)
            .await
            .refused(422, "invalid_content");
        faults(&refusal)
            .into_iter()
            .map(|(pointer, code)| format!("{pointer} {code}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(json!({})).await, ["/billing missing_field"]);
    let code = "820260706000001";
    for wrong in ["82026070600000", "8202607060000011", "82026070600000a"] {
        assert_eq!(
            told(json!({"billing": {"code": wrong, "issued_at": now}})).await,
            ["/billing/code wrong_value"]
        );
    }
    let later = now + TimeDelta::minutes(1);
    assert_eq!(
        told(json!({"billing": {"code": code, "issued_at": later}})).await,
        ["/billing/issued_at in_the_future"]
    );
    assert_eq!(
        told(json!({"billing": {"code": code, "issued_at": now, "expires_at": now}})).await,
        ["/billing/expires_at wrong_order"]
    );
    let old = now - TimeDelta::days(8);
    assert_eq!(
        told(json!({"billing": {"code": code, "issued_at": old}})).await,
        ["/billing/expires_at in_the_past"]
    );
    for (issued, expires, wrong) in [
        (
            "1999-12-31T00:00:00Z".parse().unwrap(),
            now + TimeDelta::days(1),
            "/billing/issued_at",
        ),
        (now, now + TimeDelta::days(367), "/billing/expires_at"),
    ] {
        let odd = json!({"billing": {"code": code, "issued_at": issued, "expires_at": expires}});
        let said = told(odd).await;
        assert!(said.contains(&format!("{wrong} wrong_value")), "{said:?}");
    }
    assert_eq!(office.rows("billing", "application_id", &case).await, 0);
    let longer = json!({"billing": {"code": code, "issued_at": old, "expires_at": now + TimeDelta::days(2)}});
    assert_eq!(
        office.pji_staff.post(&path, longer).await.expect(200)["stage"],
        "notice_sent"
    );
}

#[actix_web::test]
async fn a_notice_without_a_cost_by_code_is_sent_without_one() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    let mut notice = office.notice();
    notice["cost_lines"]
        .as_array_mut()
        .unwrap()
        .retain(|line| line["channel"] != "pnbp_billing");
    office
        .operations
        .post(&format!("{case}/audit-notice"), notice)
        .await
        .expect(200);
    office
        .ss_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "letter"}),
        )
        .await
        .expect(200);
    office
        .pji_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "cost"}),
        )
        .await
        .expect(200);
    office
        .head
        .act(&format!("{case}/audit-notice/signature"))
        .await
        .expect(200);
    let path = format!("{case}/audit-notice/dispatch");
    let refusal = office
        .pji_staff
        .post(&path, office.dispatch())
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/billing", "nothing_to_bill")]);
    assert_eq!(
        office.pji_staff.post(&path, json!({})).await.expect(200)["stage"],
        "notice_sent"
    );
    assert_eq!(
        office.treasurer.get("/api/v1/billings").await.expect(200)["items"],
        json!([])
    );
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
        (
            with("paid_at", json!(issued - TimeDelta::seconds(1))),
            "/paid_at outside_validity",
        ),
        (
            with(
                "paid_at",
                json!(office.app.clock.now() + TimeDelta::seconds(1)),
            ),
            "/paid_at in_the_future",
        ),
        (with("ntpn", json!("A1B2C3D4E5F6G7H")), "/ntpn wrong_value"),
        (with("ntpn", json!("A1B2-C3D4E5F6G7H")), "/ntpn wrong_value"),
    ] {
        let refusal = office
            .treasurer
            .post(&pay, payment)
            .await
            .refused(422, "invalid_content");
        let told: Vec<_> = faults(&refusal)
            .into_iter()
            .map(|(pointer, code)| format!("{pointer} {code}"))
            .collect();
        assert_eq!(told, [expected]);
    }
    assert_eq!(office.rows("payment", "billing_id", &billing).await, 0);
    let stage = office.customer.get(&case).await.expect(200)["stage"].clone();
    office
        .treasurer
        .post(&pay, office.payment())
        .await
        .expect(200);
    assert_eq!(
        office.customer.get(&case).await.expect(200)["stage"],
        stage,
        "a payment never moves the case"
    );
    assert_eq!(
        office.customer.get(&billing).await.expect(200)["status"],
        "paid"
    );
}

#[actix_web::test]
async fn the_moment_of_payment_counts_and_not_that_of_its_recording() {
    let mut office = Office::open().await;
    let (_, in_time) = sent(&office).await;
    let (_, too_late) = sent(&office).await;
    let expires = office.app.clock.now() + TimeDelta::days(7);
    office.later(7 * 24 * 60).await;
    assert_eq!(
        office.customer.get(&in_time).await.expect(200)["status"],
        "issued",
        "the last moment is a good one"
    );
    office.later(1).await;
    assert_eq!(
        office.customer.get(&in_time).await.expect(200)["status"],
        "expired"
    );
    let mut payment = office.payment();
    payment["paid_at"] = json!(expires + TimeDelta::microseconds(1));
    let refusal = office
        .treasurer
        .post(&format!("{too_late}/payments"), payment.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/paid_at", "outside_validity")]);
    payment["paid_at"] = json!(expires);
    let paid = office
        .treasurer
        .post(&format!("{in_time}/payments"), payment)
        .await
        .expect(200);
    assert_eq!(paid["status"], "paid");
    let (unpaid, paid) = (
        listed(&office, "expired").await,
        listed(&office, "paid").await,
    );
    assert_eq!((unpaid, paid), (vec![id(&too_late)], vec![id(&in_time)]));
}

fn id(billing: &str) -> String {
    billing.rsplit('/').next().unwrap().to_owned()
}

async fn listed(office: &Office, status: &str) -> Vec<String> {
    let list = office
        .treasurer
        .get(&format!("/api/v1/billings?status={status}"))
        .await
        .expect(200);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|billing| billing["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_payment_belongs_to_one_billing_and_a_billing_to_one_payment() {
    let office = Office::open().await;
    let ((_, one), (_, other)) = (sent(&office).await, sent(&office).await);
    let payment = office.payment();
    let first = office
        .treasurer
        .post(&format!("{one}/payments"), payment.clone())
        .await
        .expect(200);
    office
        .treasurer
        .post(&format!("{other}/payments"), payment.clone())
        .await
        .refused(409, "conflict");
    office
        .treasurer
        .post(&format!("{one}/payments"), office.payment())
        .await
        .refused(409, "conflict");
    let mut small = payment.clone();
    small["ntpn"] = json!(payment["ntpn"].as_str().unwrap().to_lowercase());
    assert_eq!(
        office
            .treasurer
            .post(&format!("{one}/payments"), small)
            .await
            .expect(200),
        first,
        "an NTPN is not case-sensitive"
    );
    office
        .pji_staff
        .post(&format!("{other}/payments"), office.payment())
        .await
        .refused(403, "not_your_step");
    office
        .treasurer
        .post(&format!("{other}/payments"), office.payment())
        .await
        .expect(200);
}

/// The same NTPN with another day, bank, transaction number or amount.
#[actix_web::test]
async fn a_payment_reported_again_with_another_content_is_a_conflict_that_names_the_fields() {
    let mut office = Office::open().await;
    let (_, billing) = sent(&office).await;
    office.later(60).await;
    let pay = format!("{billing}/payments");
    let mut payment = office.payment();
    payment["ntb"] = json!("000123456789");
    let first = office
        .treasurer
        .post(&pay, payment.clone())
        .await
        .expect(200);
    let earlier = office.app.clock.now() - TimeDelta::minutes(1);
    for (change, fields) in [
        (json!({"paid_at": earlier}), vec!["/paid_at"]),
        (
            json!({"paid_at": office.app.clock.now() + TimeDelta::days(30)}),
            vec!["/paid_at"],
        ),
        (json!({"bank": "Bank Mandiri"}), vec!["/bank"]),
        (json!({"bank": null}), vec!["/bank"]),
        (json!({"ntb": "000123456780"}), vec!["/ntb"]),
        (json!({"ntb": null}), vec!["/ntb"]),
        (json!({"amount": 3_999_999}), vec!["/amount"]),
        (
            json!({"amount": 1, "paid_at": earlier, "ntb": "1", "bank": "Pos"}),
            vec!["/amount", "/paid_at", "/ntb", "/bank"],
        ),
    ] {
        let mut other = payment.clone();
        for (name, value) in change.as_object().unwrap() {
            other[name] = value.clone();
        }
        let refusal = office
            .treasurer
            .post(&pay, other)
            .await
            .refused(409, "conflict");
        let expected: Vec<_> = fields
            .iter()
            .map(|field| (*field, "recorded_otherwise"))
            .collect();
        assert_eq!(faults(&refusal), expected);
        for field in fields {
            assert!(
                refusal["detail"].as_str().unwrap().contains(&field[1..]),
                "{refusal}"
            );
        }
    }
    // An identical report is answered with the recorded payment, in whichever notation the values
    // are written.
    let at = office.app.clock.now();
    let zone = chrono::FixedOffset::east_opt(7 * 3600).unwrap();
    let small = payment["ntpn"].as_str().unwrap().to_lowercase();
    for change in [
        json!({}),
        json!({"ntpn": small}),
        json!({"paid_at": at.with_timezone(&zone).to_rfc3339()}),
        json!({"bank": " Bank Sumsel Babel "}),
    ] {
        let mut again = payment.clone();
        for (name, value) in change.as_object().unwrap() {
            again[name] = value.clone();
        }
        assert_eq!(
            office.treasurer.post(&pay, again).await.expect(200),
            first,
            "{change}"
        );
    }
    assert_eq!(office.rows("payment", "billing_id", &billing).await, 1);
    let (_, other) = sent(&office).await;
    office
        .treasurer
        .post(&format!("{other}/payments"), payment)
        .await
        .refused(409, "conflict");
}

/// PostgreSQL stores microseconds: a time with nanoseconds equals the stored one when it is
/// reported again.
#[actix_web::test]
async fn a_moment_of_nanoseconds_is_the_same_when_it_is_reported_again() {
    let mut office = Office::open().await;
    let (_, billing) = sent(&office).await;
    office.later(60).await;
    let mut payment = office.payment();
    payment["paid_at"] = json!("2026-07-06T01:30:00.123456789Z");
    let first = office
        .treasurer
        .post(&format!("{billing}/payments"), payment.clone())
        .await
        .expect(200);
    assert_eq!(
        office
            .treasurer
            .post(&format!("{billing}/payments"), payment)
            .await
            .expect(200),
        first
    );
}

async fn billings(office: &Office, case: &str) -> Vec<Value> {
    let id = case.rsplit('/').next().unwrap();
    office
        .treasurer
        .get(&format!("/api/v1/billings?application={id}"))
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

fn payments_of(billing: &Value) -> String {
    format!(
        "/api/v1/billings/{}/payments",
        billing["id"].as_str().unwrap()
    )
}

async fn void(office: &Office, case: &str) {
    office
        .head
        .post(
            &format!("{case}/audit-notice/voiding"),
            json!({"reason": "Biaya keliru."}),
        )
        .await
        .expect(200);
}

/// Withdraws the notice that was sent and sends one over `amount` for each of two days, with a new
/// code.
async fn redrafted(office: &Office, case: &str, amount: i64) {
    void(office, case).await;
    let mut notice = office.notice();
    notice["cost_lines"] = cost(amount);
    office.sign_anew(case, notice).await;
    office.app.clock.advance(TimeDelta::seconds(1));
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), office.dispatch())
        .await
        .expect(200);
}

fn account(billing: &Value) -> [i64; 4] {
    ["due", "received", "outstanding", "excess"]
        .map(|name| billing["account"][name].as_i64().unwrap())
}

async fn pay(office: &Office, billing: &Value) -> Value {
    let mut payment = office.payment();
    payment["amount"] = billing["amount"].clone();
    office
        .treasurer
        .post(&payments_of(billing), payment)
        .await
        .expect(200)
}

/// The PNBP amounts of the realization report: issued, paid, expired, waiting and excess.
async fn pnbp(office: &Office) -> [i64; 5] {
    let record = office
        .treasurer
        .get("/api/v1/reports/realization")
        .await
        .expect(200);
    ["issued", "paid", "expired", "waiting", "excess"]
        .map(|name| record["summary"]["pnbp"][name]["amount"].as_i64().unwrap())
}

/// The notice is withdrawn and sent again with another amount and code; the bank accepts both codes
/// and both are paid. The realization report must count both payments.
#[actix_web::test]
async fn a_new_code_supersedes_the_old_and_every_rupiah_is_counted() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    redrafted(&office, &case, 1_500_000).await;
    let both = billings(&office, &case).await;
    let statuses: Vec<_> = both
        .iter()
        .map(|one| {
            (
                one["amount"].as_i64().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(statuses, [(3_000_000, "issued"), (4_000_000, "replaced")]);
    assert!(both[0]["ended_at"].is_null() && !both[1]["ended_at"].is_null());
    assert_eq!(
        (&both[0]["replaces"], &both[1]["replaced_by"]),
        (&both[1]["id"], &both[0]["id"])
    );
    assert_eq!(
        (&both[0]["payable"], &both[1]["payable"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(account(&both[0]), [3_000_000, 0, 3_000_000, 0]);
    assert_eq!(pnbp(&office).await, [3_000_000, 0, 0, 3_000_000, 0]);

    // The bank accepts the replaced code.
    let old = pay(&office, &both[1]).await;
    assert_eq!(
        (&old["status"], &old["payments"][0]["flags"]),
        (&json!("replaced"), &json!(["on_replaced_code"]))
    );
    assert_eq!(account(&old), [3_000_000, 4_000_000, 0, 1_000_000]);
    assert_eq!(
        billings(&office, &case).await[0]["status"],
        "paid",
        "nothing is left to pay under the new code"
    );
    assert_eq!(pnbp(&office).await, [3_000_000, 4_000_000, 0, 0, 1_000_000]);
    let entry = office
        .treasurer
        .get(&format!("{case}/timeline"))
        .await
        .expect(200)["entries"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert!(
        entry["note"]
            .as_str()
            .unwrap()
            .contains("kode sudah digantikan"),
        "{entry}"
    );

    // The bank accepts the new code too.
    let new = pay(&office, &both[0]).await;
    assert_eq!(
        (&new["status"], &new["payments"][0]["flags"]),
        (&json!("paid"), &json!([]))
    );
    assert_eq!(account(&new), [3_000_000, 7_000_000, 0, 4_000_000]);
    assert_eq!(pnbp(&office).await, [3_000_000, 7_000_000, 0, 0, 4_000_000]);
    let record = office
        .head
        .get("/api/v1/reports/realization")
        .await
        .expect(200);
    let row = &record["items"][0]["billing"];
    assert_eq!(
        (&row["code"], row["payments"].as_array().unwrap().len()),
        (&new["code"], 2)
    );
    let csv = String::from_utf8(
        office
            .head
            .get("/api/v1/reports/realization/csv")
            .await
            .bytes,
    )
    .unwrap();
    for ntpn in [&old["payments"][0]["ntpn"], &new["payments"][0]["ntpn"]] {
        assert!(csv.contains(ntpn.as_str().unwrap()), "{csv}");
    }
    assert!(csv.contains(",7000000,0,4000000,"), "{csv}");
}

/// A part of the amount was paid under the superseded code.
#[actix_web::test]
async fn what_is_still_owed_is_what_did_not_come_in() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    let mut cheap = office.notice();
    cheap["cost_lines"] = cost(1_000_000);
    office.sign_anew(&case, cheap).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), office.dispatch())
        .await
        .expect(200);
    redrafted(&office, &case, 2_000_000).await;
    let both = billings(&office, &case).await;
    pay(&office, &both[1]).await;
    let new = billings(&office, &case).await.remove(0);
    assert_eq!(
        (new["status"].as_str(), account(&new)),
        (Some("issued"), [4_000_000, 2_000_000, 2_000_000, 0])
    );
    assert_eq!(pnbp(&office).await, [4_000_000, 2_000_000, 0, 2_000_000, 0]);
    let paid = pay(&office, &both[0]).await;
    assert_eq!(account(&paid), [4_000_000, 6_000_000, 0, 2_000_000]);
    assert_eq!(pnbp(&office).await, [4_000_000, 6_000_000, 0, 0, 2_000_000]);
}

/// An expired code and a new one.
#[actix_web::test]
async fn a_code_that_expired_is_superseded_by_the_next_and_what_was_paid_in_time_settles_it() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let in_time = office.payment();
    office.later(8 * 24 * 60).await;
    redrafted(&office, &case, 2_000_000).await;
    let both = billings(&office, &case).await;
    assert_eq!(
        (both[0]["status"].as_str(), both[1]["status"].as_str()),
        (Some("issued"), Some("replaced"))
    );
    let late = office
        .treasurer
        .post(&payments_of(&both[1]), in_time)
        .await
        .expect(200);
    assert_eq!(
        (&late["payments"][0]["flags"], account(&late)),
        (&json!(["on_replaced_code"]), [4_000_000, 4_000_000, 0, 0])
    );
    assert_eq!(billings(&office, &case).await[0]["status"], "paid");
    assert_eq!(pnbp(&office).await, [4_000_000, 4_000_000, 0, 0, 0]);
    office.later(8 * 24 * 60).await;
    assert_eq!(
        pnbp(&office).await,
        [4_000_000, 4_000_000, 0, 0, 0],
        "paid is not expired"
    );
    // The customer is not asked again: the next notice has the same amount as the one agreed to,
    // and is sent without a code.
    void(&office, &case).await;
    let mut cheaper = office.notice();
    cheaper["cost_lines"] = cost(1_500_000);
    cheaper["reason"] = json!("Pemberitahuan sebelumnya dibatalkan.");
    let refusal = office
        .operations
        .post(&format!("{case}/audit-notice"), cheaper)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/cost_lines", "paid_otherwise")]);
}

/// A payment is recorded at any stage, also while the notice is withdrawn and drafted again; a
/// notice of another amount is then not sent.
#[actix_web::test]
async fn a_payment_is_recorded_wherever_the_file_is_and_holds_the_next_notice_to_its_amount() {
    let office = Office::open().await;
    let mut cheaper = office.notice();
    cheaper["cost_lines"] = cost(1_500_000);
    // Withdrawn, drafted, initialled, signed.
    for steps in 0..4 {
        let case = office.case(Until::Sent).await;
        void(&office, &case).await;
        let notice = format!("{case}/audit-notice");
        if steps > 0 {
            office
                .operations
                .post(&notice, cheaper.clone())
                .await
                .expect(200);
        }
        if steps > 1 {
            office
                .ss_lead
                .post(&format!("{notice}/initials"), json!({"as": "letter"}))
                .await
                .expect(200);
            office
                .pji_lead
                .post(&format!("{notice}/initials"), json!({"as": "cost"}))
                .await
                .expect(200);
        }
        if steps > 2 {
            office
                .head
                .act(&format!("{notice}/signature"))
                .await
                .expect(200);
        }
        let stage = office.head.get(&case).await.expect(200)["stage"].clone();
        let billing = billings(&office, &case).await.remove(0);
        assert_eq!(pay(&office, &billing).await["status"], "paid", "{stage}");
        assert_eq!(
            office.head.get(&case).await.expect(200)["stage"],
            stage,
            "a payment never moves the case"
        );
        match steps {
            2 => drop(
                office
                    .head
                    .act(&format!("{notice}/signature"))
                    .await
                    .refused(409, "conflict"),
            ),
            3 => {
                for form in [json!({}), office.dispatch()] {
                    office
                        .pji_staff
                        .post(&format!("{notice}/dispatch"), form)
                        .await
                        .refused(409, "conflict");
                }
                void(&office, &case).await;
                office.sign_anew(&case, office.notice()).await;
                office
                    .pji_staff
                    .post(&format!("{notice}/dispatch"), json!({}))
                    .await
                    .expect(200);
                assert_eq!(billings(&office, &case).await.len(), 1);
            }
            _ => {}
        }
    }
}

/// After a side exit no amount is due; a payment that arrives nevertheless is counted and flagged.
#[actix_web::test]
async fn a_file_that_leaves_the_road_takes_its_code_with_it() {
    let office = Office::open().await;
    for exit in ["withdrawal", "rejection"] {
        let case = office.case(Until::Sent).await;
        void(&office, &case).await;
        let leaver = if exit == "withdrawal" {
            &office.customer
        } else {
            &office.ss_lead
        };
        leaver
            .post(&format!("{case}/{exit}"), json!({"reason": "Tidak jadi."}))
            .await
            .expect(200);
        let billing = billings(&office, &case).await.remove(0);
        assert_eq!(
            (billing["status"].as_str(), account(&billing)),
            (Some("cancelled"), [0, 0, 0, 0]),
            "{exit}"
        );
        let offered = office.treasurer.get(&case).await.expect(200)["next"].clone();
        assert_eq!(
            (
                offered.as_array().unwrap().len(),
                &offered[0]["task"],
                &offered[0]["allowed"]
            ),
            (1, &json!("record_payment"), &json!(true))
        );
        assert_eq!(
            office.customer.get(&case).await.expect(200)["next"],
            json!([]),
            "for other users the file is finished"
        );
        let paid = pay(&office, &billing).await;
        assert_eq!(
            (&paid["payments"][0]["flags"], account(&paid)),
            (&json!(["on_cancelled_code"]), [0, 4_000_000, 0, 4_000_000]),
            "{exit}"
        );
    }
    assert_eq!(pnbp(&office).await, [0, 8_000_000, 0, 0, 8_000_000]);
}

/// The following notice is free of charge.
#[actix_web::test]
async fn a_notice_that_bills_nothing_supersedes_the_code_before() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    void(&office, &case).await;
    let mut free = office.notice();
    free["cost_lines"]
        .as_array_mut()
        .unwrap()
        .retain(|line| line["channel"] != "pnbp_billing");
    office.sign_anew(&case, free).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), json!({}))
        .await
        .expect(200);
    let billing = billings(&office, &case).await.remove(0);
    assert_eq!(
        (billing["status"].as_str(), account(&billing)),
        (Some("cancelled"), [0, 0, 0, 0])
    );
    assert_eq!(pnbp(&office).await, [0, 0, 0, 0, 0]);
    let refused = office
        .pji_staff
        .post(
            &format!(
                "/api/v1/billings/{}/replacement",
                billing["id"].as_str().unwrap()
            ),
            json!({"billing": office.dispatch()["billing"], "reason": "Kode baru."}),
        )
        .await
        .refused(409, "conflict");
    assert_eq!(
        refused["detail"],
        "Surat yang berlaku tidak menagih jumlah ini."
    );
    assert_eq!(office.rows("billing", "application_id", &case).await, 1);
}

/// The database enforces it independently of the application.
#[actix_web::test]
async fn the_database_takes_no_second_payable_code_of_a_file() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let twin = "insert into billing
        select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'code', $2::text, 'ended_at', $3::timestamptz, 'ended_as', case when $3 is not null then 'replaced' end))).*
        from billing o where application_id = $1";
    let mut sql = office.app.sql().await;
    let id = super::attempts::id_of(&case);
    let refused = sqlx::query(twin)
        .bind(id)
        .bind("820260706999991")
        .bind(None::<chrono::DateTime<chrono::Utc>>)
        .execute(&mut sql)
        .await
        .unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().constraint(),
        Some("billing_one_payable")
    );
    sqlx::query(twin)
        .bind(id)
        .bind("820260706999992")
        .bind(office.app.clock.now())
        .execute(&mut sql)
        .await
        .unwrap();
}
