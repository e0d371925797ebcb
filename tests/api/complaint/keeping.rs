//! What is kept, and what is not any more (design: whistleblowing 5, cases 38 and 39).

use serde_json::json;
use service_desk::complaint::keys::Keys;
use service_desk::complaint::retention;
use service_desk::complaint::salts::{Of, Salts};
use service_desk::ids::ComplaintId;

use super::wing::{Case, Until, Wing};

async fn night(wing: &Wing) {
    let (app, service) = (&wing.app, &wing.app.service);
    retention::run(&app.database, &service.cabinet, app.clock.now()).await.unwrap();
}

async fn count(wing: &Wing, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&mut wing.app.sql().await).await.unwrap()
}

async fn days(wing: &mut Wing, days: i64) {
    wing.later(days * 24 * 60).await;
    night(wing).await;
}

async fn closed(wing: &mut Wing) -> Case {
    wing.case(Until::Closed).await
}

#[actix_web::test]
async fn the_identity_goes_before_the_case_and_the_trail_stays() {
    let mut wing = Wing::open().await;
    let case = closed(&mut wing).await;
    days(&mut wing, 179).await;
    assert_eq!((count(&wing, "vault.identity").await, count(&wing, "wbs.complaint").await), (1, 1));
    days(&mut wing, 2).await;
    assert_eq!((count(&wing, "vault.identity").await, count(&wing, "wbs.complaint").await), (0, 1));
    assert_eq!(wing.head.get(&case.path).await.expect(200)["content"]["subject"], "Pungutan di luar tarif");
    let events = count(&wing, "audit.event").await;
    days(&mut wing, 1000).await;
    for part in ["complaint", "content", "paper", "message", "opening", "warning", "conflict", "disclosure", "outbox"] {
        assert_eq!(count(&wing, &format!("wbs.{part}")).await, 0, "{part}");
    }
    assert_eq!(count(&wing, "wbs.tombstone").await, 1);
    wing.head.get(&case.path).await.refused(404, "not_found");
    wing.nobody.post("/api/v1/complaints/sessions", json!({"receipt_code": case.code})).await.refused(401, "bad_receipt_code");
    assert!(count(&wing, "audit.event").await > events, "the deletion is in the trail, and nothing is missing");
    assert_eq!(wing.auditor.get("/api/v1/audit-trail/verification").await.expect(200)["intact"], true);
}

#[actix_web::test]
async fn a_held_or_reopened_case_is_kept_and_two_nights_at_once_do_no_harm() {
    let mut wing = Wing::open().await;
    let (held, reopened, gone) = (closed(&mut wing).await, closed(&mut wing).await, closed(&mut wing).await);
    wing.conflict_officer.post(&format!("{}/legal-hold", held.path), json!({"text": "Perkara berjalan."})).await.expect(200);
    wing.head.post(&format!("{}/reopening", reopened.path), json!({"text": "Ada bukti baru."})).await.expect(200);
    wing.later(2000 * 24 * 60).await;
    tokio::join!(night(&wing), night(&wing));
    wing.head.get(&gone.path).await.refused(404, "not_found");
    for kept in [&held, &reopened] {
        assert_eq!(wing.head.get(&kept.path).await.expect(200)["content"]["subject"], "Pungutan di luar tarif");
    }
    assert_eq!((count(&wing, "vault.identity").await, count(&wing, "wbs.tombstone").await), (2, 1));
    wing.conflict_officer.post(&format!("{}/legal-hold/release", held.path), json!({"text": "Perkara selesai."})).await.expect(200);
    night(&wing).await;
    wing.head.get(&held.path).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_backup_from_before_the_shredding_is_noise_with_todays_keys() {
    let mut wing = Wing::open().await;
    let case = closed(&mut wing).await;
    let mut sql = wing.app.sql().await;
    let tables = ["wbs.complaint", "wbs.content", "wbs.paper", "vault.identity"];
    for table in tables {
        let copy = format!("create table {} as table {table}", table.replace('.', "_backup_"));
        sqlx::query(sqlx::AssertSqlSafe(copy)).execute(&mut sql).await.unwrap();
    }
    days(&mut wing, 2000).await;
    for table in tables {
        let restore = format!("insert into {table} select * from {}", table.replace('.', "_backup_"));
        sqlx::query(sqlx::AssertSqlSafe(restore)).execute(&mut sql).await.unwrap();
    }
    assert_eq!((count(&wing, "wbs.complaint").await, count(&wing, "vault.identity").await), (1, 1), "the rows are back");
    wing.head.get(&case.path).await.refused(404, "not_found");
    // Nor by whoever has the master key: what the keys are made with is gone.
    let salts = Salts::new(wing.app.service.documents.clone(), Keys::new(&wing.app.master_key));
    let id = ComplaintId(case.path.rsplit('/').next().unwrap().parse().unwrap());
    for of in [Of::Content, Of::Identity] {
        assert!(salts.read(id, of).await.is_err());
    }
}
