//! The statements that the server receives for each step, a creation, a read and a list.

use std::time::{Duration, Instant};

use service_desk::certification::sop::Task;
use service_desk::sop::role::Role;
use service_desk::sop::table::Task as _;

use super::Office;
use super::attempts::{Specimen, tasks};
use super::office::application;
use super::rights::gate;
use crate::support::Person;

/// The statements of each task of a person, `begin` and `commit` included.
const STATEMENTS: [(Task, usize); 20] = [
    (Task::SubmitApplication, 11),
    (Task::FileApplication, 5),
    (Task::VerifyDocuments, 11),
    (Task::ProposeAudit, 18),
    (Task::CompleteApplication, 14),
    (Task::DraftAuditNotice, 18),
    (Task::InitialNoticeLetter, 7),
    (Task::InitialNoticeCost, 7),
    (Task::SignAuditNotice, 19),
    (Task::ReturnAuditNotice, 7),
    (Task::DispatchAuditNotice, 18),
    (Task::AmendApplication, 6),
    (Task::AttachDocument, 11),
    (Task::RejectApplication, 8),
    (Task::WithdrawApplication, 9),
    (Task::RecordAuditTime, 7),
    (Task::RecordPayment, 10),
    (Task::ReplaceBilling, 13),
    (Task::CancelBilling, 10),
    (Task::VoidAuditNotice, 6),
];

/// A specimen at which a person may do `task`, and that person.
fn place<'a>(
    specimens: &'a [Specimen],
    people: &'a [(Role, Person)],
    task: Task,
) -> (&'a Specimen, &'a Person) {
    let places = specimens.iter().flat_map(|specimen| {
        people
            .iter()
            .map(move |(role, person)| (specimen, *role, person))
    });
    let mut allowed =
        places.filter(|(specimen, role, person)| gate(task, specimen, *role, person).is_none());
    let (specimen, _, person) = allowed.next().unwrap();
    (specimen, person)
}

#[actix_web::test]
async fn each_step_runs_its_number_of_statements() {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    let (statements, address) = office.app.recorded_instance();
    for task in tasks() {
        let (specimen, person) = place(&specimens, &people, task);
        let person = person.at(&address);
        let ran = statements
            .of_second(async || {
                let file = office.copy_of(specimen).await;
                let answer = office.attempt(&person, &file, task).await;
                assert!(answer.status < 300, "{}: {:#}", task.code(), answer.body);
            })
            .await;
        let (_, number) = STATEMENTS.iter().find(|(of, _)| *of == task).unwrap();
        assert_eq!(ran.len(), *number, "{}: {ran:#?}", task.code());
    }
}

#[actix_web::test]
async fn a_read_is_one_statement_and_a_creation_four() {
    let office = Office::open().await;
    office.app.keep_sign_ins(&office.app.service.database);
    let case = office.draft().await;
    let (statements, address) = office.app.recorded_instance();
    let customer = office.customer.at(&address);
    let created = statements
        .of_second(async || {
            let answer = customer.post("/api/v1/applications", application()).await;
            answer.expect(201);
        })
        .await;
    assert_eq!(created.len(), 4, "{created:#?}");
    for path in [case.as_str(), "/api/v1/applications"] {
        // A lease lasts for a moment only, so on a busy machine many reads may ask for the session.
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let read = statements
                .of_second(async || drop(customer.get(path).await.expect(200)))
                .await;
            assert!(read.len() <= 2, "{read:#?}");
            if read.len() == 1 {
                break;
            }
            assert!(Instant::now() < deadline, "{path}: {read:#?}");
        }
    }
}
