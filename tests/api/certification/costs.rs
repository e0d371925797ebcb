//! The computed cost estimate: suggested from the price list, checked against it at steps 4 and 6,
//! and held to what the customer accepted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_desk::certification::facts::Facts;
use service_desk::certification::schemes::{Necessity, Scheme, SchemeCode};
use service_desk::sop::role::Role;

use super::Office;
use super::drafts::faults;
use super::office::{Until, completion, pdf, product};
use super::tariffs::import;

const TARIFFS: &str = "\
code,kind,label,unit,amount,ceiling,province,legal_basis,valid_from,valid_to
ISO-PERMOHONAN,service,Permohonan sertifikasi,permohonan,500000,,,PP 54/2021,2026-01-01,
ISO-KETUA,service,Ketua tim audit,OH,2000000,,,PP 54/2021,2026-01-01,
ISO-AUDITOR,service,Auditor,OH,1500001,,,PP 54/2021,2026-01-01,
UMK-25,discount,Potongan usaha mikro dan kecil,%,25,,,Kebijakan Balai,2026-01-01,
SBM-DALAM-KOTA,travel_per_diem_in_town,Uang harian dalam kota,OH,140000,150000,Sumatera Selatan,PMK 32/2025,2026-01-01,2026-12-31
";
const COMPONENTS: &str = "\
scheme,kind,component,tariff_code,per,valid_from,valid_to
quality_iso9001,initial,application,ISO-PERMOHONAN,file,2026-01-01,
quality_iso9001,initial,lead,ISO-KETUA,man_day,2026-01-01,
quality_iso9001,initial,auditor,ISO-AUDITOR,man_day,2026-01-01,
product_sni,initial,lead,ISO-KETUA,man_day,2026-01-01,
product_sni,initial,auditor,ISO-AUDITOR,man_day,2026-01-01,
product_sni,initial,discount,UMK-25,file,2026-01-01,
";

async fn office_with_prices() -> Office {
    let office = Office::open().await;
    import(&office.treasurer, "tariffs", TARIFFS).await;
    import(&office.treasurer, "cost-components", COMPONENTS).await;
    office
}

/// The suggestion for the office's team and two days.
async fn suggestion(office: &Office, case: &str) -> Value {
    let form = json!({"proposed_team": office.team(), "audit_days": 2});
    office
        .pji_staff
        .post(&format!("{case}/cost-suggestions"), form)
        .await
        .expect(200)
}

async fn propose(office: &Office, case: &str, estimate: &Value) -> crate::support::Answer {
    let mut proposal = office.proposal();
    proposal["cost_estimate"] = estimate.clone();
    proposal["audit_days"] = json!(2);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), proposal)
        .await
}

async fn draft(office: &Office, case: &str, lines: &Value) -> crate::support::Answer {
    let mut notice = office.notice();
    notice["cost_lines"] = lines.clone();
    office
        .operations
        .post(&format!("{case}/audit-notice"), notice)
        .await
}

#[actix_web::test]
async fn a_suggestion_is_proposed_as_it_is_and_the_notice_keeps_to_it() {
    let office = office_with_prices().await;
    let case = office.case(Until::Verified).await;
    let suggested = suggestion(&office, &case).await;
    let estimate = &suggested["cost_estimate"];
    let codes: Vec<_> = estimate
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["tariff_code"].as_str().unwrap(),
                line["quantity"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        codes,
        [
            ("ISO-PERMOHONAN", 1.0),
            ("ISO-KETUA", 2.0),
            ("ISO-AUDITOR", 2.0),
            ("SBM-DALAM-KOTA", 4.0)
        ]
    );
    assert_eq!(
        suggested["totals"],
        json!([
            {"channel": "pnbp_billing", "amount": 7_500_002, "words": "Tujuh juta lima ratus ribu dua rupiah"},
            {"channel": "direct_by_client", "amount": 560_000, "words": "Lima ratus enam puluh ribu rupiah"},
        ])
    );
    assert_eq!(suggested["man_days_from"], "team_and_days");
    assert_eq!(
        (&suggested["missing"], &suggested["origins"][3]["ceiling"]),
        (&json!([]), &json!(150_000))
    );
    propose(&office, &case, estimate).await.expect(200);
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);

    // Half a day less is half the price, half a rupiah rounded up.
    let mut less = estimate.clone();
    less[2]["quantity"] = json!(1.5);
    let drafted = draft(&office, &case, &less).await.expect(200);
    assert_eq!(drafted["stage"], "notice_drafted");
    let notice = office
        .operations
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    assert_eq!(
        (
            &notice["content"]["billing_total"],
            &notice["content"]["cost_lines"][2]["quantity"]
        ),
        (&json!(6_750_002), &json!(1.5)),
        "2,250,001.50 becomes 2,250,002"
    );
}

