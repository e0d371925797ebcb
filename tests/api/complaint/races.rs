//! Two simultaneous requests: one outcome, no partial change, no lost write (abuse cases 18, 36,
//! 38).

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use service_desk::complaint::jobs::retention;
use service_desk::complaint::sop::{Stage, Task};
use service_desk::sop::role::Role;
use uuid::Uuid;

use super::attachments::photograph_of;
use super::attempts::Specimen;
use super::office::{ComplaintOffice, Until, form};
use crate::support::{Person, Request};

async fn count(office: &ComplaintOffice, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn of_two_heads_who_dispose_at_once_the_file_says_what_the_one_wrote() {
    let mut office = ComplaintOffice::open().await;
    let other = office.another(Role::Head, "Ratna Dewi").await;
    let cases = office.surfaced(&vec![form(); 6]).await;
    let heads = [office.head.clone(), other.sign_in_again().await];
    for case in cases {
        let specimen = Specimen {
            case,
            stage: Stage::Screened,
        };
        let path = format!("{}/disposition", specimen.case.path);
        let before = office
            .written_counts(&specimen, Some(Task::DisposeComplaint))
            .await;
        let answers = join_all(
            (0..6).map(|n| heads[n % 2].post(&path, json!({"text": format!("Perintah {n}")}))),
        )
        .await;
        let won: Vec<_> = answers
            .iter()
            .enumerate()
            .filter(|(_, answer)| answer.status == 200)
            .map(|(n, _)| n)
            .collect();
        assert!(
            won.len() == 1 && answers.iter().filter(|answer| answer.status == 409).count() == 5
        );
        assert_eq!(
            office.head.get(&specimen.case.path).await.expect(200)["disposition"]["text"],
            format!("Perintah {}", won[0])
        );
        let after = office
            .written_counts(&specimen, Some(Task::DisposeComplaint))
            .await;
        assert_eq!(
            after,
            before.map(|n| n + 1),
            "one entry, one turn of the clocks, one paper, one version"
        );
    }
}

#[actix_web::test]
async fn a_message_that_races_the_closing_is_kept_and_reaches_the_office() {
    let mut office = ComplaintOffice::open().await;
    let cases = office.surfaced(&vec![form(); 4]).await;
    for case in &cases {
        office.bring_to(case, Until::Signed).await;
    }
    office.run_due_work().await;
    for case in &cases {
        office
            .sign_in_with_code(&case.code)
            .await
            .act("/api/v1/complaints/mine/answer/acknowledgement")
            .await
            .expect(200);
    }
    office.later(24 * 60).await;
    let mut reporters = Vec::new();
    for case in &cases {
        reporters.push(office.sign_in_with_code(&case.code).await);
    }
    let writing = join_all(reporters.iter().map(|reporter| {
        reporter.post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Terima kasih."}),
        )
    }));
    let ((), messages) = tokio::join!(office.run_due_work(), writing);
    assert!(messages.iter().all(|answer| answer.status == 201));
    office.next_slot().await;
    for case in cases {
        assert_eq!(
            office
                .head
                .get(&format!("{}/messages", case.path))
                .await
                .expect(200)["items"][0]["text"],
            "Terima kasih."
        );
        let specimen = Specimen {
            case,
            stage: Stage::Closed,
        };
        assert_eq!(office.stage(&specimen).await, Stage::Closed);
        let [closings, ..] = office
            .written_counts(&specimen, Some(Task::CloseComplaint))
            .await;
        assert_eq!(closings, 1);
    }
}

#[actix_web::test]
async fn of_conflicts_found_at_once_each_bars_and_the_file_says_what_the_conflicts_say() {
    let mut office = ComplaintOffice::open().await;
    let mut heads = Vec::new();
    for name in [
        "Ratna Dewi",
        "Agus Salim",
        "Yusuf Mansur",
        "Dewi Lestari",
        "Hasan Basri",
    ] {
        heads.push(office.another(Role::Head, name).await);
    }
    let cases = office.surfaced(&vec![form(); 4]).await;
    // Their tokens are older than the surfacing time.
    let heads = join_all(heads.iter().map(Person::sign_in_again)).await;
    for case in cases {
        let (recusal, conflicts) = (
            format!("{}/recusal", case.path),
            format!("{}/conflicts", case.path),
        );
        let recusing = join_all(
            heads[..2]
                .iter()
                .map(|head| head.post(&recusal, json!({"text": "Terlapor adalah ipar saya."}))),
        );
        let declare = |user: Uuid, barred: bool| {
            office.conflict_officer.post(
                &conflicts,
                json!({"user": user, "reason": "Ipar terlapor.", "barred": barred}),
            )
        };
        let declaring = join_all([declare(heads[2].id, true), declare(heads[3].id, true)]);
        let (recused, declared) = tokio::join!(recusing, declaring);
        let answers: Vec<_> = recused
            .iter()
            .chain(&declared)
            .map(|answer| (answer.status, &answer.body))
            .collect();
        assert!(
            answers.iter().all(|(status, _)| *status == 204),
            "{answers:#?}"
        );
        let lifting = tokio::join!(declare(heads[2].id, false), declare(heads[4].id, true));
        assert!(lifting.0.status == 204 && lifting.1.status == 204);
        let seen: Vec<u16> = join_all(
            heads
                .iter()
                .chain([&office.head])
                .map(async |head| head.get(&case.path).await.status),
        )
        .await;
        assert_eq!(seen, [404, 404, 200, 404, 404, 200]);
    }
    let apart = "(select c.id, tag from wbs.complaint c, unnest(c.barred) tag) b
        full join (select case_id, person_tag from wbs.conflict where not lifted) x on x.case_id = b.id and x.person_tag = b.tag
        where b.id is null or x.case_id is null";
    assert_eq!(count(&office, apart).await, 0);
    assert_eq!(
        count(&office, "wbs.complaint where cardinality(barred) = 4").await,
        4
    );
}

