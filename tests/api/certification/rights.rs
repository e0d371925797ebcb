//! Rights over HTTP, compared with the table of the SOP: every task, every stage, every role.

use futures_util::future::join_all;
use service_desk::certification::sop::{SOP, Stage, Task};
use service_desk::error::Code;
use service_desk::sop::gate::{AuthContext, Principal, Refusal};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Stage as _, Task as _};

use super::Office;
use super::attempts::{MONEY, Specimen, tasks};
use crate::support::Person;

/// The gate's decision for a user with only `role` and without a step on this file.
pub fn gate(task: Task, specimen: &Specimen, role: Role, person: &Person) -> Option<Refusal<Task>> {
    let sees = specimen.is_seen_by(role) && (!MONEY.contains(&task) || specimen.billing.is_some());
    let context = AuthContext {
        caller: Principal::User(person.id),
        roles: Roles::NONE.with(role),
        sees,
        done_by_caller: &[],
        done_by_anyone: &[],
    };
    SOP.permit(task, specimen.stage, &context).err()
}

/// The status and the code of each refusal, written by hand: 404, 403, 403, 409.
fn reply_to(refusal: Refusal<Task>) -> (u16, &'static str) {
    match refusal {
        Refusal::Unseen => (404, "not_found"),
        Refusal::NotYours(_) => (403, "not_your_step"),
        Refusal::FourEyes(_) => (403, "four_eyes"),
        Refusal::OutOfOrder(_) => (409, "out_of_order"),
    }
}

#[actix_web::test]
async fn every_task_at_every_stage_is_refused_to_every_role_as_the_sop_says_and_a_refusal_changes_nothing()
 {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    for specimen in &specimens {
        let before = (
            office.customer.get(&specimen.case).await.etag(),
            office.written_counts(&specimen.case).await,
        );
        for (role, person) in &people {
            let refused =
                tasks().filter_map(|task| Some((task, gate(task, specimen, *role, person)?)));
            let tried = refused.map(async |(task, refusal)| {
                let answer = office.attempt(person, specimen, task).await;
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
            join_all(tried).await;
        }
        let after = (
            office.customer.get(&specimen.case).await.etag(),
            office.written_counts(&specimen.case).await,
        );
        assert_eq!(before, after, "at {}", specimen.stage.code());
    }
}

#[actix_web::test]
async fn every_task_is_done_by_each_role_of_its_row_at_each_of_its_stages() {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    let mut done = 0;
    for specimen in &specimens {
        for (role, person) in &people {
            for task in tasks().filter(|task| gate(*task, specimen, *role, person).is_none()) {
                let (row, place) = (
                    SOP.row(task),
                    format!(
                        "{} at {} by {}",
                        task.code(),
                        specimen.stage.code(),
                        role.code()
                    ),
                );
                let file = office.copy_of(specimen).await;
                let before = office.written_counts(&file.case).await;
                let answer = office.attempt(person, &file, task).await;
                let status = if task == Task::AttachDocument {
                    201
                } else {
                    200
                };
                assert_eq!(answer.status, status, "{place}: {:#}", answer.body);
                let stage = office.customer.get(&file.case).await.expect(200)["stage"]
                    .as_str()
                    .and_then(Stage::from_code)
                    .unwrap();
                assert!(
                    row.targets(specimen.stage).unwrap().contains(&stage),
                    "{place} led to {stage:?}"
                );
                let turns = i64::from(stage != specimen.stage);
                assert_eq!(
                    office.written_counts(&file.case).await,
                    (before.0 + 1, before.1 + turns),
                    "{place}: one entry, one turn when it moved"
                );
                done += 1;
            }
        }
    }
    // Money needs a billing, which exists once the notice is sent; `billing` tests the later
    // stages.
    let lines = tasks().flat_map(|task| {
        SOP.row(task)
            .moves
            .iter()
            .filter(move |(at, _)| !SOP.row(task).unshown_at.contains(at))
            .map(move |_| task)
    });
    let expected: usize = lines
        .map(|task| {
            Role::all()
                .filter(|role| SOP.row(task).actor.admits(*role))
                .count()
        })
        .sum();
    assert_eq!(
        done, expected,
        "every tick of the table of rights was tried"
    );
}

#[actix_web::test]
async fn nobody_does_anything_without_signing_in() {
    let office = Office::open().await;
    let (nobody, specimen) = (office.app.nobody(), office.specimens().await.pop().unwrap());
    let before = office.customer.get(&specimen.case).await.etag();
    for task in tasks() {
        let answer = office.attempt(&nobody, &specimen, task).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "unauthenticated"),
            "{}",
            task.code()
        );
    }
    for path in [
        "/api/v1/applications",
        "/api/v1/billings",
        "/api/v1/audit-notices",
        "/api/v1/auditors",
        "/api/v1/desk",
        &specimen.case,
    ] {
        nobody.get(path).await.refused(401, "unauthenticated");
    }
    assert_eq!(before, office.customer.get(&specimen.case).await.etag());
}

#[actix_web::test]
async fn only_a_customer_begins_an_application_and_only_the_ss_lead_keeps_the_auditors() {
    let office = Office::open().await;
    let auditor = super::office::auditor("Rina Marlina, S.T.", &["quality_iso9001"], &["auditor"]);
    for (role, person) in office.person_of_each_role().await {
        let begun = person
            .post("/api/v1/applications", super::office::application())
            .await;
        let added = person.post("/api/v1/auditors", auditor.clone()).await;
        let forbidden = Code::Forbidden.row().status;
        assert_eq!(
            begun.status,
            if role == Role::Customer {
                201
            } else {
                forbidden
            },
            "{}",
            role.code()
        );
        assert_eq!(
            added.status,
            if role == Role::SsLead { 201 } else { forbidden },
            "{}",
            role.code()
        );
        let reads = [
            Role::SsLead,
            Role::PjiLead,
            Role::PjiStaff,
            Role::OperationsStaff,
            Role::Head,
        ]
        .contains(&role);
        assert_eq!(
            person.get("/api/v1/auditors").await.status,
            if reads { 200 } else { forbidden },
            "{}",
            role.code()
        );
    }
}
