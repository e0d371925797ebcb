//! Side exits: rejected with a reason, or withdrawn at any stage before the notice is sent.

use serde_json::json;
use service_desk::certification::sop::{SOP, Stage, Task};

use super::Office;
use super::attempts::tasks;
use super::office::Until;

#[actix_web::test]
async fn an_application_can_be_withdrawn_at_every_stage_before_the_notice_is_sent() {
    let office = Office::open().await;
    let mut withdrawn = 0;
    for specimen in office.specimens().await {
        let answer = office
            .customer
            .post(
                &format!("{}/withdrawal", specimen.case),
                json!({"reason": "Produksi dihentikan."}),
            )
            .await;
        let over = [
            Stage::NoticeSent,
            Stage::Rejected,
            Stage::Withdrawn,
            Stage::Expired,
        ]
        .contains(&specimen.stage);
        if over {
            answer.refused(409, "out_of_order");
            continue;
        }
        let view = answer.expect(200);
        assert_eq!(
            (&view["stage"], &view["clock"], &view["next"]),
            (&json!("withdrawn"), &json!(null), &json!([])),
            "{:?}",
            specimen.stage
        );
        let timeline = office
            .customer
            .get(&format!("{}/timeline", specimen.case))
            .await
            .expect(200);
        assert_eq!(
            timeline["entries"].as_array().unwrap().last().unwrap()["note"],
            "Produksi dihentikan."
        );
        assert!(
            timeline["steps"]
                .as_array()
                .unwrap()
                .iter()
                .all(|step| step["ended_at"].is_string()),
            "no clock runs on"
        );
        withdrawn += 1;
    }
    assert_eq!(withdrawn, SOP.row(Task::WithdrawApplication).moves.len());
}

#[actix_web::test]
async fn a_rejection_has_a_reason_that_the_customer_reads() {
    let office = Office::open().await;
    for until in [
        Until::Filed,
        Until::Verified,
        Until::Completed,
        Until::Confirmed,
    ] {
        let case = office.case(until).await;
        for empty in [json!({}), json!({"reason": "  "})] {
            office
                .ss_lead
                .post(&format!("{case}/rejection"), empty)
                .await
                .refused(422, "invalid_content");
        }
        let reason = "Ruang lingkup di luar akreditasi kantor ini.";
        let view = office
            .ss_lead
            .post(&format!("{case}/rejection"), json!({"reason": reason}))
            .await
            .expect(200);
        assert_eq!(
            (&view["stage"], &view["clock"]),
            (&json!("rejected"), &json!(null))
        );
        let timeline = office
            .customer
            .get(&format!("{case}/timeline"))
            .await
            .expect(200);
        assert_eq!(
            timeline["entries"].as_array().unwrap().last().unwrap()["note"],
            reason
        );
    }
}

#[actix_web::test]
async fn nothing_more_happens_to_a_file_that_is_over() {
    let office = Office::open().await;
    let people = office.person_of_each_role().await;
    let over = [Stage::Rejected, Stage::Withdrawn, Stage::Expired];
    for specimen in office
        .specimens()
        .await
        .into_iter()
        .filter(|specimen| over.contains(&specimen.stage))
    {
        for (_, person) in &people {
            for task in tasks() {
                let answer = office.attempt(person, &specimen, task).await;
                assert!(
                    matches!(answer.status, 403 | 404 | 409),
                    "{task:?} at {:?}: {}",
                    specimen.stage,
                    answer.status
                );
            }
        }
    }
}
