//! Codes inside `errors` that no other test provokes, each with its place.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::ask;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::office::{self, ComplaintOffice, form};
use crate::support::{Answer, PASSPHRASE, custodian};

/// Asserts that the refusal names this fault at this place.
#[track_caller]
fn assert_fault(answer: Answer, pointer: &str, code: &str) {
    let refusal = answer.body.clone();
    assert!(matches!(answer.status, 400 | 422), "{refusal:#}");
    let found = refusal["errors"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| one["pointer"] == pointer && one["code"] == code);
    assert!(found, "{code} at {pointer} is not in {refusal:#}");
}

#[actix_web::test]
async fn of_accounts() {
    let office = Office::open().await;
    let (nobody, admin) = (office.app.nobody(), office.app.staff(Role::Admin).await);
    let address = json!({"street": "Jl. Musi\n1", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "1"});
    let account = json!({"email": "x", "password": "kuda benar baterai", "display_name": "Siti", "organisation": {"name": "PT Karet", "address": address}});
    for (pointer, code) in [
        ("/email", "not_an_email"),
        ("/organisation/address/street", "not_one_line"),
        ("/organisation/address/postal_code", "not_digits"),
    ] {
        assert_fault(
            nobody.post("/api/v1/auth/register", account.clone()).await,
            pointer,
            code,
        );
    }
    let change = json!({"current_password": "perahu merah menuju hilir", "new_password": "perahu hijau menuju hulu"});
    assert_fault(
        office.head.post("/api/v1/me/password", change).await,
        "/current_password",
        "wrong_password",
    );
    let roles = format!("/api/v1/users/{}/roles", office.customer.id);
    assert_fault(
        admin
            .put(&roles, json!({"roles": ["head"]}), Some("*"))
            .await,
        "/roles/0",
        "not_for_customers",
    );
    assert_fault(
        ask(&admin, Method::GET, "/api/v1/me?made_up=1", &[]).await,
        "?made_up",
        "unknown_parameter",
    );
}

#[actix_web::test]
async fn of_times_and_amounts() {
    let office = Office::open().await;
    let (now, day) = (office.app.clock.now(), chrono::TimeDelta::days(1));
    let verified = format!("{}/audit-confirmation", office.case(Until::Verified).await);
    let mut proposal = office.proposal();
    proposal["answer_by"] = json!(now - day);
    assert_fault(
        office.pji_staff.post(&verified, proposal.clone()).await,
        "/answer_by",
        "in_the_past",
    );
    proposal["answer_by"] = json!("2026-08-05T01:00:00Z");
    assert_fault(
        office.pji_staff.post(&verified, proposal).await,
        "/proposed_dates/0",
        "too_early",
    );
    let reason = json!({"reason": "Permohonan percobaan."});
    office
        .customer
        .post(
            &verified.replace("audit-confirmation", "withdrawal"),
            reason,
        )
        .await
        .expect(200);

    let signed = office.case(Until::Signed).await;
    let dispatch = |issued, expires: Value| {
        let mut form = office.dispatch();
        form["billing"]["issued_at"] = json!(issued);
        form["billing"]["expires_at"] = expires;
        office
            .pji_staff
            .post(&format!("{signed}/audit-notice/dispatch"), form)
    };
    assert_fault(
        dispatch(now + day, Value::Null).await,
        "/billing/issued_at",
        "in_the_future",
    );
    assert_fault(
        dispatch(now - day, json!(now - day * 2)).await,
        "/billing/expires_at",
        "wrong_order",
    );
    assert_fault(
        dispatch(now - day * 2, json!(now - day)).await,
        "/billing/expires_at",
        "in_the_past",
    );
    dispatch(now, Value::Null).await.expect(200);
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0].clone();
    let payment = json!({"ntpn": "A1B2C3D4E5F6G7H8", "paid_at": now, "amount": billing["amount"].as_i64().unwrap() - 1});
    let pay = format!(
        "/api/v1/billings/{}/payments",
        billing["id"].as_str().unwrap()
    );
    assert_fault(
        office.treasurer.post(&pay, payment).await,
        "/amount",
        "wrong_amount",
    );
}

#[actix_web::test]
async fn of_complaints() {
    let mut office = ComplaintOffice::open().await;
    let mut confidential = form();
    confidential["identity"] =
        json!({"name": "Siti Rahmawati", "address": "Jl. Merdeka No. 5, Palembang"});
    let case = office.case_of(confidential, office::Until::Forwarded).await;
    let warnings = format!("{}/warnings", case.path);
    assert_fault(
        office
            .team_lead
            .post(&warnings, json!({"warnings": []}))
            .await,
        "/warnings",
        "wrong_number",
    );
    let oneself = json!({"warnings": [{"user": office.team_lead.id, "text": "Perhatikan tarif yang berlaku."}]});
    assert_fault(
        office.team_lead.post(&warnings, oneself).await,
        "/warnings/0/user",
        "oneself",
    );
    // In one request: two people without a right to be warned, and a quotation from the complaint.
    let quoted = "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima.";
    let several = json!({"warnings": [{"user": office.team_lead.id, "text": quoted}, {"user": uuid::Uuid::new_v4(), "text": "Perhatikan tarif."}]});
    for (pointer, code) in [
        ("/warnings/0/user", "oneself"),
        ("/warnings/0/text", "quotes_complaint"),
        ("/warnings/1/user", "not_staff"),
    ] {
        assert_fault(
            office.team_lead.post(&warnings, several.clone()).await,
            pointer,
            code,
        );
    }

    let request = json!({"fields": ["address"], "purpose": "consent", "reason": "Pelapor minta dihubungi lewat surat."});
    let asked = office
        .team_lead
        .post(&format!("{}/disclosures", case.path), request)
        .await
        .expect(201);
    let decision = format!(
        "{}/disclosures/{}/decision",
        case.path,
        asked["id"].as_str().unwrap()
    );
    let beyond = json!({"grant": true, "fields": ["address", "name"], "reason": "Alasan cukup.", "custodian_key": custodian().1, "passphrase": PASSPHRASE});
    assert_fault(
        office.custodian.post(&decision, beyond).await,
        "/fields/1",
        "not_asked_for",
    );
}
