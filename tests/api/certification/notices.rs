//! Steps 4 and 6: teams, dates and costs, and what the customer's answer covers.

use serde_json::{Value, json};

use super::Office;
use super::drafts::faults;
use super::office::{Until, completion, cost};

/// Another auditor: for these schemes, fit to lead or not.
async fn auditor(office: &Office, schemes: &[&str], lead: bool) -> Value {
    let form = json!({"name": "Siti Aminah, S.T.", "schemes": schemes, "may_lead": lead});
    office.ss_lead.post("/api/v1/auditors", form).await.expect(201)["id"].clone()
}

/// Every team that is wrong, and what is wrong with it.
async fn wrong_teams(office: &Office) -> Vec<(Value, (&'static str, &'static str))> {
    let (lead, member) = (&office.auditors[0], &office.auditors[1]);
    let (stranger, chemist) = (json!(uuid::Uuid::new_v4()), auditor(office, &["product_sni"], true).await);
    let person = |id: Value, role: &str| json!({"auditor_id": id, "role": role});
    vec![
        (json!([]), ("", "one_lead")),
        (json!([person(json!(member), "auditor")]), ("", "one_lead")),
        (json!([person(json!(lead), "lead"), person(json!(lead), "auditor")]), ("/1/auditor_id", "duplicate")),
        (json!([person(json!(lead), "lead"), person(stranger, "expert")]), ("/1/auditor_id", "unknown_auditor")),
        (json!([person(json!(lead), "lead"), person(chemist, "auditor")]), ("/1/auditor_id", "not_competent")),
        (json!([person(json!(member), "lead")]), ("/0/auditor_id", "may_not_lead")),
    ]
}

#[actix_web::test]
async fn a_wrong_team_is_neither_proposed_nor_drafted() {
    let office = Office::open().await;
    let (proposing, drafting) = (office.case(Until::Verified).await, office.case(Until::Confirmed).await);
    for (team, (place, code)) in wrong_teams(&office).await {
        let (mut proposal, mut notice) = (office.proposal(), office.notice());
        proposal["proposed_team"] = team.clone();
        notice["team"] = team;
        let refusal = office.pji_staff.post(&format!("{proposing}/audit-confirmation"), proposal).await.refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [(format!("/proposed_team{place}").as_str(), code)]);
        let refusal = office.operations.post(&format!("{drafting}/audit-notice"), notice).await.refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [(format!("/team{place}").as_str(), code)]);
    }
    office.pji_staff.post(&format!("{proposing}/audit-confirmation"), office.proposal()).await.expect(200);
    office.operations.post(&format!("{drafting}/audit-notice"), office.notice()).await.expect(200);
}

#[actix_web::test]
async fn a_proposal_lies_in_the_future_and_its_audit_after_the_answer() {
    let office = Office::open().await;
    let case = office.case(Until::Verified).await;
    let told = async |name: &str, value: Value| {
        let mut proposal = office.proposal();
        proposal[name] = value;
        let refusal = office.pji_staff.post(&format!("{case}/audit-confirmation"), proposal).await.refused(422, "invalid_content");
        faults(&refusal).into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(told("answer_by", json!(office.app.clock.now())).await, ["/answer_by in_the_past"]);
    assert_eq!(told("proposed_dates", json!(["2026-07-11", "2026-07-12"])).await, ["/proposed_dates/0 too_early"]);
    assert_eq!(told("proposed_dates", json!([])).await, ["/proposed_dates wrong_value"]);
    assert_eq!(told("cost_estimate", json!([])).await, ["/cost_estimate wrong_value"]);
}

#[actix_web::test]
async fn an_answer_chooses_among_what_was_proposed() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let answer = json!({"confirmation": {
        "chosen_date": "2026-08-04", "accepts_cost": true,
        "objections": [{"auditor_id": uuid::Uuid::new_v4(), "reason": "Pernah menjadi konsultan kami."}],
    }});
    let refusal = office.customer.post(&format!("{case}/completion"), answer).await.refused(422, "invalid_content");
    let expected = [("/confirmation/chosen_date", "not_proposed"), ("/confirmation/objections/0/auditor_id", "not_proposed")];
    assert_eq!(faults(&refusal), expected);
}