/// More by e-billing is not paid for by less elsewhere, and a cost stays with its payer.
#[actix_web::test]
async fn more_in_one_way_of_payment_or_another_payer_goes_back_to_step_4() {
    let office = office_with_prices().await;
    for change in ["more", "payer"] {
        let case = office.case(Until::Verified).await;
        let estimate = suggestion(&office, &case).await["cost_estimate"].clone();
        propose(&office, &case, &estimate).await.expect(200);
        office
            .customer
            .post(&format!("{case}/completion"), completion())
            .await
            .expect(200);
        let mut lines = estimate.clone();
        if change == "more" {
            lines[2]["quantity"] = json!(1);
            lines[3]["quantity"] = json!(4.5);
        } else {
            lines[2]["quantity"] = json!(1);
            lines[3]["channel"] = json!("borne_by_office");
        }
        let answer = draft(&office, &case, &lines).await.expect(200);
        assert_eq!(answer["stage"], "verified", "{change}");
    }
}

#[actix_web::test]
async fn a_line_has_the_terms_of_its_tariff_or_a_reason() {
    let office = office_with_prices().await;
    let case = office.case(Until::Verified).await;
    let estimate = suggestion(&office, &case).await["cost_estimate"].clone();
    let with = |line: usize, field: &str, value: Value| {
        let mut changed = estimate.clone();
        changed[line][field] = value;
        changed
    };
    for (lines, pointer, code) in [
        (
            with(1, "unit_amount", json!(1)),
            "/cost_estimate/1/unit_amount",
            "not_the_tariff",
        ),
        (
            with(1, "legal_basis", json!("asal")),
            "/cost_estimate/1/legal_basis",
            "not_the_tariff",
        ),
        (
            with(1, "unit", json!("hari")),
            "/cost_estimate/1/unit",
            "not_the_tariff",
        ),
        (
            with(1, "kind", json!("lab_test")),
            "/cost_estimate/1/kind",
            "not_the_tariff",
        ),
        (
            with(1, "tariff_code", json!("LAMA")),
            "/cost_estimate/1/tariff_code",
            "not_in_force",
        ),
        (
            with(3, "unit_amount", json!(150_001)),
            "/cost_estimate/3/unit_amount",
            "above_ceiling",
        ),
        (
            with(1, "tariff_code", Value::Null),
            "/cost_estimate/1/reason",
            "missing_field",
        ),
        (
            with(1, "quantity", json!(0.25)),
            "/cost_estimate/1/quantity",
            "wrong_type",
        ),
    ] {
        let refused = propose(&office, &case, &lines)
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refused), [(pointer, code)]);
    }
    let mut discounted = estimate.clone();
    discounted.as_array_mut().unwrap().push(json!({
        "kind": "discount", "description": "Potongan", "quantity": 1, "unit": "potongan", "unit_amount": -1, "channel": "pnbp_billing",
        "legal_basis": "Kebijakan Balai", "tariff_code": "UMK-25",
    }));
    let refused = propose(&office, &case, &discounted)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refused), [("/cost_estimate/4", "not_proved")]);
    let mut by_hand = with(1, "tariff_code", Value::Null);
    by_hand[1]["reason"] = json!("Tarif khusus menurut Permenperin 19/2021, belum diimpor.");
    by_hand[1]["unit_amount"] = json!(1_800_000);
    propose(&office, &case, &by_hand).await.expect(200);
    let sheet = office
        .customer
        .get(&format!("{case}/audit-confirmations"))
        .await
        .expect(200);
    assert_eq!(
        sheet["items"][0]["proposal"]["cost_estimate"][1]["reason"],
        "Tarif khusus menurut Permenperin 19/2021, belum diimpor."
    );
}

