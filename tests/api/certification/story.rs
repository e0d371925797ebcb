//! The story of certification, readable by the office: one application from draft to dispatched
//! notice, with a deficiency round and a returned draft.

use serde_json::json;

use super::Office;
use super::office::{completion, cost, mandatory, pdf, verification};

#[actix_web::test]
async fn an_application_goes_from_the_customer_to_a_dispatched_notice() {
    let mut office = Office::open_keeping_days_apart(&[]).await;

    // Step 1: the customer submits the application.
    let case = office.draft().await;
    office.later(10).await;
    let sent = office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    assert_eq!(
        (sent["stage"].as_str(), sent["number"].as_str()),
        (Some("submitted"), Some("P-2026-00001"))
    );

    // Step 2: PJI staff file it within their quarter of an hour.
    office.later(12).await;
    let filed = office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    assert_eq!(filed["clock"]["step"], 3);

    // Step 3: operations find one document deficient; the sheet is numbered.
    office.later(60).await;
    let wanting = mandatory()[1];
    let checked = office
        .operations
        .post(&format!("{case}/verification"), verification(&[wanting]))
        .await
        .expect(200);
    assert_eq!(checked["stage"], "deficient");
    let sheets = office
        .customer
        .get(&format!("{case}/deficiency-sheets"))
        .await
        .expect(200);
    assert_eq!(
        (
            sheets["items"][0]["number"].as_str(),
            sheets["items"][0]["items"][0]["requirement"].as_str()
        ),
        (Some("LK-2026-00001"), Some(wanting))
    );

    // Step 4: PJI staff notify the customer; the office's clock stops.
    office.later(20).await;
    let asked = office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    assert_eq!(
        (asked["stage"].as_str(), asked["clock"]["party"].as_str()),
        (Some("awaiting_customer"), Some("customer"))
    );

    // Step 5: the customer answers a day later.
    office.later(24 * 60).await;
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .refused(422, "invalid_content");
    office
        .customer
        .upload(&format!("{case}/documents/{wanting}"), pdf("yang baru"))
        .await
        .expect(201);
    let answered = office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    assert_eq!(
        (answered["stage"].as_str(), answered["round"].as_i64()),
        (Some("completed"), Some(2))
    );
    let changes = office
        .operations
        .get(&format!("{case}/snapshots/2/changes"))
        .await
        .expect(200);
    assert_eq!(
        changes["documents"],
        json!([{"requirement": wanting, "from_version": 1, "to_version": 2, "content_changed": true}])
    );

    // Step 3 again: only the open items.
    office.later(30).await;
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[]))
        .await
        .refused(422, "invalid_content");
    let again = json!({"items": [{"requirement": wanting, "result": "complete"}]});
    assert_eq!(
        office
            .operations
            .post(&format!("{case}/verification"), again)
            .await
            .expect(200)["stage"],
        "confirmed"
    );

    // Step 6: drafted, initialled by the SS lead, returned by the head, drafted again: the clock
    // continues with the remaining time.
    office.later(10).await;
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
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
    let back = office
        .head
        .post(
            &format!("{case}/audit-notice/return"),
            json!({"reason": "Tanggal surat belum ada."}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            back["stage"].as_str(),
            back["clock"]["used_minutes"].as_i64()
        ),
        (Some("confirmed"), Some(10))
    );
    office.later(5).await;
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
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
    let both = office
        .pji_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "cost"}),
        )
        .await
        .expect(200);
    assert_eq!(both["stage"], "notice_initialled");

    // Step 7: the head signs; number and signature are assigned together.
    let signed = office
        .head
        .act(&format!("{case}/audit-notice/signature"))
        .await
        .expect(200);
    assert_eq!(signed["stage"], "notice_signed");
    let notice = office
        .pji_staff
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    assert_eq!(notice["number"], "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026");
    assert_eq!(notice["signature"]["capacity"], "Kepala Balai");
    assert_eq!(
        notice["signature"]["content_sha256"],
        notice["letter_initial"]["content_sha256"]
    );
    office
        .customer
        .get(&format!("{case}/audit-notice"))
        .await
        .refused(404, "not_found");

    // Step 8: sent with team and e-billing; from now on the customer can read the notice.
    office.later(5).await;
    let sent = office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), office.dispatch())
        .await
        .expect(200);
    assert_eq!(
        (sent["stage"].as_str(), sent["clock"].is_null()),
        (Some("notice_sent"), true)
    );
    assert_eq!(
        office
            .customer
            .get(&format!("{case}/audit-notice"))
            .await
            .expect(200)["status"],
        "sent"
    );
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0].clone();
    assert_eq!(
        (billing["amount"].as_i64(), billing["status"].as_str()),
        (Some(4_000_000), Some("issued"))
    );

    // The payment does not change the stage.
    let payment = json!({"ntpn": "a1b2c3d4e5f6g7h8", "paid_at": office.app.clock.now(), "amount": 4_000_000, "bank": "Bank Sumsel Babel"});
    let pay = format!(
        "/api/v1/billings/{}/payments",
        billing["id"].as_str().unwrap()
    );
    let paid = office
        .treasurer
        .post(&pay, payment.clone())
        .await
        .expect(200);
    assert_eq!(
        (
            paid["status"].as_str(),
            paid["payments"][0]["ntpn"].as_str()
        ),
        (Some("paid"), Some("A1B2C3D4E5F6G7H8"))
    );
    assert_eq!(office.treasurer.post(&pay, payment).await.expect(200), paid);
    assert_eq!(
        office.customer.get(&case).await.expect(200)["stage"],
        "notice_sent"
    );

    // The timeline shows the measured times: 12 + 60 + 20 and 30 + 15 + 5 minutes of the office.
    let timeline = office
        .head
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    assert_eq!(timeline["office_minutes"], 12 + 60 + 20 + 30 + 15 + 5);
    let tasks: Vec<_> = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["task"].as_str().unwrap())
        .collect();
    assert_eq!(
        tasks
            .iter()
            .filter(|task| **task == "draft_audit_notice")
            .count(),
        2
    );
    assert_eq!(tasks.last(), Some(&"record_payment"));
}

