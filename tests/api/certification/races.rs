//! Simultaneous requests: one succeeds, the others are refused, and no change is partial.

use futures_util::future::join_all;
use serde_json::{Value, json};
use service_desk::certification::sop::{SOP, Stage, Task};
use service_desk::sop::role::Role;
use service_desk::sop::table::{Stage as _, Task as _};

use super::Office;
use super::attempts::{Specimen, id_of};
use super::office::{Until, application, pdf};
use crate::support::{Answer, Person};

/// The number of simultaneous requests.
const CROWD: usize = 20;

/// Whether exactly one request succeeded and every other was answered with a conflict.
fn one_won(answers: &[Answer]) -> bool {
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let told = answers.iter().filter(|answer| answer.status == 409).count();
    (won, told) == (1, answers.len() - 1)
}

fn statuses(answers: &[Answer]) -> Vec<(u16, &str)> {
    answers
        .iter()
        .map(|answer| (answer.status, answer.code()))
        .collect()
}

/// The last number of each register.
async fn registers(office: &Office) -> Value {
    let sql = "select coalesce(jsonb_object_agg(series, last), '{}') from number_register";
    sqlx::query_scalar(sql)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn of_twenty_who_take_the_same_step_at_once_one_succeeds() {
    let office = Office::open().await;
    for specimen in office.specimens().await {
        for task in SOP
            .rows
            .iter()
            .filter(|row| row.targets(specimen.stage).is_some())
            .map(|row| row.task)
        {
            // Several requests may do the first tasks one after another; `payments` races for
            // the codes; only the service does the last three.
            if [
                Task::AmendApplication,
                Task::AttachDocument,
                Task::RecordAuditTime,
                Task::RecordPayment,
                Task::ReplaceBilling,
                Task::CancelBilling,
                Task::ExpireApplication,
                Task::ReceivePayment,
                Task::IssueBilling,
            ]
            .contains(&task)
            {
                continue;
            }
            let file = office.copy_of(&specimen).await;
            let (before, numbers) = (
                office.written_counts(&file.case).await,
                registers(&office).await,
            );
            let person = person_for(&office, task);
            let answers = join_all((0..CROWD).map(|_| office.attempt(person, &file, task))).await;
            let place = format!("{} at {}", task.code(), specimen.stage.code());
            assert!(one_won(&answers), "{place}: {:?}", statuses(&answers));
            let stage = answers
                .iter()
                .find(|answer| answer.status == 200)
                .unwrap()
                .body["stage"]
                .clone();
            let turns = i64::from(stage != specimen.stage.code());
            assert_eq!(
                office.written_counts(&file.case).await,
                (before.0 + 1, before.1 + turns),
                "{place}"
            );
            let numbering = [
                (Task::SubmitApplication, "application"),
                (Task::VerifyDocuments, "deficiency_sheet"),
                (Task::SignAuditNotice, "audit_notice"),
            ];
            let mut expected = numbers;
            if let Some((_, series)) = numbering.into_iter().find(|(taking, _)| *taking == task) {
                expected[series] = json!(expected[series].as_i64().unwrap_or_default() + 1);
            }
            assert_eq!(
                registers(&office).await,
                expected,
                "{place}: the losers take no number"
            );
        }
    }
}

/// The user with the first role of the row of `task`.
fn person_for(office: &Office, task: Task) -> &Person {
    let holders = [
        (Role::Customer, &office.customer),
        (Role::PjiStaff, &office.pji_staff),
        (Role::OperationsStaff, &office.operations),
        (Role::SsLead, &office.ss_lead),
        (Role::PjiLead, &office.pji_lead),
        (Role::Head, &office.head),
    ];
    holders
        .into_iter()
        .find(|(role, _)| SOP.row(task).actor.admits(*role))
        .unwrap()
        .1
}

#[actix_web::test]
async fn of_two_officers_who_file_or_verify_at_once_one_is_told() {
    let office = Office::open().await;
    let (other_clerk, other_verifier) = (
        office.app.staff(Role::PjiStaff).await,
        office.app.staff(Role::OperationsStaff).await,
    );
    for (stage, task, pair) in [
        (
            Until::Submitted,
            Task::FileApplication,
            [&office.pji_staff, &other_clerk],
        ),
        (
            Until::Filed,
            Task::VerifyDocuments,
            [&office.operations, &other_verifier],
        ),
    ] {
        let case = office.case(stage).await;
        let file = Specimen {
            case,
            stage: Stage::Filed,
            stages: Vec::new(),
            billing: None,
        };
        let answers = join_all(pair.map(|person| office.attempt(person, &file, task))).await;
        assert!(one_won(&answers), "{:?}", statuses(&answers));
        assert!(answers.iter().any(|answer| answer.code() == "out_of_order"));
    }
}

#[actix_web::test]
async fn of_two_drafts_for_one_company_submitted_at_once_one_is_a_conflict() {
    let office = Office::open().await;
    let mut cases = Vec::new();
    for _ in 0..2 {
        let view = office
            .customer
            .post("/api/v1/applications", application())
            .await
            .expect(201);
        let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
        office
            .customer
            .upload(&format!("{case}/documents/Q01"), pdf("surat"))
            .await
            .expect(201);
        cases.push(format!("{case}/submission"));
    }
    let answers = join_all(cases.iter().map(|path| office.customer.act(path))).await;
    assert!(
        one_won(&answers) && answers.iter().any(|answer| answer.code() == "conflict"),
        "{:?}",
        statuses(&answers)
    );
    assert_eq!(
        registers(&office).await["application"],
        1,
        "the refused request took no number"
    );
}

#[actix_web::test]
async fn uploads_at_once_become_versions_one_after_another() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let path = format!("{case}/documents/Q02");
    let answers =
        join_all((0..8).map(|n| office.customer.upload(&path, pdf(&format!("akta {n}"))))).await;
    let mut versions: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect(201)["version"].as_i64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=8).collect::<Vec<_>>());
}

