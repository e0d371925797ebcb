//! An unanswered confirmation sheet. The job is queued with the sheet, runs after the time to
//! answer has passed, and does nothing when the sheet is already answered.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use service_desk::casework::worker::{self, JobContext};
use service_desk::certification::sop::{Stage, Task};
use service_desk::certification::steps::expire_application;
use service_desk::sop::table::{Stage as _, Task as _};
use sqlx::postgres::PgPoolOptions;

use super::Office;
use super::attempts::{explained, id_of};
use super::office::{Until, completion, mandatory, pdf, verification};

/// The times at which the queued jobs will expire `case`.
async fn queued(office: &Office, case: &str) -> Vec<DateTime<Utc>> {
    let sql = "select run_at from graphile_worker.jobs where task_identifier = 'expire_confirmation' and key = $1";
    let key = format!("expire_confirmation:{}", id_of(case));
    sqlx::query_scalar(sql)
        .bind(key)
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap()
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
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), wrong)
        .await
        .refused(422, "invalid_content");
    assert!(queued(&office, &case).await.is_empty());
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let answer_by = office.app.clock.now() + TimeDelta::days(5);
    let jobs = queued(&office, &case).await;
    assert_eq!(jobs.len(), 1);
    // At most five minutes after the last usable moment.
    assert!(
        jobs[0] > answer_by && jobs[0] <= answer_by + TimeDelta::minutes(5),
        "{jobs:?}"
    );
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .refused(409, "out_of_order");
    assert_eq!(queued(&office, &case).await, jobs);
}

#[actix_web::test]
async fn it_expires_after_the_last_usable_moment_and_not_before() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let (days, moment) = (TimeDelta::days(5), TimeDelta::microseconds(1));
    let before = office.written_counts(&case).await;
    office.expire(&case, TimeDelta::zero()).await;
    office.expire(&case, days).await;
    assert_eq!(
        (
            stage(&office, &case).await,
            office.written_counts(&case).await
        ),
        (json!("awaiting_customer"), before)
    );
    office.expire(&case, days + moment).await;
    assert_eq!(
        (
            stage(&office, &case).await,
            office.written_counts(&case).await
        ),
        (json!("expired"), (before.0 + 1, before.1 + 1))
    );
    office.expire(&case, days + moment * 2).await;
    assert_eq!(
        office.written_counts(&case).await,
        (before.0 + 1, before.1 + 1),
        "twice is harmless"
    );
    let timeline = office
        .customer
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    let last = timeline["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["task"], &last["roles"], &last["name"]),
        (&json!("expire_application"), &json!([]), &json!(null))
    );
    office
        .customer
        .post(&format!("{case}/completion"), completion())
        .await
        .refused(409, "out_of_order");
}

#[actix_web::test]
async fn an_answered_sheet_does_not_expire() {
    let office = Office::open().await;
    for until in [Until::Completed, Until::Confirmed, Until::Drafted] {
        let case = office.case(until).await;
        let before = (
            stage(&office, &case).await,
            office.written_counts(&case).await,
        );
        office.expire(&case, TimeDelta::days(400)).await;
        assert_eq!(
            (
                stage(&office, &case).await,
                office.written_counts(&case).await
            ),
            before,
            "{until:?}"
        );
    }
}

#[actix_web::test]
async fn a_later_sheet_does_not_expire_with_the_first() {
    let office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    for missing in [
        verification(&[wanting]),
        json!({"items": [{"requirement": wanting, "result": "unfit", "note": "Terpotong."}]}),
    ] {
        office
            .operations
            .post(&format!("{case}/verification"), missing)
            .await
            .expect(200);
        office
            .pji_staff
            .post(&format!("{case}/audit-confirmation"), office.proposal())
            .await
            .expect(200);
        if office.customer.get(&case).await.expect(200)["round"] == 1 {
            office
                .customer
                .post(&format!("{case}/completion"), explained(wanting))
                .await
                .expect(200);
        }
    }
    assert_eq!(
        queued(&office, &case).await.len(),
        1,
        "the second job took the place of the first"
    );
    office.expire(&case, TimeDelta::days(6)).await;
    assert_eq!(
        stage(&office, &case).await,
        "awaiting_customer",
        "the job of the first sheet is not about the second"
    );
}

