//! Rights on complaints over HTTP, compared with the table of the SOP: every task, every stage,
//! every role.

use futures_util::future::join_all;
use serde_json::json;
use service_desk::complaint::sop::{SOP, Stage, Task};
use service_desk::sop::gate::Refusal;
use service_desk::sop::role::Role;
use service_desk::sop::table::{Stage as _, Task as _};

use super::attempts::{PATHS_TO_STAGES, gate, success_status, tasks};
use super::office::{ComplaintOffice, Until, form};

/// The status and the code of each refusal, written by hand.
fn reply_to(refusal: Refusal<Task>) -> (u16, &'static str) {
    match refusal {
        Refusal::Unseen => (404, "not_found"),
        Refusal::NotYours(_) => (403, "not_your_step"),
        Refusal::FourEyes(_) => (403, "four_eyes"),
        Refusal::OutOfOrder(_) => (409, "out_of_order"),
    }
}

/// The register of letters is no way around the fresh second factor of `GET /complaints/{id}/answer`.
#[actix_web::test]
async fn the_answer_to_a_complaint_is_in_no_register_of_letters() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Answered).await;
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from letter where kind = 'complaint_answer'")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    for person in [&office.head, &office.team_lead, &office.auditor] {
        let listed = person.get("/api/v1/letters").await.expect(200)["items"].clone();
        assert_eq!(listed, json!([]));
        for path in ["", "/pdf"] {
            person
                .get(&format!("/api/v1/letters/{id}{path}"))
                .await
                .refused(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn every_task_at_every_stage_is_refused_to_every_role_as_the_sop_says_and_a_refusal_changes_nothing()
 {
    let mut office = ComplaintOffice::open().await;
    let specimens = office
        .specimens(&PATHS_TO_STAGES.map(|(stage, _)| stage))
        .await;
    let (people, bystander) = (
        office.person_of_each_role().await,
        office.another(Role::PjiStaff, "Bayu Aji").await,
    );
    let mut tried = 0;
    for specimen in &specimens {
        let before = office.written_counts(specimen, None).await;
        for (role, person) in &people {
            let refused: Vec<_> = tasks()
                .filter_map(|task| Some((task, gate(task, specimen.stage, *role)?)))
                .collect();
            tried += refused.len();
            let attempts = refused.into_iter().map(async |(task, refusal)| {
                let answer = office
                    .attempt(person, &specimen.case.path, task, &bystander)
                    .await;
                let place = format!(
                    "{} at {} by {}",
                    task.code(),
                    specimen.stage.code(),
                    role.code()
                );
                assert_eq!(
                    (answer.status, answer.code()),
                    reply_to(refusal),
                    "{place}: {:#}",
                    answer.body
                );
            });
            join_all(attempts).await;
        }
        assert_eq!(
            office.written_counts(specimen, None).await,
            before,
            "at {}",
            specimen.stage.code()
        );
    }
    // 13 stages × 15 roles × 18 tasks, less the 125 that are done below.
    assert_eq!(tried, 13 * 15 * 18 - 125);
}

#[actix_web::test]
async fn every_task_is_done_by_each_role_of_its_row_at_each_of_its_stages() {
    let mut office = ComplaintOffice::open().await;
    let ticks: Vec<_> = PATHS_TO_STAGES
        .iter()
        .flat_map(|(stage, _)| {
            Role::all().flat_map(move |role| tasks().map(move |task| (*stage, role, task)))
        })
        .filter(|(stage, role, task)| gate(*task, *stage, *role).is_none())
        .collect();
    // By hand: 11 of the regular stages, 15 messages, 26 recusals, 16 referrals, recall and answer
    // from outside, 52 of the conflict officer, 3 reopenings. Writers and handlers who do not see
    // the file yet are not counted.
    assert_eq!(ticks.len(), 11 + 15 + 26 + 16 + 2 + 52 + 3);
    let specimens = office
        .specimens(&ticks.iter().map(|(stage, _, _)| *stage).collect::<Vec<_>>())
        .await;
    let (people, bystander) = (
        office.person_of_each_role().await,
        office.another(Role::PjiStaff, "Bayu Aji").await,
    );
    for (specimen, (from, role, task)) in specimens.iter().zip(ticks) {
        let place = format!("{} at {} by {}", task.code(), from.code(), role.code());
        let person = &people.iter().find(|(of, _)| *of == role).unwrap().1;
        let before = office.written_counts(specimen, Some(task)).await;
        let answer = office
            .attempt(person, &specimen.case.path, task, &bystander)
            .await;
        assert_eq!(
            answer.status,
            success_status(task),
            "{place}: {:#}",
            answer.body
        );
        let to = office.stage(specimen).await;
        assert!(
            SOP.row(task).targets(from).unwrap().contains(&to),
            "{place} led to {to:?}"
        );
        let [entries, turns, _, version] = office.written_counts(specimen, Some(task)).await;
        // An assessment does not change the version, so polling the complaint does not reveal it.
        let versions = i64::from(task != Task::AssessRetaliation);
        let expected = (
            before[0] + 1,
            before[1] + i64::from(to != from),
            before[3] + versions,
        );
        assert_eq!(
            (entries, turns, version),
            expected,
            "{place}: one entry, one turn when it moved, one version"
        );
    }
}

#[actix_web::test]
async fn a_reporter_does_their_own_step_at_its_stage_and_nothing_of_the_offices() {
    let mut office = ComplaintOffice::open().await;
    let specimens = office
        .specimens(&PATHS_TO_STAGES.map(|(stage, _)| stage))
        .await;
    let bystander = office.another(Role::PjiStaff, "Bayu Aji").await;
    for specimen in &specimens {
        let reporter = office.sign_in_with_code(&specimen.case.code).await;
        for task in tasks() {
            office
                .attempt(&reporter, &specimen.case.path, task, &bystander)
                .await
                .refused(401, "unauthenticated");
            office
                .attempt(&office.nobody, &specimen.case.path, task, &bystander)
                .await
                .refused(401, "unauthenticated");
        }
        let before = office.written_counts(specimen, None).await;
        let acknowledged = reporter
            .act("/api/v1/complaints/mine/answer/acknowledgement")
            .await;
        let expected = if specimen.stage == Stage::Answered {
            (200, "")
        } else {
            (409, "out_of_order")
        };
        assert_eq!(
            (acknowledged.status, acknowledged.code()),
            expected,
            "at {}",
            specimen.stage.code()
        );
        assert_eq!(
            office.written_counts(specimen, None).await,
            before,
            "the office does not see it yet"
        );
        assert_eq!(office.stage(specimen).await, specimen.stage);
    }
}

#[actix_web::test]
async fn only_a_clerk_types_in_a_report_on_paper() {
    let office = ComplaintOffice::open().await;
    for (role, person) in office.person_of_each_role().await {
        let answer = person
            .post("/api/v1/complaints/paper", json!({"form": form()}))
            .await;
        let expected = if role == Role::IntakeClerk {
            (201, "")
        } else {
            (403, "not_your_step")
        };
        assert_eq!((answer.status, answer.code()), expected, "{}", role.code());
    }
    office
        .nobody
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .refused(401, "unauthenticated");
    let rows: i64 = sqlx::query_scalar("select count(*) from wbs.complaint")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows, 1);
}
