//! The demo office: a file at each stage of both SOPs, made once.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use service_desk::certification::sop::Stage as ApplicationStage;
use service_desk::complaint::sop::Stage as ComplaintStage;
use service_desk::sop::role::Role;
use service_desk::sop::table::Stage as _;

use crate::support::TestApp;

fn stages(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    let stages = items
        .iter()
        .map(|item| item["stage"].as_str().unwrap().to_owned());
    stages.collect()
}

#[actix_web::test]
async fn a_start_makes_a_file_at_each_stage_and_a_killed_one_is_continued() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    // The first start is killed in the midst.
    let killed = app.demo_office().await.make(now);
    let killed = tokio::time::timeout(Duration::from_secs(3), Box::pin(killed)).await;
    let later = now + TimeDelta::hours(1);
    app.clock.set(later);
    let made = Box::pin(app.demo_office().await.make(later)).await.unwrap();
    assert_eq!(made, (16, 13), "killed in the midst: {}", killed.is_err());
    // A further start adds nothing.
    Box::pin(app.demo_office().await.make(later)).await.unwrap();
    // An unanswered proposal expires.
    app.work().await;

    let head = app.staff(Role::Head).await;
    let applications = head.get("/api/v1/applications?limit=100").await.expect(200);
    // The draft is still with the customer.
    let found = stages(&applications);
    assert_eq!(found.len(), 15);
    let wanted = ApplicationStage::all()
        .map(|stage| stage.code().to_owned())
        .filter(|stage| stage != "draft");
    assert_eq!(BTreeSet::from_iter(found), wanted.collect());

    let officer = app.staff(Role::ConflictOfficer).await;
    let complaints = officer.get("/api/v1/complaints?limit=100").await;
    let found = stages(&complaints.expect(200));
    assert_eq!(found.len(), 12);
    // The office does not know the received one yet; a signed answer is delivered at once.
    let wanted = ComplaintStage::all()
        .map(|stage| stage.code().to_owned())
        .filter(|stage| !["written", "received", "answer_signed"].contains(&&**stage));
    assert_eq!(BTreeSet::from_iter(found), wanted.collect());

    let treasurer = app.staff(Role::Treasurer).await;
    let billings = treasurer.get("/api/v1/billings").await.expect(200);
    let paid = |billing: &&Value| billing["status"] == "paid";
    let billings = billings["items"].as_array().unwrap();
    assert_eq!(
        (billings.len(), billings.iter().filter(paid).count()),
        (2, 1)
    );

    let auditor = app.staff(Role::InternalAuditor).await;
    let trail = auditor
        .get("/api/v1/audit-trail/verification")
        .await
        .expect(200);
    assert_eq!(trail["intact"], true);
}

/// The list in the data folder opens the reporter's side of each complaint.
#[actix_web::test]
async fn the_receipt_codes_of_the_demo_complaints_open_them() {
    let app = TestApp::start().await;
    Box::pin(app.demo_office().await.make(app.clock.now()))
        .await
        .unwrap();
    let list = std::fs::read(app.folder().join("demo-files.json")).unwrap();
    let list: Value = serde_json::from_slice(&list).unwrap();
    assert_eq!(list["complete"], true);
    let complaints = list["complaints"].as_object().unwrap();
    assert_eq!(complaints.len(), 13);
    for (stage, file) in complaints {
        let form = serde_json::json!({"receipt_code": file["receipt_code"]});
        let session = app.nobody().post("/api/v1/complaints/sessions", form).await;
        let token = session.expect(200)["access_token"].clone();
        let reporter = app.nobody().with_token(token.as_str().unwrap());
        let own = reporter.get("/api/v1/complaints/mine").await.expect(200);
        assert_eq!(own["stage"], **stage);
    }
}
