//! The patterns of numbers are data: an administrator changes them, with a reason, for future
//! numbers.

use serde_json::json;
use service_desk::sop::role::Role;

use crate::certification::Office;
use crate::certification::office::Until;

#[actix_web::test]
async fn a_new_pattern_holds_for_the_numbers_taken_from_then_on() {
    let office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    let before = office.case(Until::Signed).await;
    let form = json!({"series": "audit_notice", "pattern": "B.{seq:4}/BPPI/{month}/{year}", "reason": "Kode klasifikasi baru."});
    office
        .head
        .post("/api/v1/number-patterns", form.clone())
        .await
        .refused(403, "forbidden");
    let made = admin
        .post("/api/v1/number-patterns", form)
        .await
        .expect(201);
    assert_eq!(
        (&made["version"], &made["sample"]),
        (&json!(1), &json!("B.0001/BPPI/07/2026"))
    );
    let after = office.case(Until::Signed).await;
    let number = async |case: &str| {
        office
            .head
            .get(&format!("{case}/audit-notice"))
            .await
            .expect(200)["number"]
            .clone()
    };
    assert_eq!(
        number(&before).await,
        "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026"
    );
    assert_eq!(
        number(&after).await,
        "B.0002/BPPI/07/2026",
        "the register goes on"
    );
    let listed = admin.get("/api/v1/number-patterns").await.expect(200);
    assert_eq!(
        (
            listed["items"].as_array().unwrap().len(),
            &listed["items"][2]["version"],
            &listed["items"][0]["version"]
        ),
        (3, &json!(1), &json!(0))
    );
}

#[actix_web::test]
async fn a_pattern_that_would_give_one_number_twice_is_refused() {
    let office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    for pattern in ["B/{year}", "B/{seq}", "{seq}/{year}/{kode}", ""] {
        let form = json!({"series": "audit_notice", "pattern": pattern, "reason": "Uji."});
        let refusal = admin
            .post("/api/v1/number-patterns", form)
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], "/pattern", "{pattern}");
    }
}