/// The customer accepted a price that has changed since: the notice may still use it.
#[actix_web::test]
async fn an_accepted_price_holds_when_the_list_moves_on() {
    let office = office_with_prices().await;
    let case = office.case(Until::Verified).await;
    let estimate = suggestion(&office, &case).await["cost_estimate"].clone();
    propose(&office, &case, &estimate).await.expect(200);
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    let dearer = "code,kind,label,unit,amount,ceiling,province,legal_basis,valid_from,valid_to\nISO-KETUA,service,Ketua tim audit,OH,2500000,,,PP 99/2026,2026-07-06,\n";
    import(&office.treasurer, "tariffs", dearer).await;
    assert_eq!(
        draft(&office, &case, &estimate).await.expect(200)["stage"],
        "notice_drafted"
    );
}

/// The scale of a small business counts once its paper was found complete.
#[actix_web::test]
async fn the_discount_appears_when_its_paper_is_verified() {
    let mut office = office_with_prices().await;
    office.add_sampling_officer().await;
    let mut form = product();
    form["facts"]["small_business_discount"] = json!(true);
    form["facts"]["business_scale"] = json!("small");
    let facts: Facts = serde_json::from_value(form["facts"].clone()).unwrap();
    let view = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
    let rows: Vec<&str> = Scheme::of(SchemeCode::ProductSni)
        .checklist(&facts)
        .filter(|row| row.necessity == Necessity::Mandatory)
        .map(|row| row.code)
        .collect();
    assert!(rows.contains(&"P58"));
    for code in &rows {
        office
            .customer
            .upload(&format!("{case}/documents/{code}"), pdf(code))
            .await
            .expect(201);
    }
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    let before = suggestion(&office, &case).await;
    assert_eq!(before["missing"][0]["component"], "discount");
    let items: Vec<_> = rows
        .iter()
        .map(|code| json!({"requirement": code, "result": "complete"}))
        .collect();
    office
        .operations
        .post(&format!("{case}/verification"), json!({"items": items}))
        .await
        .expect(200);
    let after = suggestion(&office, &case).await;
    let discount = after["cost_estimate"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&discount["kind"], &discount["unit_amount"]),
        (&json!("discount"), &json!(-1_750_001)),
        "a quarter of 7,000,002, half a rupiah rounded up"
    );
    assert_eq!(after["totals"][0]["amount"], 5_250_001);
    propose(&office, &case, &after["cost_estimate"])
        .await
        .expect(200);
}

#[actix_web::test]
async fn those_who_plan_audits_ask_for_a_suggestion_and_only_of_files_they_see() {
    let office = office_with_prices().await;
    let case = office.case(Until::Filed).await;
    let form = json!({"proposed_team": [], "audit_days": 1});
    let path = format!("{case}/cost-suggestions");
    let mut replies = BTreeSet::new();
    for (role, person) in office.person_of_each_role().await {
        let plans = [
            Role::PjiStaff,
            Role::OperationsStaff,
            Role::PjiLead,
            Role::SsLead,
            Role::Head,
            Role::Treasurer,
        ]
        .contains(&role);
        // The treasurer sees a file from its billing on, roles of whistle-blowing never.
        let sees = person.get(&case).await.status == 200;
        let answer = person.post(&path, form.clone()).await;
        let expected = match (sees, plans) {
            (false, _) => 404,
            (true, true) => 200,
            (true, false) => 403,
        };
        replies.insert(expected);
        assert_eq!(
            answer.status,
            expected,
            "{}: {:#}",
            role.code(),
            answer.body
        );
    }
    assert_eq!(replies, BTreeSet::from([200, 403, 404]));
    let draft = office.bare_draft().await;
    office
        .pji_staff
        .post(&format!("{draft}/cost-suggestions"), form)
        .await
        .refused(404, "not_found");
    let wrong = json!({"proposed_team": [], "audit_days": 0, "travel_days": 61, "laboratory": []});
    let refused = office
        .pji_staff
        .post(&path, wrong)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refused),
        [
            ("/audit_days", "wrong_value"),
            ("/travel_days", "wrong_value")
        ]
    );
}