#[actix_web::test]
async fn what_the_answer_does_not_cover_goes_back_to_step_4() {
    let office = Office::open().await;
    let mut objecting = completion();
    objecting["confirmation"]["objections"] = json!([{"auditor_id": office.auditors[1], "reason": "Pernah menjadi konsultan kami."}]);
    let mut refusing = completion();
    refusing["confirmation"]["accepts_cost"] = json!(false);
    let mut dearer = office.notice();
    dearer["cost_lines"] = cost(2_000_001);
    let answers = [(objecting, office.notice(), "objected"), (refusing, office.notice(), "cost refused"), (completion(), dearer, "dearer")];
    for (answer, notice, why) in answers {
        let case = office.case(Until::AwaitingCustomer).await;
        office.customer.post(&format!("{case}/completion"), answer).await.expect(200);
        office.operations.post(&format!("{case}/verification"), json!({"items": []})).await.expect(200);
        let view = office.operations.post(&format!("{case}/audit-notice"), notice).await.expect(200);
        assert_eq!((&view["stage"], &view["clock"]["step"]), (&json!("verified"), &json!(4)), "{why}");
        office.operations.get(&format!("{case}/audit-notice")).await.refused(404, "not_found");
        // The customer is asked again, and agrees.
        office.pji_staff.post(&format!("{case}/audit-confirmation"), office.proposal()).await.expect(200);
        office.customer.post(&format!("{case}/completion"), completion()).await.expect(200);
        office.operations.post(&format!("{case}/verification"), json!({"items": []})).await.expect(200);
        let view = office.operations.post(&format!("{case}/audit-notice"), office.notice()).await.expect(200);
        assert_eq!(view["stage"], "notice_drafted", "{why}");
    }
}

#[actix_web::test]
async fn the_audit_begins_on_the_day_the_customer_chose() {
    let office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    let mut notice = office.notice();
    notice["audit_dates"] = json!(["2026-08-10", "2026-08-11"]);
    let refusal = office.operations.post(&format!("{case}/audit-notice"), notice.clone()).await.refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/audit_dates/0", "not_agreed")]);
    notice["audit_dates"] = json!(["2026-08-04", "2026-08-03"]);
    let refusal = office.operations.post(&format!("{case}/audit-notice"), notice).await.refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/audit_dates", "not_in_order")]);
}

#[actix_web::test]
async fn a_paraf_is_given_once_and_for_what_was_seen() {
    let office = Office::open().await;
    let case = office.case(Until::Drafted).await;
    let (path, notice) = (format!("{case}/audit-notice/initials"), format!("{case}/audit-notice"));
    let seen = office.ss_lead.get(&notice).await.expect(200)["content_sha256"].clone();
    let other = json!({"as": "letter", "content_sha256": "0".repeat(64)});
    office.ss_lead.post(&path, other).await.refused(412, "stale_version");
    office.ss_lead.post(&path, json!({"as": "letter", "content_sha256": seen})).await.expect(200);
    let next = office.ss_lead.get(&case).await.expect(200)["next"].clone();
    let letter = next.as_array().unwrap().iter().find(|row| row["task"] == "initial_notice_letter").unwrap();
    assert_eq!((letter["allowed"].as_bool(), letter["refusal"].as_str()), (Some(false), Some("out_of_order")));
    office.ss_lead.post(&path, json!({"as": "letter"})).await.refused(409, "out_of_order");
    office.ss_lead.post(&path, json!({"as": "cost"})).await.refused(403, "not_your_step");
    office.head.act(&format!("{notice}/signature")).await.refused(409, "out_of_order");
    assert_eq!(office.pji_lead.post(&path, json!({"as": "cost"})).await.expect(200)["stage"], "notice_initialled");
}

#[actix_web::test]
async fn what_is_not_what_was_initialled_is_not_signed() {
    let office = Office::open().await;
    let case = office.case(Until::Initialled).await;
    // The application may not change a draft; a hand in the database can.
    let forged = "update audit_notice set content = replace(content, '2026-08-03', '2026-09-03') where application_id = $1";
    sqlx::query(forged).bind(super::attempts::id_of(&case)).execute(&mut office.app.sql().await).await.unwrap();
    office.head.act(&format!("{case}/audit-notice/signature")).await.refused(409, "conflict");
}
