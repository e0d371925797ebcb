//! An unanswered confirmation sheet: the job is queued with the sheet, runs when its time has passed, and does nothing where there is nothing to do.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use service_desk::casework::worker::{self, JobDesk};
use service_desk::certification::jobs;
use sqlx::postgres::PgPoolOptions;

use super::Office;
use super::attempts::{explained, id_of};
use super::office::{Until, completion, mandatory, pdf, verification};

/// The jobs that wait to expire `case`: when each is to run.
async fn queued(office: &Office, case: &str) -> Vec<DateTime<Utc>> {
    let sql = "select run_at from graphile_worker.jobs where task_identifier = 'expire_confirmation' and key = $1";
    let key = format!("expire_confirmation:{}", id_of(case));
    sqlx::query_scalar(sql).bind(key).fetch_all(&mut office.app.sql().await).await.unwrap()
}

async fn stage(office: &Office, case: &str) -> Value {
    office.customer.get(case).await.expect(200)["stage"].clone()
}

#[actix_web::test]
async fn the_sheet_and_its_expiry_are_queued_together_or_not_at_all() {
    let office = Office::open().await;
    let case = office.case(Until::Verified).await;
    let mut wrong = office.proposal();
    wrong["proposed_team"] = json!([]);
    office.pji_staff.post(&format!("{case}/audit-confirmation"), wrong).await.refused(422, "invalid_content");
    assert!(queued(&office, &case).await.is_empty());
    office.pji_staff.post(&format!("{case}/audit-confirmation"), office.proposal()).await.expect(200);
    let answer_by = office.app.clock.now() + TimeDelta::days(5);
    let jobs = queued(&office, &case).await;
    assert_eq!(jobs.len(), 1);
    // A little after the last usable moment, and no more than a little.
    assert!(jobs[0] > answer_by && jobs[0] <= answer_by + TimeDelta::minutes(5), "{jobs:?}");
    office.pji_staff.post(&format!("{case}/audit-confirmation"), office.proposal()).await.refused(409, "out_of_order");
    assert_eq!(queued(&office, &case).await, jobs);
}

#[actix_web::test]
async fn it_expires_after_the_last_usable_moment_and_not_before() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let (days, moment) = (TimeDelta::days(5), TimeDelta::microseconds(1));
    let before = office.written(&case).await;
    office.expire(&case, TimeDelta::zero()).await;
    office.expire(&case, days).await;
    assert_eq!((stage(&office, &case).await, office.written(&case).await), (json!("awaiting_customer"), before));
    office.expire(&case, days + moment).await;
    assert_eq!((stage(&office, &case).await, office.written(&case).await), (json!("expired"), (before.0 + 1, before.1 + 1)));
    office.expire(&case, days + moment * 2).await;
    assert_eq!(office.written(&case).await, (before.0 + 1, before.1 + 1), "twice is harmless");
    let timeline = office.customer.get(&format!("{case}/timeline")).await.expect(200);
    let last = timeline["entries"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["task"], &last["roles"], &last["name"]), (&json!("expire_application"), &json!([]), &json!(null)));
    office.customer.post(&format!("{case}/completion"), completion()).await.refused(409, "out_of_order");
}

#[actix_web::test]
async fn an_answered_sheet_does_not_expire() {
    let office = Office::open().await;
    for until in [Until::Completed, Until::Confirmed, Until::Drafted] {
        let case = office.case(until).await;
        let before = (stage(&office, &case).await, office.written(&case).await);
        office.expire(&case, TimeDelta::days(400)).await;
        assert_eq!((stage(&office, &case).await, office.written(&case).await), before, "{until:?}");
    }
}

#[actix_web::test]
async fn a_later_sheet_does_not_expire_with_the_first() {
    let office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    for missing in [verification(&[wanting]), json!({"items": [{"requirement": wanting, "result": "unfit", "note": "Terpotong."}]})] {
        office.operations.post(&format!("{case}/verification"), missing).await.expect(200);
        office.pji_staff.post(&format!("{case}/audit-confirmation"), office.proposal()).await.expect(200);
        if office.customer.get(&case).await.expect(200)["round"] == 1 {
            office.customer.post(&format!("{case}/completion"), explained(wanting)).await.expect(200);
        }
    }
    assert_eq!(queued(&office, &case).await.len(), 1, "the second job took the place of the first");
    office.expire(&case, TimeDelta::days(6)).await;
    assert_eq!(stage(&office, &case).await, "awaiting_customer", "the job of the first sheet is not about the second");
}

#[actix_web::test]
async fn the_last_usable_moment_is_usable_and_the_next_is_not() {
    let mut office = Office::open().await;
    let cases = [office.case(Until::AwaitingCustomer).await, office.case(Until::AwaitingCustomer).await];
    office.later(5 * 24 * 60).await;
    office.customer.post(&format!("{}/completion", cases[0]), completion()).await.expect(200);
    office.app.clock.advance(TimeDelta::microseconds(1));
    let late = office.customer.post(&format!("{}/completion", cases[1]), completion()).await.refused(422, "invalid_content");
    assert_eq!((&late["errors"][0]["pointer"], &late["errors"][0]["code"]), (&json!("/confirmation"), &json!("too_late")));
}

#[actix_web::test]
async fn the_job_engine_expires_what_was_not_answered() {
    let mut office = Office::open().await;
    let (silent, answered) = (office.case(Until::AwaitingCustomer).await, office.case(Until::AwaitingCustomer).await);
    office.customer.upload(&format!("{answered}/documents/Q01"), pdf("terlambat")).await.refused(422, "invalid_content");
    office.customer.post(&format!("{answered}/completion"), completion()).await.expect(200);
    office.later(6 * 24 * 60).await;
    // The engine goes by the database's clock, which no test can set; so the jobs are brought forward.
    let due = "update graphile_worker._private_jobs set run_at = now() - interval '1 second'";
    sqlx::query(due).execute(&mut office.app.sql().await).await.unwrap();
    let service = &office.app.service;
    let pool = PgPoolOptions::new().max_connections(3).connect_with(service.database.clone()).await.unwrap();
    let desk = JobDesk {
        database: office.app.database.clone(),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    };
    let engine = jobs::define(worker::options(pool.clone(), desk).unwrap()).init().await.unwrap();
    engine.run_once().await.unwrap();
    pool.close().await;
    assert_eq!((stage(&office, &silent).await, stage(&office, &answered).await), (json!("expired"), json!("confirmed")));
    assert!(queued(&office, &silent).await.is_empty() && queued(&office, &answered).await.is_empty(), "both jobs are done");
}
