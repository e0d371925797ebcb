//! Reports made by a job: for the requester only, once, and deleted after a time.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::casework::worker::{self, JobContext};
use service_desk::reporting::jobs::{make, work};
use service_desk::sop::role::{Role, Roles};
use sqlx::postgres::PgPoolOptions;

use super::RECORD;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::{Answer, Person, Request};

fn job_context(office: &Office) -> JobContext {
    let service = &office.app.service;
    JobContext {
        database: office.app.database.clone(),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    }
}

async fn ask_for(person: &Person, query: &str) -> Answer {
    let path = format!("{RECORD}?{query}");
    person
        .ask(&Request {
            method: Method::GET,
            path: &path,
            body: None,
            headers: &[("prefer", "respond-async")],
        })
        .await
}

async fn make_report(office: &Office, job: &Value) {
    make::make(
        &job_context(office),
        &office.app.service.typesetter,
        job["id"].as_str().unwrap().parse().unwrap(),
    )
    .await
    .unwrap();
}

#[actix_web::test]
async fn a_report_is_asked_for_made_and_fetched_and_is_what_one_gets_at_once() {
    let office = Office::open().await;
    for until in [Until::Submitted, Until::Sent] {
        office.case(until).await;
    }
    for (format, query) in [
        ("csv", "format=csv"),
        ("svg", "format=svg&chart=backlog"),
        ("json", "format=json"),
        ("xlsx", "format=xlsx"),
        ("pdf", "format=pdf&month=2026-07"),
    ] {
        let answer = ask_for(&office.pji_staff, query).await;
        let place = answer.header("location").unwrap().to_owned();
        assert_eq!(answer.header("preference-applied"), Some("respond-async"));
        let job = answer.expect(202);
        assert_eq!(
            (&job["state"], &job["percent"], &job["rows_total"]),
            (&json!("queued"), &json!(0), &json!(2))
        );
        office
            .pji_staff
            .get(&format!("{place}/result"))
            .await
            .refused(409, "conflict");

        make_report(&office, &job).await;
        let job = office.pji_staff.get(&place).await.expect(200);
        assert_eq!(
            (&job["state"], &job["percent"], &job["rows_done"]),
            (&json!("done"), &json!(100), &job["rows_total"])
        );
        let result = office
            .pji_staff
            .get(job["result"]["href"].as_str().unwrap())
            .await;
        assert_eq!(
            (result.status, result.bytes.len() as u64),
            (200, job["result"]["size"].as_u64().unwrap())
        );
        let at_once = office.pji_staff.get(&format!("{RECORD}?{query}")).await;
        match format {
            "xlsx" => assert!(result.bytes.starts_with(b"PK")),
            "json" => {
                assert_eq!(result.body["items"], at_once.body["items"]);
                assert_eq!(result.body["summary"], at_once.body["summary"]);
            }
            _ => assert_eq!(result.bytes, at_once.bytes, "{format}"),
        }
        assert_eq!(
            result.header("content-type"),
            at_once.header("content-type")
        );
    }
}

