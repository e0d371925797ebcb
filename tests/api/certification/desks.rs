//! A file's `next` and each desk show exactly the tasks that the gate allows.

use std::collections::BTreeSet;

use serde_json::Value;
use service_desk::certification::sop::{SOP, Stage, Task};
use service_desk::sop::role::Role;
use service_desk::sop::table::Task as _;

use super::Office;
use super::attempts::{Specimen, explained, tasks};
use super::office::{Until, mandatory};
use super::rights::gate;

#[actix_web::test]
async fn what_next_allows_succeeds_and_what_it_refuses_is_refused_with_that_code() {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    for specimen in &specimens {
        for (role, person) in people.iter().filter(|(role, _)| specimen.is_seen_by(*role)) {
            let view = person.get(&specimen.case).await.expect(200);
            let next = view["next"].as_array().unwrap();
            let listed: BTreeSet<_> = next
                .iter()
                .map(|entry| entry["task"].as_str().unwrap())
                .collect();
            let starting: BTreeSet<_> = SOP
                .rows
                .iter()
                .filter(|row| {
                    row.targets(specimen.stage).is_some()
                        && !row.unshown_at.contains(&specimen.stage)
                })
                .map(|row| row.task.code())
                .collect();
            assert_eq!(listed, starting, "{:?} as {}", specimen.stage, role.code());
            for entry in next {
                let task = Task::from_code(entry["task"].as_str().unwrap()).unwrap();
                let place = format!("{} at {:?} by {}", task.code(), specimen.stage, role.code());
                assert_eq!(
                    entry["allowed"].as_bool().unwrap(),
                    entry["refusal"].is_null(),
                    "{place}"
                );
                if task == Task::ExpireApplication {
                    assert_eq!(
                        (entry["refusal"].as_str(), entry["actor"].as_str()),
                        (Some("not_your_step"), Some("system"))
                    );
                    continue;
                }
                // An allowed task is done on a copy, so that the file stays at its stage.
                let file = if entry["allowed"] == true {
                    office.copy_of(specimen).await
                } else {
                    specimen.clone()
                };
                let answer = office.attempt(person, &file, task).await;
                let refusal = (answer.status >= 400).then(|| answer.code());
                assert_eq!(
                    refusal,
                    entry["refusal"].as_str(),
                    "{place}: {:#}",
                    answer.body
                );
            }
        }
    }
}

/// Whether the specimen waits for a row that `role` may do.
fn waits_for(role: Role, specimen: &Specimen, person: &crate::support::Person) -> bool {
    let waited = SOP.rows_waited_for(specimen.stage);
    tasks()
        .filter(|task| waited.iter().any(|row| row.task == *task))
        .any(|task| gate(task, specimen, role, person).is_none())
}

#[actix_web::test]
async fn a_file_lies_on_a_desk_exactly_when_a_step_of_its_owner_waits() {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    for (role, person) in &people {
        let desk = person.get("/api/v1/desk").await.expect(200);
        let lying: BTreeSet<_> = ids(&desk).into_iter().collect();
        let expected: BTreeSet<_> = specimens
            .iter()
            .filter(|specimen| waits_for(*role, specimen, person))
            .map(|specimen| specimen.id().to_string())
            .collect();
        // The draft that was walked to its end is the specimen that was sent; there is no other
        // case.
        assert_eq!(lying, expected, "{}", role.code());
        assert!(
            desk["items"]
                .as_array()
                .unwrap()
                .iter()
                .all(|item| item["sop"] == "cert")
        );
    }
}

#[actix_web::test]
async fn what_is_due_soonest_lies_on_top() {
    let mut office = Office::open().await;
    // The first file has half an hour, the others a quarter of an hour; the last was submitted a
    // minute later.
    let verified = office.case(Until::Verified).await;
    let submitted = office.case(Until::Submitted).await;
    office.later(1).await;
    let later = office.case(Until::Submitted).await;
    let desk = office.pji_staff.get("/api/v1/desk").await.expect(200);
    let order =
        [&submitted, &later, &verified].map(|case| case.rsplit('/').next().unwrap().to_owned());
    assert_eq!(ids(&desk), order);
    let due: Vec<_> = desk["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["application"]["clock"]["due_at"].as_str().unwrap())
        .collect();
    assert!(due.is_sorted() && due[0] != due[1], "{due:?}");
}

#[actix_web::test]
async fn the_clock_of_a_list_is_the_clock_of_the_file() {
    let mut office = Office::open().await;
    let case = office.draft().await;
    let walked = Specimen {
        case: case.clone(),
        stage: Stage::Draft,
        stages: vec![Stage::Draft],
        billing: None,
    };
    office
        .attempt(&office.customer, &walked, Task::SubmitApplication)
        .await
        .expect(200);
    office
        .attempt(&office.pji_staff, &walked, Task::FileApplication)
        .await
        .expect(200);
    office
        .attempt(&office.operations, &walked, Task::VerifyDocuments)
        .await
        .expect(200);
    office
        .attempt(&office.pji_staff, &walked, Task::ProposeAudit)
        .await
        .expect(200);
    office.later(25).await;
    office
        .customer
        .post(&format!("{case}/completion"), explained(mandatory()[1]))
        .await
        .expect(200);
    office.later(7).await;
    let file = office.operations.get(&case).await.expect(200);
    let list = office
        .operations
        .get("/api/v1/applications")
        .await
        .expect(200);
    let desk = office.operations.get("/api/v1/desk").await.expect(200);
    assert_eq!(file["clock"]["used_minutes"], 7);
    assert_eq!(
        (
            &list["items"][0]["clock"],
            &desk["items"][0]["application"]["clock"]
        ),
        (&file["clock"], &file["clock"])
    );
}

fn ids(desk: &Value) -> Vec<String> {
    desk["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["application"]["id"].as_str().unwrap().to_owned())
        .collect()
}
