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
use super::wing::{Until, Wing, form};
use crate::support::{Asking, Person};

async fn count(wing: &Wing, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(&mut wing.app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn of_two_heads_who_dispose_at_once_the_file_says_what_the_one_wrote() {
    let mut wing = Wing::open().await;
    let other = wing.another(Role::Head, "Ratna Dewi").await;
    let cases = wing.surfaced(&vec![form(); 6]).await;
    let heads = [wing.head.clone(), other.sign_in_again().await];
    for case in cases {
        let specimen = Specimen {
            case,
            stage: Stage::Screened,
        };
        let path = format!("{}/disposition", specimen.case.path);
        let before = wing
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
            wing.head.get(&specimen.case.path).await.expect(200)["disposition"]["text"],
            format!("Perintah {}", won[0])
        );
        let after = wing
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
    let mut wing = Wing::open().await;
    let cases = wing.surfaced(&vec![form(); 4]).await;
    for case in &cases {
        wing.bring_to(case, Until::Signed).await;
    }
    wing.run_due_work().await;
    for case in &cases {
        wing.sign_in_with_code(&case.code)
            .await
            .act("/api/v1/complaints/mine/answer/acknowledgement")
            .await
            .expect(200);
    }
    wing.later(24 * 60).await;
    let mut reporters = Vec::new();
    for case in &cases {
        reporters.push(wing.sign_in_with_code(&case.code).await);
    }
    let writing = join_all(reporters.iter().map(|reporter| {
        reporter.post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Terima kasih."}),
        )
    }));
    let ((), messages) = tokio::join!(wing.run_due_work(), writing);
    assert!(messages.iter().all(|answer| answer.status == 201));
    wing.next_slot().await;
    for case in cases {
        assert_eq!(
            wing.head
                .get(&format!("{}/messages", case.path))
                .await
                .expect(200)["items"][0]["text"],
            "Terima kasih."
        );
        let specimen = Specimen {
            case,
            stage: Stage::Closed,
        };
        assert_eq!(wing.stage(&specimen).await, Stage::Closed);
        let [closings, ..] = wing
            .written_counts(&specimen, Some(Task::CloseComplaint))
            .await;
        assert_eq!(closings, 1);
    }
}

#[actix_web::test]
async fn of_conflicts_found_at_once_each_bars_and_the_file_says_what_the_conflicts_say() {
    let mut wing = Wing::open().await;
    let mut heads = Vec::new();
    for name in [
        "Ratna Dewi",
        "Agus Salim",
        "Yusuf Mansur",
        "Dewi Lestari",
        "Hasan Basri",
    ] {
        heads.push(wing.another(Role::Head, name).await);
    }
    let cases = wing.surfaced(&vec![form(); 4]).await;
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
            wing.conflict_officer.post(
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
                .chain([&wing.head])
                .map(async |head| head.get(&case.path).await.status),
        )
        .await;
        assert_eq!(seen, [404, 404, 200, 404, 404, 200]);
    }
    let apart = "(select c.id, tag from wbs.complaint c, unnest(c.barred) tag) b
        full join (select case_id, person_tag from wbs.conflict where not lifted) x on x.case_id = b.id and x.person_tag = b.tag
        where b.id is null or x.case_id is null";
    assert_eq!(count(&wing, apart).await, 0);
    assert_eq!(
        count(&wing, "wbs.complaint where cardinality(barred) = 4").await,
        4
    );
}

#[actix_web::test]
async fn a_conflict_declared_while_its_subject_settles_leaves_a_whole_settlement_or_none() {
    let mut wing = Wing::open().await;
    for case in wing.surfaced(&vec![form(); 5]).await {
        wing.bring_to(&case, Until::Forwarded).await;
        let resolution = json!({"finding": "proven", "summary": "Terbukti."});
        let (settling, declaring) = (
            format!("{}/resolution", case.path),
            format!("{}/conflicts", case.path),
        );
        let conflict = json!({"user": wing.team_lead.id, "reason": "Ipar terlapor."});
        let (settled, declared) = tokio::join!(
            wing.team_lead.post(&settling, resolution),
            wing.conflict_officer.post(&declaring, conflict)
        );
        assert_eq!(declared.status, 204, "{:#}", declared.body);
        assert!(
            [200, 404, 409].contains(&settled.status),
            "{:#}",
            settled.body
        );
        let id = case.path.rsplit('/').next().unwrap();
        let papers = count(
            &wing,
            &format!("wbs.paper where kind = 'resolution' and case_id = '{id}'"),
        )
        .await;
        assert_eq!(papers, i64::from(settled.status == 200));
        wing.team_lead
            .get(&case.path)
            .await
            .refused(404, "not_found");
        assert_eq!(
            wing.external.get(&case.path).await.expect(200)["stage"],
            "referred_externally",
            "without its lead the team cannot carry it"
        );
    }
}

#[actix_web::test]
async fn a_reporter_who_writes_again_is_not_deleted_under_the_pen() {
    let mut wing = Wing::open().await;
    let cases = wing.surfaced(&vec![form(); 4]).await;
    for case in &cases {
        wing.bring_to(case, Until::Signed).await;
    }
    wing.run_due_work().await;
    for case in &cases {
        wing.sign_in_with_code(&case.code)
            .await
            .act("/api/v1/complaints/mine/answer/acknowledgement")
            .await
            .expect(200);
    }
    wing.next_slot().await;
    wing.later(2000 * 24 * 60).await;
    let mut reporters = Vec::new();
    for case in &cases {
        reporters.push(wing.sign_in_with_code(&case.code).await);
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
    let attaching = Asking {
        method: Method::POST,
        path: "/api/v1/complaints/mine/attachments",
        body: photograph,
        headers: &[],
    };
    reporters[1].ask(&attaching).await.expect(201);
    let (app, service) = (&wing.app, &wing.app.service);
    let night = retention::run(&app.database, &service.complaint_services, app.clock.now());
    let writing = join_all(reporters[2..].iter().map(|reporter| {
        reporter.post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Ada kelanjutannya."}),
        )
    }));
    let (night, written) = tokio::join!(night, writing);
    night.unwrap();
    wing.next_slot().await;
    let written = [true, true]
        .into_iter()
        .chain(written.iter().map(|answer| answer.status == 201));
    for (case, written) in cases.iter().zip(written) {
        let seen = wing.head.get(&format!("{}/messages", case.path)).await;
        assert_eq!(
            seen.status == 200,
            written,
            "what was taken from a reporter is there, and a refusal says that the case is gone: {:#}",
            seen.body
        );
    }
    for case in &cases[..2] {
        assert_eq!(
            wing.head.get(&case.path).await.expect(200)["content"]["subject"],
            "Pungutan di luar tarif"
        );
    }
    // The period starts again; it does not last for ever.
    wing.later(2000 * 24 * 60).await;
    retention::run(
        &wing.app.database,
        &wing.app.service.complaint_services,
        wing.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(
        (
            count(&wing, "wbs.complaint").await,
            count(&wing, "vault.identity").await
        ),
        (0, 0)
    );
}
