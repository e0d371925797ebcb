//! Retention (abuse cases 38 and 39).

use serde_json::json;
use service_desk::complaint::jobs::retention;
use service_desk::complaint::sealing::keys::Keys;
use service_desk::complaint::sealing::salts::{SaltKind, Salts};
use service_desk::ids::ComplaintId;

use super::office::{Case, ComplaintOffice, Until};

async fn run_retention(office: &ComplaintOffice) {
    let (app, service) = (&office.app, &office.app.service);
    retention::run(&app.database, &service.complaint_services, app.clock.now())
        .await
        .unwrap();
}

async fn count(office: &ComplaintOffice, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

async fn days(office: &mut ComplaintOffice, days: i64) {
    office.later(days * 24 * 60).await;
    run_retention(office).await;
}

async fn closed(office: &mut ComplaintOffice) -> Case {
    office.case(Until::Closed).await
}

#[actix_web::test]
async fn the_identity_goes_before_the_case_and_the_trail_stays() {
    let mut office = ComplaintOffice::open().await;
    let case = closed(&mut office).await;
    days(&mut office, 179).await;
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.complaint").await
        ),
        (1, 1)
    );
    days(&mut office, 2).await;
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.complaint").await
        ),
        (0, 1)
    );
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["content"]["subject"],
        "Pungutan di luar tarif"
    );
    let events = count(&office, "audit.event").await;
    days(&mut office, 1000).await;
    for part in [
        "complaint",
        "content",
        "paper",
        "message",
        "opening",
        "warning",
        "conflict",
        "disclosure",
        "outbox",
        "retaliation",
    ] {
        assert_eq!(count(&office, &format!("wbs.{part}")).await, 0, "{part}");
    }
    assert_eq!(count(&office, "wbs.tombstone").await, 1);
    office.head.get(&case.path).await.refused(404, "not_found");
    office
        .nobody
        .post(
            "/api/v1/complaints/sessions",
            json!({"receipt_code": case.code}),
        )
        .await
        .refused(401, "bad_receipt_code");
    assert!(
        count(&office, "audit.event").await > events,
        "the deletion is in the trail, and nothing is missing"
    );
    assert_eq!(
        office
            .auditor
            .get("/api/v1/audit-trail/verification")
            .await
            .expect(200)["intact"],
        true
    );
}

#[actix_web::test]
async fn a_held_or_reopened_case_is_kept_and_two_nights_at_once_do_no_harm() {
    let mut office = ComplaintOffice::open().await;
    let (held, reopened, gone) = (
        closed(&mut office).await,
        closed(&mut office).await,
        closed(&mut office).await,
    );
    office
        .conflict_officer
        .post(
            &format!("{}/legal-hold", held.path),
            json!({"text": "Perkara berjalan."}),
        )
        .await
        .expect(200);
    office
        .head
        .post(
            &format!("{}/reopening", reopened.path),
            json!({"text": "Ada bukti baru."}),
        )
        .await
        .expect(200);
    office.later(2000 * 24 * 60).await;
    tokio::join!(run_retention(&office), run_retention(&office));
    office.head.get(&gone.path).await.refused(404, "not_found");
    for kept in [&held, &reopened] {
        assert_eq!(
            office.head.get(&kept.path).await.expect(200)["content"]["subject"],
            "Pungutan di luar tarif"
        );
    }
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.tombstone").await
        ),
        (2, 1)
    );
    office
        .conflict_officer
        .post(
            &format!("{}/legal-hold/release", held.path),
            json!({"text": "Perkara selesai."}),
        )
        .await
        .expect(200);
    run_retention(&office).await;
    office.head.get(&held.path).await.refused(404, "not_found");
}

/// Reports retaliation, releases the report and returns the path of its assessment.
async fn reported(office: &mut ComplaintOffice, case: &Case) -> String {
    let report = json!({"kind": "dismissal", "text": "Kontrak saya diputus."});
    let mine = "/api/v1/complaints/mine/retaliation-reports";
    let id = office
        .sign_in_with_code(&case.code)
        .await
        .post(mine, report)
        .await
        .expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    office.next_slot().await;
    format!("{}/retaliation-reports/{id}/assessment", case.path)
}

async fn assess(office: &ComplaintOffice, path: &str, finding: &str) {
    office
        .conflict_officer
        .post(
            path,
            json!({"finding": finding, "text": "Kami menilai laporan Saudara."}),
        )
        .await
        .expect(200);
}