#[actix_web::test]
async fn a_conflict_declared_while_its_subject_settles_leaves_a_whole_settlement_or_none() {
    let mut office = ComplaintOffice::open().await;
    for case in office.surfaced(&vec![form(); 5]).await {
        office.bring_to(&case, Until::Forwarded).await;
        let resolution = json!({"finding": "proven", "summary": "Terbukti."});
        let (settling, declaring) = (
            format!("{}/resolution", case.path),
            format!("{}/conflicts", case.path),
        );
        let conflict = json!({"user": office.team_lead.id, "reason": "Ipar terlapor."});
        let (settled, declared) = tokio::join!(
            office.team_lead.post(&settling, resolution),
            office.conflict_officer.post(&declaring, conflict)
        );
        assert_eq!(declared.status, 204, "{:#}", declared.body);
        assert!(
            [200, 404, 409].contains(&settled.status),
            "{:#}",
            settled.body
        );
        let id = case.path.rsplit('/').next().unwrap();
        let papers = count(
            &office,
            &format!("wbs.paper where kind = 'resolution' and case_id = '{id}'"),
        )
        .await;
        assert_eq!(papers, i64::from(settled.status == 200));
        office
            .team_lead
            .get(&case.path)
            .await
            .refused(404, "not_found");
        assert_eq!(
            office.external.get(&case.path).await.expect(200)["stage"],
            "referred_externally",
            "without its lead the team cannot carry it"
        );
    }
}

#[actix_web::test]
async fn a_reporter_who_writes_again_is_not_deleted_under_the_pen() {
    let mut office = ComplaintOffice::open().await;
    let cases = office.surfaced(&vec![form(); 4]).await;
    for case in &cases {
        office.bring_to(case, Until::Signed).await;
    }
    office.run_due_work().await;
    for case in &cases {
        office
            .sign_in_with_code(&case.code)
            .await
            .act("/api/v1/complaints/mine/answer/acknowledgement")
            .await
            .expect(200);
    }
    office.next_slot().await;
    office.later(2000 * 24 * 60).await;
    let mut reporters = Vec::new();
    for case in &cases {
        reporters.push(office.sign_in_with_code(&case.code).await);
    }
    // One reporter has written before the nightly job and one has attached a file; two write while
    // it runs.
    reporters[0]
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Ada kelanjutannya."}),
        )
        .await
        .expect(201);
    let photograph = Some((
        "application/octet-stream",
        photograph_of(b"loket", "GPS 2.9761 S", "Kamera kantor"),
    ));
    let attaching = Request {
        method: Method::POST,
        path: "/api/v1/complaints/mine/attachments",
        body: photograph,
        headers: &[],
    };
    reporters[1].ask(&attaching).await.expect(201);
    let (app, service) = (&office.app, &office.app.service);
    let night = retention::run(&app.database, &service.complaint_services, app.clock.now());
    let writing = join_all(reporters[2..].iter().map(|reporter| {
        reporter.post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Ada kelanjutannya."}),
        )
    }));
    let (night, written) = tokio::join!(night, writing);
    night.unwrap();
    office.next_slot().await;
    let written = [true, true]
        .into_iter()
        .chain(written.iter().map(|answer| answer.status == 201));
    for (case, written) in cases.iter().zip(written) {
        let seen = office.head.get(&format!("{}/messages", case.path)).await;
        assert_eq!(
            seen.status == 200,
            written,
            "an accepted message is stored, and a refusal says that the case is deleted: {:#}",
            seen.body
        );
    }
    for case in &cases[..2] {
        assert_eq!(
            office.head.get(&case.path).await.expect(200)["content"]["subject"],
            "Pungutan di luar tarif"
        );
    }
    // The period starts again; it does not last for ever.
    office.later(2000 * 24 * 60).await;
    retention::run(
        &office.app.database,
        &office.app.service.complaint_services,
        office.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(
        (
            count(&office, "wbs.complaint").await,
            count(&office, "vault.identity").await
        ),
        (0, 0)
    );
}
