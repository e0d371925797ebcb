//! The stored traces of a reporter's acts: days without minutes, ids without time, one size for
//! every submission (abuse cases 15, 31 to 35).

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::Row as _;

use super::office::{ComplaintOffice, Until, form};

#[actix_web::test]
async fn ids_and_numbers_tell_nothing_of_when_they_were_made() {
    let office = ComplaintOffice::open().await;
    for _ in 0..40 {
        office
            .nobody
            .post("/api/v1/complaints", form())
            .await
            .expect(201);
    }
    let rows = sqlx::query("select id, public_number from wbs.complaint order by ctid")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.get("id")).collect();
    let numbers: Vec<String> = rows.iter().map(|row| row.get("public_number")).collect();
    assert!(ids.iter().all(|id| id.get_version_num() == 4));
    let rising = |inverted: bool, all: &[String]| {
        all.windows(2)
            .filter(|pair| (pair[0] < pair[1]) != inverted)
            .count()
    };
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    for all in [&ids, &numbers] {
        // Of 39 neighbours about half rise; in a sequential register all would.
        assert!((5..=34).contains(&rising(false, all)), "{all:?}");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}

#[actix_web::test]
async fn no_column_holds_the_minute_of_what_a_reporter_did() {
    let mut office = ComplaintOffice::open().await;
    // A minute in which the office does nothing.
    office
        .app
        .clock
        .set("2026-07-06T02:17:31.123456Z".parse().unwrap());
    let (reporter, code, _) = office.submit(form()).await;
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Saya tambahkan: hari Senin."}),
        )
        .await
        .expect(201);
    reporter
        .post(
            "/api/v1/complaints/mine/identity",
            json!({"name": "Siti Rahayu"}),
        )
        .await
        .expect(204);
    reporter
        .post(
            "/api/v1/complaints/mine/retaliation-reports",
            json!({"kind": "threat", "text": "Saya diancam."}),
        )
        .await
        .expect(201);
    let key = format!("{}-k", uuid::Uuid::new_v4().simple());
    let body = Some(("application/json", serde_json::to_vec(&form()).unwrap()));
    let headers = [("idempotency-key", key.as_str())];
    office
        .nobody
        .ask(&crate::support::Request {
            method: reqwest::Method::POST,
            path: "/api/v1/complaints",
            body,
            headers: &headers,
        })
        .await
        .expect(201);
    office
        .app
        .clock
        .set("2026-07-06T02:40:00Z".parse().unwrap());
    office.sign_in_with_code(&code).await;
    office.next_slot().await;
    let mut sql = office.app.sql().await;
    let columns = sqlx::query(
        "select table_schema, table_name, column_name from information_schema.columns where data_type like 'timestamp%' and table_schema in ('public', 'wbs', 'vault', 'audit', 'graphile_worker')",
    );
    let columns = columns.fetch_all(&mut sql).await.unwrap();
    assert!(columns.len() > 20);
    assert!(
        columns
            .iter()
            .any(|column| column.get::<String, _>("table_name") == "retaliation"),
        "its table is looked through too"
    );
    for column in columns {
        let [schema, table, name] =
            ["table_schema", "table_name", "column_name"].map(|part| column.get::<String, _>(part));
        // Their own sessions and calendars were made when the test began; those moments are another
        // hour.
        let count = format!(
            r#"select count(*) from "{schema}"."{table}" where "{name}" >= '2026-07-06T02:10:00Z' and "{name}" < '2026-07-06T03:00:00Z' and not ('{table}' = 'session')"#
        );
        let hits: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
            .fetch_one(&mut sql)
            .await
            .unwrap();
        assert_eq!(
            hits, 0,
            "{schema}.{table}.{name} tells when a reporter was here"
        );
    }
    let ends = sqlx::query_scalar::<_, chrono::DateTime<chrono::Utc>>(
        "select expires_at from wbs.session",
    )
    .fetch_all(&mut sql)
    .await
    .unwrap();
    assert!(
        ends.iter().all(|end| end.timestamp() % 300 == 0),
        "sessions end at whole five minutes"
    );
}

#[actix_web::test]
async fn staff_and_auditors_are_told_days_and_never_when() {
    let mut office = ComplaintOffice::open().await;
    office
        .app
        .clock
        .set("2026-07-06T02:17:31Z".parse().unwrap());
    let case = office.case(Until::Screened).await;
    for (person, path) in [
        (&office.head, case.path.clone()),
        (&office.head, format!("{}/timeline", case.path)),
        (&office.head, format!("{}/messages", case.path)),
        (&office.head, "/api/v1/complaints".to_owned()),
        (&office.auditor, "/api/v1/audit-trail".to_owned()),
    ] {
        let answer = person.get(&path).await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert_eq!(answer.status, 200, "{path}: {text}");
        assert!(!text.contains("02:17"), "{path} tells the minute: {text}");
    }
    let timeline = office
        .head
        .get(&format!("{}/timeline", case.path))
        .await
        .expect(200);
    let first = &timeline["items"][0];
    assert_eq!(
        (
            first["task"].as_str(),
            first["at"].is_null(),
            first["on"].as_str()
        ),
        (Some("submit_complaint"), true, Some("2026-07-06"))
    );
}

#[actix_web::test]
async fn all_that_surface_together_surface_at_one_moment() {
    let mut office = ComplaintOffice::open().await;
    for minute in 0..5 {
        office.app.clock.advance(chrono::TimeDelta::minutes(minute));
        office
            .nobody
            .post("/api/v1/complaints", form())
            .await
            .expect(201);
    }
    office.next_slot().await;
    let items = office.head.get("/api/v1/complaints").await.expect(200);
    let since: BTreeSet<_> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["stage_since"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(since.len(), 1, "{since:?}");
    assert_eq!(items["items"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn the_vault_has_one_row_of_one_size_for_each_case_whoever_reported_it() {
    let office = ComplaintOffice::open().await;
    let mut named = form();
    named["identity"] = json!({"name": "Siti Rahayu", "nik": "1671015507850003", "phone": "+62 812 5550 0177", "email": "siti@warga.example", "address": "Jl. Merdeka No. 5", "relation": "pelanggan"});
    for form in [form(), named, form()] {
        office
            .nobody
            .post("/api/v1/complaints", form)
            .await
            .expect(201);
    }
    let (reporter, _, _) = office.submit(form()).await;
    reporter
        .post("/api/v1/complaints/mine/identity", json!({"name": "Andi"}))
        .await
        .expect(204);
    let rows = sqlx::query(
        "select octet_length(case_ref) + octet_length(fingerprint) + octet_length(sealed) as size from vault.identity",
    );
    let sizes: Vec<i32> = rows
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get("size"))
        .collect();
    assert_eq!(sizes.len(), 4);
    assert_eq!(sizes.iter().collect::<BTreeSet<_>>().len(), 1);
}

#[actix_web::test]
async fn a_short_answer_and_a_long_one_look_alike() {
    let office = ComplaintOffice::open().await;
    let (reporter, _, _) = office.submit(form()).await;
    for text in ["ya".to_owned(), "x".repeat(200)] {
        reporter
            .post("/api/v1/complaints/mine/messages", json!({"text": text}))
            .await
            .expect(201);
    }
    let sizes = sqlx::query_scalar::<_, i32>("select octet_length(sealed) from wbs.message")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(sizes.len(), 2);
    assert_eq!(sizes[0], sizes[1]);
}
