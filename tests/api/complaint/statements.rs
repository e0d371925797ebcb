//! The statements that the server receives for each step of a member of staff on a complaint. The
//! vault has a connection of its own, which is not counted.

use serde_json::json;
use service_desk::complaint::sop::{Stage, Task};
use service_desk::sop::role::Role;
use service_desk::sop::table::Task as _;

use super::attempts::{PATHS_TO_STAGES, gate, tasks};
use super::office::{ComplaintOffice, Until, form};

/// The statements of each task of a member of staff, `begin` and `commit` included.
const STATEMENTS: [(Task, usize); 18] = [
    (Task::DisposeComplaint, 18),
    (Task::DeclareOutOfScope, 14),
    (Task::ForwardComplaint, 22),
    (Task::WarnStaff, 38),
    (Task::ResolveComplaint, 21),
    (Task::DraftAnswer, 21),
    (Task::SignAnswer, 20),
    (Task::ReturnAnswer, 18),
    (Task::WriteToReporter, 10),
    (Task::RecuseFromComplaint, 23),
    (Task::ReferComplaint, 19),
    (Task::RecallComplaint, 19),
    (Task::SettleExternally, 23),
    (Task::DeclareConflict, 15),
    (Task::HoldComplaint, 12),
    (Task::ReleaseComplaint, 12),
    (Task::ReopenComplaint, 18),
    (Task::AssessRetaliation, 15),
];

/// The first stage and role at which `task` is allowed.
fn place(task: Task) -> (Stage, Role) {
    let stages = PATHS_TO_STAGES.iter().map(|(stage, _)| *stage);
    let mut places = stages.flat_map(|stage| Role::all().map(move |role| (stage, role)));
    places
        .find(|(stage, role)| gate(task, *stage, *role).is_none())
        .unwrap()
}

#[actix_web::test]
async fn each_step_runs_its_number_of_statements() {
    let mut office = ComplaintOffice::open().await;
    let places: Vec<_> = tasks().map(|task| (task, place(task))).collect();
    let stages = places.iter().flat_map(|(_, (stage, _))| [*stage; 2]);
    let specimens = office.specimens(&stages.collect::<Vec<_>>()).await;
    let (people, bystander) = (
        office.person_of_each_role().await,
        office.another(Role::PjiStaff, "Bayu Aji").await,
    );
    let (statements, address) = office.app.recorded_instance();
    let mut differ = Vec::new();
    for ((task, (_, role)), pair) in places.into_iter().zip(specimens.chunks(2)) {
        let person = &people.iter().find(|(of, _)| *of == role).unwrap().1;
        let (person, mut files) = (person.at(&address), pair.iter());
        let ran = statements
            .of_second(async || {
                let path = &files.next().unwrap().case.path;
                let answer = office.attempt(&person, path, task, &bystander).await;
                assert!(answer.status < 300, "{}: {:#}", task.code(), answer.body);
            })
            .await;
        let (_, number) = STATEMENTS.iter().find(|(of, _)| *of == task).unwrap();
        if ran.len() != *number {
            differ.push((task.code(), ran.len(), ran));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

#[actix_web::test]
async fn reads_and_the_acts_of_a_reporter_run_their_number_of_statements() {
    let mut office = ComplaintOffice::open().await;
    office.app.keep_sign_ins(&office.app.service.database);
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let (statements, address) = office.app.recorded_instance();
    let (head, reporter) = (office.head.at(&address), reporter.at(&address));
    let nobody = office.nobody.at(&address);
    let messages = format!("{}/messages", case.path);
    let mine = "/api/v1/complaints/mine";
    // `begin` and, for a list, how to plan are one message to the server.
    let mut differ = Vec::new();
    for (reader, path, number) in [
        (&head, "/api/v1/complaints", 4),
        (&head, "/api/v1/desk", 5),
        (&head, case.path.as_str(), 6),
        (&head, messages.as_str(), 6),
        (&reporter, mine, 7),
    ] {
        // A lease of a sign-in lasts for a moment only, so the session may be read again.
        let ran = statements
            .of_second(async || drop(reader.get(path).await.expect(200)))
            .await;
        // The text of a statement stands in the server's list of sessions, and in its log.
        let id = case.path.rsplit('/').next().unwrap();
        assert!(ran.iter().all(|text| !text.contains(id)), "{ran:#?}");
        if !(number..=number + 1).contains(&ran.len()) {
            differ.push((path, ran));
        }
    }
    for (person, path, body, number) in [
        (&nobody, "/api/v1/complaints", form(), 8),
        (
            &nobody,
            "/api/v1/complaints/sessions",
            json!({"receipt_code": case.code}),
            4,
        ),
        (
            &reporter,
            "/api/v1/complaints/mine/messages",
            json!({"text": "Mohon kabar."}),
            10,
        ),
    ] {
        let ran = statements
            .of_second(async || {
                let answer = person.post(path, body.clone()).await;
                assert!(answer.status < 300, "{path}: {:#}", answer.body);
            })
            .await;
        if ran.len() != number {
            differ.push((path, ran));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}