#[actix_web::test]
async fn the_last_usable_moment_is_usable_and_the_next_is_not() {
    let mut office = Office::open().await;
    let cases = [
        office.case(Until::AwaitingCustomer).await,
        office.case(Until::AwaitingCustomer).await,
    ];
    office.later(5 * 24 * 60).await;
    office
        .customer
        .post(&format!("{}/completion", cases[0]), completion())
        .await
        .expect(200);
    office.app.clock.advance(TimeDelta::microseconds(1));
    let late = office
        .customer
        .post(&format!("{}/completion", cases[1]), completion())
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (&late["errors"][0]["pointer"], &late["errors"][0]["code"]),
        (&json!("/confirmation"), &json!("too_late"))
    );
}

#[actix_web::test]
async fn the_job_engine_expires_what_was_not_answered() {
    let mut office = Office::open().await;
    let (silent, answered) = (
        office.case(Until::AwaitingCustomer).await,
        office.case(Until::AwaitingCustomer).await,
    );
    office
        .customer
        .upload(&format!("{answered}/documents/Q01"), pdf("terlambat"))
        .await
        .refused(422, "invalid_content");
    office
        .customer
        .post(&format!("{answered}/completion"), completion())
        .await
        .expect(200);
    office.later(6 * 24 * 60).await;
    // The job engine uses the database's clock, which a test cannot set; so the jobs are brought
    // forward.
    let due = "update graphile_worker._private_jobs set run_at = now() - interval '1 second'";
    sqlx::query(due)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let service = &office.app.service;
    let pool = PgPoolOptions::new()
        .max_connections(3)
        .connect_with(service.database.clone())
        .await
        .unwrap();
    let desk = JobContext {
        database: office.app.database.clone(),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    };
    let engine = expire_application::define(worker::worker_options(pool.clone(), desk).unwrap())
        .init()
        .await
        .unwrap();
    engine.run_once().await.unwrap();
    pool.close().await;
    assert_eq!(
        (
            stage(&office, &silent).await,
            stage(&office, &answered).await
        ),
        (json!("expired"), json!("confirmed"))
    );
    assert!(
        queued(&office, &silent).await.is_empty() && queued(&office, &answered).await.is_empty(),
        "both jobs are done"
    );
}

/// The entry for `task` in the customer's `next`: whether the task is allowed, and the refusal.
async fn next_entry(office: &Office, case: &str, task: &str) -> (Value, Value) {
    let view = office.customer.get(case).await.expect(200);
    let entry = view["next"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["task"] == task)
        .unwrap()
        .clone();
    (entry["allowed"].clone(), entry["refusal"].clone())
}

/// `next` and the request judge the deadline by one clock, to the microsecond.
#[actix_web::test]
async fn next_says_of_the_deadline_what_the_call_says() {
    let mut office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[wanting]))
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office.later(5 * 24 * 60).await;
    let (open, over) = (
        (json!(true), json!(null)),
        (json!(false), json!("invalid_content")),
    );
    for task in [
        "complete_application",
        "attach_document",
        "withdraw_application",
    ] {
        assert_eq!(
            next_entry(&office, &case, task).await,
            open,
            "{task} at the last usable moment"
        );
    }
    office
        .customer
        .upload(&format!("{case}/documents/{wanting}"), pdf("akta"))
        .await
        .expect(201);
    office.app.clock.advance(TimeDelta::microseconds(1));
    for task in ["complete_application", "attach_document"] {
        assert_eq!(
            next_entry(&office, &case, task).await,
            over,
            "{task} a moment later"
        );
    }
    assert_eq!(
        next_entry(&office, &case, "withdraw_application").await,
        open
    );
    let before = office.written_counts(&case).await;
    let late = office
        .customer
        .post(&format!("{case}/completion"), explained(wanting))
        .await
        .refused(422, "invalid_content");
    assert_eq!(late["errors"][0]["code"], "too_late");
    let late = office
        .customer
        .upload(&format!("{case}/documents/{wanting}"), pdf("akta lagi"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(late["errors"][0]["code"], "too_late");
    assert_eq!(office.written_counts(&case).await, before);
    office.expire(&case, TimeDelta::zero()).await;
    assert_eq!(
        stage(&office, &case).await,
        "expired",
        "after the customer's last moment the service's job is due"
    );
}

/// A document can be attached only while an item is open, and `next` agrees.
#[actix_web::test]
async fn next_invites_to_attach_only_what_is_open() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let answer = office
        .customer
        .upload(&format!("{case}/documents/Q02"), pdf("akta"))
        .await;
    let (allowed, refusal) = next_entry(&office, &case, "attach_document").await;
    assert_eq!(
        (&allowed, &refusal),
        (&json!(false), &json!("invalid_content"))
    );
    assert_eq!(
        answer.refused(422, "invalid_content")["errors"][0]["code"],
        "not_open"
    );
}