#[actix_web::test]
async fn an_open_report_of_retaliation_keeps_identity_and_case_and_an_assessed_one_lets_them_go() {
    let mut office = ComplaintOffice::open().await;
    let (open, watched, settled) = (
        closed(&mut office).await,
        closed(&mut office).await,
        closed(&mut office).await,
    );
    let to_open = reported(&mut office, &open).await;
    let to_watched = reported(&mut office, &watched).await;
    let to_settled = reported(&mut office, &settled).await;
    assess(&office, &to_watched, "needs_watch").await;
    assess(&office, &to_settled, "not_upheld").await;
    office.later(200 * 24 * 60).await;
    tokio::join!(run_retention(&office), run_retention(&office));
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.complaint").await
        ),
        (2, 3),
        "the identity of the settled one went, once"
    );
    office.later(2000 * 24 * 60).await;
    tokio::join!(run_retention(&office), run_retention(&office));
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.complaint").await,
            count(&office, "wbs.tombstone").await
        ),
        (2, 2, 1)
    );
    office
        .head
        .get(&settled.path)
        .await
        .refused(404, "not_found");

    assess(&office, &to_open, "upheld").await;
    run_retention(&office).await;
    let read = office
        .sign_in_with_code(&open.code)
        .await
        .get("/api/v1/complaints/mine/retaliation-reports")
        .await
        .expect(200);
    assert_eq!(
        read["items"][0]["assessments"][0]["finding"], "upheld",
        "its reporter has a month to read it"
    );
    days(&mut office, 31).await;
    office.head.get(&open.path).await.refused(404, "not_found");
    assert_eq!(
        office.head.get(&watched.path).await.expect(200)["content"]["subject"],
        "Pungutan di luar tarif"
    );
    assess(&office, &to_watched, "not_upheld").await;
    days(&mut office, 31).await;
    assert_eq!(
        (
            count(&office, "vault.identity").await,
            count(&office, "wbs.retaliation").await,
            count(&office, "wbs.tombstone").await
        ),
        (0, 0, 3)
    );
    let kept = office
        .auditor
        .get("/api/v1/audit-trail?action=assess_retaliation")
        .await
        .expect(200);
    assert_eq!(
        kept["items"].as_array().unwrap().len(),
        4,
        "the trail stays"
    );
    assert_eq!(
        office
            .auditor
            .get("/api/v1/audit-trail/verification")
            .await
            .expect(200)["intact"],
        true
    );
}

#[actix_web::test]
async fn a_report_of_retaliation_that_races_the_night_keeps_the_case_or_says_that_it_is_gone() {
    let mut office = ComplaintOffice::open().await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(closed(&mut office).await);
    }
    office.later(2000 * 24 * 60).await;
    let mut reporters = Vec::new();
    for case in &cases {
        reporters.push(office.sign_in_with_code(&case.code).await);
    }
    let report = || json!({"kind": "threat", "text": "Saya diancam.", "feared": true});
    let mine = "/api/v1/complaints/mine/retaliation-reports";
    let reporting = futures_util::future::join_all(
        reporters
            .iter()
            .map(|reporter| reporter.post(mine, report())),
    );
    let ((), (), answers) = tokio::join!(run_retention(&office), run_retention(&office), reporting);
    for (case, answer) in cases.iter().zip(&answers) {
        assert!(
            [201, 401, 404].contains(&answer.status),
            "{:#}",
            answer.body
        );
        assert_eq!(
            office.head.get(&case.path).await.status == 200,
            answer.status == 201,
            "an accepted message is stored"
        );
    }
    let kept = i64::try_from(answers.iter().filter(|answer| answer.status == 201).count()).unwrap();
    assert_eq!(
        (
            count(&office, "wbs.retaliation").await,
            count(&office, "wbs.complaint").await
        ),
        (kept, kept)
    );
    // The nightly job may have deleted the identity before the reporter returned; then the case
    // says so.
    assert_eq!(
        count(&office, "vault.identity").await,
        count(&office, "wbs.complaint where not identity_gone").await
    );
}

#[actix_web::test]
async fn a_backup_from_before_the_shredding_is_noise_with_todays_keys() {
    let mut office = ComplaintOffice::open().await;
    let case = closed(&mut office).await;
    let mut sql = office.app.sql().await;
    let tables = [
        "wbs.complaint",
        "wbs.content",
        "wbs.paper",
        "vault.identity",
    ];
    for table in tables {
        let copy = format!(
            "create table {} as table {table}",
            table.replace('.', "_backup_")
        );
        sqlx::query(sqlx::AssertSqlSafe(copy))
            .execute(&mut sql)
            .await
            .unwrap();
    }
    days(&mut office, 2000).await;
    for table in tables {
        let restore = format!(
            "insert into {table} select * from {}",
            table.replace('.', "_backup_")
        );
        sqlx::query(sqlx::AssertSqlSafe(restore))
            .execute(&mut sql)
            .await
            .unwrap();
    }
    assert_eq!(
        (
            count(&office, "wbs.complaint").await,
            count(&office, "vault.identity").await
        ),
        (1, 1),
        "the rows are back"
    );
    office.head.get(&case.path).await.refused(404, "not_found");
    // Nor can the holder of the master key read it: the salt of the keys is deleted.
    let salts = Salts::new(
        office.app.service.documents.clone(),
        Keys::new(&office.app.master_key),
    );
    let id = ComplaintId(case.path.rsplit('/').next().unwrap().parse().unwrap());
    for of in [SaltKind::Content, SaltKind::Identity] {
        assert!(salts.read(id, of).await.is_err());
    }
}