#[actix_web::test]
async fn a_job_is_there_for_whoever_asked_and_for_nobody_else() {
    let office = Office::open().await;
    office.case(Until::Sent).await;
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::PjiStaff).with(Role::Treasurer))
        .await;
    let job = ask_for(&both, "format=csv").await.expect(202);
    make_report(&office, &job).await;
    let place = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    both.get(&place).await.expect(200);
    for other in [&office.pji_staff, &office.head] {
        other.get(&place).await.refused(404, "not_found");
        other
            .get(&format!("{place}/result"))
            .await
            .refused(404, "not_found");
    }
    office.customer.get(&place).await.refused(403, "forbidden");
    office
        .app
        .nobody()
        .get(&place)
        .await
        .refused(401, "unauthenticated");

    // After the loss of a role that the request was made with, the requester no longer sees the
    // report.
    let admin = office.app.staff(Role::Admin).await;
    let change = json!({"roles": ["pji_staff"]});
    let path = format!("/api/v1/users/{}/roles", both.id);
    let body = Some(("application/json", serde_json::to_vec(&change).unwrap()));
    admin
        .ask(&Request {
            method: Method::PUT,
            path: &path,
            body,
            headers: &[("if-match", "*")],
        })
        .await
        .expect(200);
    both.sign_in_again()
        .await
        .get(&place)
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn the_same_asked_for_twice_is_one_job_and_made_twice_is_one_result() {
    let office = Office::open().await;
    office.case(Until::Submitted).await;
    let first = ask_for(&office.pji_staff, "format=csv").await.expect(202);
    let again = ask_for(&office.pji_staff, "format=csv").await.expect(202);
    let other = ask_for(&office.pji_staff, "format=xlsx").await.expect(202);
    assert_eq!(first["id"], again["id"]);
    assert_ne!(first["id"], other["id"]);
    make_report(&office, &first).await;
    let place = format!("/api/v1/jobs/{}", first["id"].as_str().unwrap());
    let before = office.pji_staff.get(&place).await.etag();
    make_report(&office, &first).await;
    assert_eq!(office.pji_staff.get(&place).await.etag(), before);
    let later = ask_for(&office.pji_staff, "format=csv").await.expect(202);
    assert_ne!(
        first["id"], later["id"],
        "a finished report is not requested again"
    );
    let files = std::fs::read_dir(office.app.folder().join("documents/reports"))
        .unwrap()
        .count();
    assert_eq!(files, 1, "one result, and nothing left over");
}

#[actix_web::test]
async fn the_job_engine_makes_what_was_queued_and_after_a_day_it_is_gone() {
    let mut office = Office::open().await;
    office.case(Until::Submitted).await;
    let job = ask_for(&office.pji_staff, "format=csv").await.expect(202);
    let pool = PgPoolOptions::new()
        .max_connections(3)
        .connect_with(office.app.service.database.clone())
        .await
        .unwrap();
    let due = "update graphile_worker._private_jobs set run_at = now() - interval '1 second'";
    sqlx::query(due)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let engine = work::define(
        worker::worker_options(pool.clone(), job_context(&office)).unwrap(),
        office.app.service.typesetter.clone(),
    )
    .unwrap()
    .init()
    .await
    .unwrap();
    engine.run_once().await.unwrap();
    pool.close().await;
    let place = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    assert_eq!(
        office.pji_staff.get(&place).await.expect(200)["state"],
        "done"
    );

    make::sweep(&job_context(&office)).await.unwrap();
    office.pji_staff.get(&place).await.expect(200);
    office.app.clock.advance(TimeDelta::days(1));
    office.later(0).await;
    office.pji_staff.get(&place).await.refused(404, "not_found");
    make::sweep(&job_context(&office)).await.unwrap();
    assert_eq!(
        std::fs::read_dir(office.app.folder().join("documents/reports"))
            .unwrap()
            .count(),
        0,
        "the file is deleted"
    );
    let rows: i64 = sqlx::query_scalar("select count(*) from report_job")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}

#[actix_web::test]
async fn an_attempt_that_fails_says_so_and_leaves_nothing() {
    let office = Office::open().await;
    office.case(Until::Submitted).await;
    let job = ask_for(&office.pji_staff, "format=csv").await.expect(202);
    let mut sql = office.app.sql().await;
    sqlx::query("alter table deficiency_sheet rename to elsewhere")
        .execute(&mut sql)
        .await
        .unwrap();
    let id = job["id"].as_str().unwrap().parse().unwrap();
    assert!(
        make::make(&job_context(&office), &office.app.service.typesetter, id)
            .await
            .is_err()
    );
    let place = format!("/api/v1/jobs/{id}");
    assert_eq!(
        office.pji_staff.get(&place).await.expect(200)["state"],
        "failed"
    );
    sqlx::query("alter table elsewhere rename to deficiency_sheet")
        .execute(&mut sql)
        .await
        .unwrap();
    make::make(&job_context(&office), &office.app.service.typesetter, id)
        .await
        .unwrap();
    assert_eq!(
        office.pji_staff.get(&place).await.expect(200)["state"],
        "done",
        "the engine's next attempt makes it"
    );
    let left = std::fs::read_dir(office.app.folder().join("documents/quarantine"))
        .map_or(0, Iterator::count);
    assert_eq!(
        (
            left,
            std::fs::read_dir(office.app.folder().join("documents/reports"))
                .unwrap()
                .count()
        ),
        (0, 1)
    );
}