#[actix_web::test]
async fn fifty_signings_at_once_take_fifty_numbers_in_a_row() {
    let office = Office::open().await;
    let first = Specimen {
        case: office.case(Until::Initialled).await,
        stage: Stage::NoticeInitialled,
        stages: Vec::new(),
        billing: None,
    };
    let mut files = Vec::new();
    for _ in 0..50 {
        // Walking fifty cases this far would take two thousand requests; a copy has the same rows.
        files.push(office.copy_of(&first).await);
    }
    // Writes to one register are serialised: the other requests wait, and none is refused.
    let answers = join_all(
        files
            .iter()
            .map(|file| office.attempt(&office.head, file, Task::SignAuditNotice)),
    )
    .await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{:?}",
        statuses(&answers)
    );
    let notices = office
        .head
        .get("/api/v1/audit-notices?limit=200")
        .await
        .expect(200);
    let mut numbers: Vec<u32> = notices["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(place_in_register)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    assert_eq!(registers(&office).await["audit_notice"], 50);
    let letters: Vec<i32> = sqlx::query_scalar("select number_sequence from letter order by 1")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(
        letters,
        (1..=50).collect::<Vec<_>>(),
        "and each became a letter"
    );
}

/// The sequence in `B/{sequence}/BSKJI/…`.
fn place_in_register(notice: &Value) -> u32 {
    notice["number"]
        .as_str()
        .unwrap()
        .split('/')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}

#[actix_web::test]
async fn a_signing_that_fails_leaves_no_hole_in_the_register() {
    let office = Office::open().await;
    let (stands_in_the_way, case) = (
        office.case(Until::Initialled).await,
        office.case(Until::Initialled).await,
    );
    // Another notice already has the next number; only a direct change in the database can cause
    // this.
    let taken = "update audit_notice set number = $2, number_year = 2026, number_sequence = $3, signature = case when $2 is null then null else '{}'::jsonb end
                 where application_id = $1";
    let number = Some("B/1/BSKJI/BSPJI-Palembang/PA/VII/2026");
    let mut sql = office.app.sql().await;
    let other = id_of(&stands_in_the_way);
    sqlx::query(taken)
        .bind(other)
        .bind(number)
        .bind(1)
        .execute(&mut sql)
        .await
        .unwrap();
    let before = (
        office.head.get(&case).await.etag(),
        office.written_counts(&case).await,
    );
    office
        .head
        .act(&format!("{case}/audit-notice/signature"))
        .await
        .refused(500, "internal_error");
    assert_eq!(
        before,
        (
            office.head.get(&case).await.etag(),
            office.written_counts(&case).await
        )
    );
    assert_eq!(
        registers(&office).await["audit_notice"],
        json!(null),
        "no number was taken"
    );
    sqlx::query(taken)
        .bind(other)
        .bind(None::<&str>)
        .bind(None::<i32>)
        .execute(&mut sql)
        .await
        .unwrap();
    office
        .head
        .act(&format!("{case}/audit-notice/signature"))
        .await
        .expect(200);
    let notice = office
        .head
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    assert_eq!(place_in_register(&notice), 1);
}

#[actix_web::test]
async fn the_same_payment_recorded_by_twenty_at_once_is_one_record() {
    let office = Office::open().await;
    office.case(Until::Sent).await;
    let billing = office.treasurer.get("/api/v1/billings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (path, payment) = (
        format!("/api/v1/billings/{billing}/payments"),
        office.payment(),
    );
    let answers = join_all((0..CROWD).map(|_| office.treasurer.post(&path, payment.clone()))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.body == answers[0].body),
        "{:?}",
        statuses(&answers)
    );
    let records: i64 = sqlx::query_scalar("select count(*) from payment")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let entries: i64 =
        sqlx::query_scalar("select count(*) from journal where task = 'record_payment'")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!((records, entries), (1, 1));
}

#[actix_web::test]
async fn one_kode_billing_does_not_go_out_with_two_notices() {
    let office = Office::open().await;
    let cases = [
        office.case(Until::Signed).await,
        office.case(Until::Signed).await,
    ];
    let dispatch = office.dispatch();
    let answers = join_all(cases.iter().map(|case| {
        office
            .pji_staff
            .post(&format!("{case}/audit-notice/dispatch"), dispatch.clone())
    }))
    .await;
    assert!(
        one_won(&answers) && answers.iter().any(|answer| answer.code() == "conflict"),
        "{:?}",
        statuses(&answers)
    );
    let mut stages = Vec::new();
    for case in &cases {
        let view = office.customer.get(case).await.expect(200);
        let sent = office
            .customer
            .get(&format!("{case}/audit-notice"))
            .await
            .status
            == 200;
        stages.push((view["stage"].as_str().unwrap().to_owned(), sent));
    }
    stages.sort();
    assert_eq!(
        stages,
        [
            ("notice_sent".to_owned(), true),
            ("notice_signed".to_owned(), false)
        ]
    );
}
