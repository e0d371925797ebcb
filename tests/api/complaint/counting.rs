//! Deadlines and texts that an interested person would want to change (abuse cases 6, 36, 37, 41
//! and 42).

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{ComplaintOffice, Until, answer, form};

#[actix_web::test]
async fn no_step_is_dated_back_and_what_is_refused_leaves_the_clock_as_it_was() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    let clock = async |office: &ComplaintOffice| {
        office.head.get(&case.path).await.expect(200)["clock"].clone()
    };
    let before = clock(&office).await;
    let at = |end: &str| format!("{}/{end}", case.path);
    for dated in ["at", "received_on", "stage_since", "stage"] {
        let body = json!({"text": "Mohon ditanggapi.", dated: "2026-07-01T00:00:00Z"});
        office
            .head
            .post(&at("disposition"), body)
            .await
            .refused(422, "invalid_content");
    }
    office
        .head
        .post(&at("disposition"), json!({"text": "Sekali lagi."}))
        .await
        .refused(409, "out_of_order");
    office
        .head
        .act(&at("answer/signature"))
        .await
        .refused(409, "out_of_order");
    assert_eq!(clock(&office).await, before);
    for (day, allowed) in [
        ("2026-07-07", false),
        ("2026-06-05", false),
        ("2026-06-06", true),
        ("2026-07-06", true),
    ] {
        let typed = office
            .clerk
            .post(
                "/api/v1/complaints/paper",
                json!({"form": form(), "received_on": day}),
            )
            .await;
        assert_eq!(
            typed.status,
            if allowed { 201 } else { 422 },
            "{day}: {:#}",
            typed.body
        );
    }
    // The clock of a paper complaint dated last month starts when the office gets it, not earlier
    // and not later.
    office.next_slot().await;
    let now = office.app.clock.now();
    let listed = office
        .head
        .get("/api/v1/complaints?stage=screened")
        .await
        .expect(200);
    for item in listed["items"].as_array().unwrap() {
        assert_eq!(
            (
                item["stage_since"]
                    .as_str()
                    .unwrap()
                    .parse::<chrono::DateTime<chrono::Utc>>()
                    .unwrap(),
                &item["clock"]["used_minutes"]
            ),
            (now, &json!(0))
        );
    }
}

#[actix_web::test]
async fn an_answer_is_acknowledged_once_on_one_day() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Answered).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let path = "/api/v1/complaints/mine/answer/acknowledgement";
    let both = futures_util::future::join_all((0..6).map(|_| reporter.act(path))).await;
    assert_eq!(both.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(
        both.iter()
            .filter(|answer| answer.status != 200)
            .all(|answer| answer.code() == "out_of_order")
    );
    let day = reporter.get("/api/v1/complaints/mine").await.expect(200)["acknowledged_on"].clone();
    office.later(3 * 24 * 60).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    reporter.act(path).await.refused(409, "out_of_order");
    assert_eq!(
        reporter.get("/api/v1/complaints/mine").await.expect(200)["acknowledged_on"],
        day,
        "the clock does not change"
    );
}

#[actix_web::test]
async fn a_case_that_is_taken_up_again_is_not_closed_any_more_and_its_clocks_run_anew() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Closed).await;
    let closed = office.head.get(&case.path).await.expect(200);
    assert!(
        closed["closed_on"].is_string() && closed["clock"].is_null(),
        "{closed:#}"
    );
    office.later(100 * 24 * 60).await;
    let reopened = office
        .head
        .post(
            &format!("{}/reopening", case.path),
            json!({"text": "Ada bukti baru."}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &reopened["closed_on"],
            reopened["round"].as_i64(),
            reopened["stage"].as_str()
        ),
        (&json!(null), Some(2), Some("reopened"))
    );
    assert_eq!(
        (
            &reopened["clock"]["step"],
            &reopened["clock"]["used_minutes"]
        ),
        (&json!(2), &json!(0))
    );
    office.run_due_work().await;
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "reopened",
        "an earlier acknowledgement does not close the case now"
    );
    office.bring_to(&case, Until::Signed).await;
    office.run_due_work().await;
    let reporter = office.sign_in_with_code(&case.code).await;
    reporter
        .act("/api/v1/complaints/mine/answer/acknowledgement")
        .await
        .expect(200);
    office.next_slot().await;
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "closed"
    );
}

#[actix_web::test]
async fn a_quotation_that_must_be_is_in_the_trail() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let quote =
        "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima di loket.";
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    let warning = |accepted: bool| json!({"warnings": [{"user": warned.id, "text": quote, "quotes_accepted": accepted}]});
    office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning(false))
        .await
        .refused(422, "invalid_content");
    office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning(true))
        .await
        .expect(200);
    office
        .team_lead
        .post(
            &format!("{}/resolution", case.path),
            json!({"finding": "proven", "summary": "Terbukti."}),
        )
        .await
        .expect(200);
    let mut letter = answer();
    letter["quotes_accepted"] = json!(true);
    letter["body"] = json!(quote);
    office
        .team_staff
        .post(&format!("{}/answer", case.path), letter)
        .await
        .expect(200);
    for action in ["warn_staff", "draft_answer"] {
        let trail = office
            .auditor
            .get(&format!("/api/v1/audit-trail?action={action}"))
            .await
            .expect(200);
        let details: Vec<_> = trail["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["detail"].clone())
            .collect();
        assert_eq!(details, [json!("quotes_accepted")], "{action}");
    }
    for person in [&office.head, &office.admin, &office.conflict_officer] {
        person
            .get("/api/v1/audit-trail?action=read_complaint")
            .await
            .refused(403, "forbidden");
    }
}

#[actix_web::test]
async fn a_team_that_cannot_take_it_is_refused_and_the_attempt_is_in_the_trail() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    let forward = async |office: &ComplaintOffice, team: &str| {
        office
            .pji_lead
            .post(
                &format!("{}/forwarding", case.path),
                json!({"team": team, "text": "Mohon diselesaikan."}),
            )
            .await
    };
    let refused = |answer: crate::support::Answer| -> Value {
        answer.refused(422, "invalid_content")["errors"][0]["code"].clone()
    };
    // The team's lead is barred; the lead's account is not active; the team was dissolved.
    let conflict = |barred: bool| json!({"user": office.team_lead.id, "reason": "Ipar terlapor.", "barred": barred});
    let declaring = format!("{}/conflicts", case.path);
    let (bar, lift) = (conflict(true), conflict(false));
    office
        .conflict_officer
        .post(&declaring, bar)
        .await
        .expect(204);
    assert_eq!(
        refused(forward(&office, &office.team).await),
        "team_cannot_take_it"
    );
    office
        .conflict_officer
        .post(&declaring, lift)
        .await
        .expect(204);
    for active in [false, true] {
        office
            .app
            .switch(&office.admin, &office.team_lead.id.to_string(), active)
            .await
            .expect(200);
        if !active {
            assert_eq!(
                refused(forward(&office, &office.team).await),
                "team_cannot_take_it"
            );
        }
    }
    let trail = office
        .auditor
        .get("/api/v1/audit-trail?action=forwarding_refused")
        .await
        .expect(200);
    let events = trail["items"].as_array().unwrap();
    assert_eq!(events.len(), 2, "{trail:#}");
    assert!(
        events
            .iter()
            .all(|event| event["actor_id"] == json!(office.pji_lead.id)
                && event["detail"] == json!(office.team))
    );
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "disposed"
    );
    forward(&office, &office.team).await.expect(200);
}
