//! The statements that the server receives for each step of a member of staff on a complaint. The
//! vault has a connection of its own, which is not counted.

use service_desk::complaint::sop::{Stage, Task};
use service_desk::sop::role::Role;
use service_desk::sop::table::Task as _;

use super::attempts::{PATHS_TO_STAGES, gate, tasks};
use super::office::ComplaintOffice;

/// The statements of each task of a member of staff, `begin` and `commit` included.
const STATEMENTS: [(Task, usize); 18] = [
    (Task::DisposeComplaint, 21),
    (Task::DeclareOutOfScope, 17),
    (Task::ForwardComplaint, 25),
    (Task::WarnStaff, 40),
    (Task::ResolveComplaint, 24),
    (Task::DraftAnswer, 21),
    (Task::SignAnswer, 21),
    (Task::ReturnAnswer, 19),
    (Task::WriteToReporter, 10),
    (Task::RecuseFromComplaint, 23),
    (Task::ReferComplaint, 19),
    (Task::RecallComplaint, 19),
    (Task::SettleExternally, 26),
    (Task::DeclareConflict, 15),
    (Task::HoldComplaint, 12),
    (Task::ReleaseComplaint, 12),
    (Task::ReopenComplaint, 21),
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
        assert_eq!(ran.len(), *number, "{}: {ran:#?}", task.code());
    }
}