#[actix_web::test]
async fn a_higher_cost_or_a_member_objected_to_sends_the_case_back_to_step_4() {
    let office = Office::open_keeping_days_apart(&[]).await;
    let case = office.case(super::office::Until::Confirmed).await;
    let mut dearer = office.notice();
    dearer["cost_lines"] = cost(2_000_001);
    let back = office
        .operations
        .post(&format!("{case}/audit-notice"), dearer)
        .await
        .expect(200);
    assert_eq!(
        (back["stage"].as_str(), back["clock"]["step"].as_i64()),
        (Some("verified"), Some(4))
    );
    office
        .operations
        .get(&format!("{case}/audit-notice"))
        .await
        .refused(404, "not_found");

    // The customer refuses the proposal: back to step 4.
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let mut answer = completion();
    answer["confirmation"]["objections"] =
        json!([{"auditor_id": office.auditors[1], "reason": "Bekas konsultan kami."}]);
    let back = office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .expect(200);
    assert_eq!(
        (back["stage"].as_str(), back["clock"]["step"].as_i64()),
        (Some("verified"), Some(4))
    );
}

/// A file without deficiencies takes each step once, and every sum of its standard times equals the
/// printed SOP's.
#[actix_web::test]
async fn a_case_without_deficiencies_takes_each_step_once_and_the_sums_agree_everywhere() {
    let mut office = Office::open_keeping_days_apart(&[]).await;
    let case = office.draft().await;
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    office.later(5).await;
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    office.later(5).await;
    assert_eq!(
        office
            .operations
            .post(&format!("{case}/verification"), verification(&[]))
            .await
            .expect(200)["stage"],
        "verified"
    );
    office.later(5).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office.later(5).await;
    let agreed = office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .expect(200);
    assert_eq!(
        (&agreed["stage"], &agreed["round"], &agreed["clock"]["step"]),
        (&json!("confirmed"), &json!(2), &json!(6))
    );
    office
        .operations
        .post(&format!("{case}/verification"), json!({"items": []}))
        .await
        .refused(409, "out_of_order");
    office.later(5).await;
    office.sign_anew(&case, office.notice()).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), office.dispatch())
        .await
        .expect(200);

    let of_office = |steps: &serde_json::Value| -> i64 {
        let office = steps
            .as_array()
            .unwrap()
            .iter()
            .filter(|step| step["party"] == "office");
        office
            .map(|step| step["standard_minutes"].as_i64().unwrap())
            .sum()
    };
    let timeline = office
        .head
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    let steps: Vec<_> = timeline["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].as_i64().unwrap())
        .collect();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6, 7, 8], "each step once");
    let sop = office.head.get("/api/v1/sops/cert").await.body;
    let record = office
        .head
        .get("/api/v1/reports/realization?from=2026-07-01&to=2026-07-31")
        .await
        .body;
    let row = &record["items"][0];
    assert_eq!(
        (&sop["office_minutes"], &row["office_standard_minutes"]),
        (&json!(225), &json!(225))
    );
    assert_eq!(
        (of_office(&timeline["steps"]), of_office(&row["steps"])),
        (225, 225)
    );
    let sla = office
        .head
        .get("/api/v1/reports/sla?from=2026-07-01&to=2026-07-31")
        .await
        .body;
    assert_eq!(of_office(&sla["steps"]), 225, "{sla}");
    assert_eq!(row["office_minutes"], timeline["office_minutes"]);
}
