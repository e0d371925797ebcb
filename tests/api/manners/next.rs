//! The next steps of a file: every task of the SOP is in `next` or in `rest`, with its actor, its
//! due time and the reason of a refusal, in both languages.

use std::collections::BTreeSet;

use serde_json::Value;
use service_desk::certification::sop as cert;
use service_desk::complaint::sop as wbs;
use service_desk::sop::table::{Sop, Task};

use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::office::{self, ComplaintOffice, form};
use crate::support::Person;

/// Asserts that the view contains every task of the table once: tasks that start at the file's
/// stage in `next`, the others in `rest`.
fn assert_every_task_listed<T: Task>(sop: &'static Sop<T>, view: &Value) {
    let codes = |list: &str| -> Vec<String> {
        view[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["task"].as_str().unwrap().to_owned())
            .collect()
    };
    let (next, rest) = (codes("next"), codes("rest"));
    let told: BTreeSet<_> = next.iter().chain(&rest).cloned().collect();
    let all: BTreeSet<_> = sop
        .rows
        .iter()
        .map(|row| row.task.code().to_owned())
        .collect();
    assert_eq!(
        (next.len() + rest.len(), &told),
        (all.len(), &all),
        "{}",
        view["stage"]
    );
    for entry in view["next"].as_array().unwrap() {
        assert_reason(entry);
        let is_measured = !view["clock"].is_null() && entry["step"] == view["clock"]["step"];
        let due = if is_measured {
            view["clock"]["due_at"].clone()
        } else {
            Value::Null
        };
        assert_eq!(entry["due_at"], due, "{entry}");
        assert!(
            !entry["actor"].as_str().unwrap().is_empty()
                && entry["title"]["id"] != entry["title"]["en"],
            "{entry}"
        );
    }
    for entry in view["rest"].as_array().unwrap() {
        assert!(
            ["out_of_order", "not_your_step", "four_eyes"]
                .contains(&entry["refusal"].as_str().unwrap()),
            "{entry}"
        );
        assert!(
            !entry["from"].as_array().unwrap().contains(&view["stage"]),
            "{entry}"
        );
    }
}

fn assert_reason(entry: &Value) {
    let reasons = [&entry["reason"]["id"], &entry["reason"]["en"]];
    if entry["allowed"] == true {
        assert!(
            entry["refusal"].is_null() && reasons.iter().all(|reason| reason.is_null()),
            "{entry}"
        );
    } else {
        assert!(
            entry["refusal"].is_string()
                && reasons
                    .iter()
                    .all(|reason| reason.as_str().is_some_and(|text| text.len() > 20)),
            "{entry}"
        );
        assert_ne!(reasons[0], reasons[1], "{entry}");
    }
}

#[actix_web::test]
async fn an_application_tells_of_every_task_at_every_stage_to_whoever_sees_it() {
    let office = Office::open().await;
    let people = [
        &office.customer,
        &office.pji_staff,
        &office.operations,
        &office.ss_lead,
        &office.pji_lead,
        &office.head,
        &office.treasurer,
    ];
    let mut seen = 0;
    for until in [
        Until::Draft,
        Until::Submitted,
        Until::Filed,
        Until::Verified,
        Until::AwaitingCustomer,
        Until::Completed,
        Until::Confirmed,
        Until::Drafted,
        Until::Initialled,
        Until::Signed,
        Until::Sent,
    ] {
        let case = office.case(until).await;
        for person in people {
            let answer = person.get(&case).await;
            if answer.status == 200 {
                assert_every_task_listed(&cert::SOP, &answer.body);
                seen += 1;
            }
        }
        // The customer may have only one open application for the same certification.
        if until != Until::Sent {
            let reason = serde_json::json!({"reason": "Permohonan percobaan."});
            office
                .customer
                .post(&format!("{case}/withdrawal"), reason)
                .await
                .expect(200);
        }
    }
    assert!(seen > 40, "{seen}");
}

#[actix_web::test]
async fn a_complaint_tells_its_handlers_of_every_task_and_its_reporter_of_what_is_next_in_days() {
    let mut office = ComplaintOffice::open().await;
    for until in [
        office::Until::Screened,
        office::Until::Disposed,
        office::Until::Forwarded,
        office::Until::Resolved,
        office::Until::Drafted,
        office::Until::Closed,
    ] {
        let case = office.case(until).await;
        let mut seen = 0;
        for person in [
            &office.head,
            &office.pji_lead,
            &office.team_lead,
            &office.team_staff,
            &office.conflict_officer,
        ] {
            let answer = person.get(&case.path).await;
            if answer.status == 200 {
                assert_every_task_listed(&wbs::SOP, &answer.body);
                seen += 1;
            }
        }
        assert!(seen > 0, "{until:?}");
        let stage = reporter_is_told(&office.sign_in_with_code(&case.code).await).await;
        assert_ne!(stage, "received", "{until:?}");
    }
    let (reporter, _, _) = office.submit(form()).await;
    assert_eq!(reporter_is_told(&reporter).await, "received");
}

async fn reporter_is_told(reporter: &Person) -> String {
    let view = reporter.get("/api/v1/complaints/mine").await.expect(200);
    let stage = view["stage"].as_str().unwrap().to_owned();
    let starting: BTreeSet<_> = wbs::SOP
        .rows
        .iter()
        .filter(|row| {
            row.moves
                .iter()
                .any(|(from, _)| service_desk::sop::table::Stage::code(*from) == stage)
        })
        .map(|row| row.task.code())
        .collect();
    let next = view["next"].as_array().unwrap();
    assert_eq!(
        next.iter()
            .map(|entry| entry["task"].as_str().unwrap())
            .collect::<BTreeSet<_>>(),
        starting,
        "{stage}"
    );
    for entry in next {
        assert_reason(entry);
        assert!(
            entry["due_on"].is_null()
                || entry["due_on"].as_str().unwrap().len() == "2026-07-06".len(),
            "days and no minutes: {entry}"
        );
        // Retaliation can be reported at every stage, and the answer is acknowledged once.
        let open = entry["task"] == "report_retaliation"
            || entry["task"] == "acknowledge_answer" && view["acknowledged_on"].is_null();
        assert_eq!(entry["allowed"] == true, open, "{entry}");
    }
    stage
}