/// A job that runs early by the service's clock is queued again. Here the database's clock is
/// months ahead of the service's.
#[actix_web::test]
async fn a_job_that_comes_early_comes_again() {
    let mut office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    for _ in 0..2 {
        office.app.work_again().await;
        assert_eq!(
            (
                stage(&office, &case).await,
                queued(&office, &case).await.len()
            ),
            (json!("awaiting_customer"), 1),
            "it waits on"
        );
    }
    let waits = "select run_at - now() from graphile_worker.jobs where task_identifier = 'expire_confirmation'";
    let waits: sqlx::postgres::types::PgInterval = sqlx::query_scalar(waits)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert!(
        waits.days == 0 && waits.microseconds > 0 && waits.microseconds <= 3_602_000_000,
        "not at once, and within the hour: {waits:?}"
    );
    office.later(5 * 24 * 60).await;
    office.app.work_again().await;
    assert_eq!(
        (
            stage(&office, &case).await,
            queued(&office, &case).await.len()
        ),
        (json!("awaiting_customer"), 1),
        "an answer at the last moment is in time"
    );
    office.app.clock.advance(TimeDelta::microseconds(1));
    office.app.work_again().await;
    assert_eq!(
        (
            stage(&office, &case).await,
            queued(&office, &case).await.len()
        ),
        (json!("expired"), 0)
    );
}

/// At every stage, for each user who sees the file, an entry of `next` is allowed exactly when the
/// request succeeds.
#[actix_web::test]
async fn next_says_of_every_task_at_every_stage_what_the_call_says() {
    let mut office = Office::open().await;
    let specimens = office.specimens().await;
    let mut tried = (0, 0);
    for late in [false, true] {
        if late {
            office.later(5 * 24 * 60 + 1).await;
        }
        let people = office.person_of_each_role().await;
        let at_hand = specimens
            .iter()
            .filter(|specimen| !late || specimen.stage == Stage::AwaitingCustomer);
        for specimen in at_hand {
            for (role, person) in &people {
                let view = person.get(&specimen.case).await;
                if view.status != 200 {
                    continue;
                }
                for entry in view.body["next"].as_array().unwrap() {
                    let task = Task::from_code(entry["task"].as_str().unwrap()).unwrap();
                    if task == Task::ExpireApplication {
                        assert_eq!(entry["allowed"], false);
                        continue;
                    }
                    let file = office.copy_of(specimen).await;
                    let answer = office.attempt(person, &file, task).await;
                    let place = format!(
                        "{} at {} by {}, late: {late}: {:#}",
                        task.code(),
                        specimen.stage.code(),
                        role.code(),
                        answer.body
                    );
                    if entry["allowed"] == true {
                        assert!(answer.status == 200 || answer.status == 201, "{place}");
                        tried.0 += 1;
                    } else {
                        assert_eq!(Some(answer.code()), entry["refusal"].as_str(), "{place}");
                        tried.1 += 1;
                    }
                }
            }
        }
    }
    assert!(tried.0 > 20 && tried.1 > 50, "{tried:?}");
}
