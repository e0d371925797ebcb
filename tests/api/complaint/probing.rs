//! Attempts with a code, a number or a receipt that the caller should not have (abuse cases 24, 26,
//! 28 and 29).

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::complaint::jobs::retention;
use sqlx::Row as _;

use super::office::{ComplaintOffice, Until, form};
use crate::manners::logs::log;
use crate::support::{Answer, Request};

const SESSIONS: &str = "/api/v1/complaints/sessions";

/// A reply without trace id and time.
fn bare(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let headers = answer
        .headers()
        .into_iter()
        .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(name));
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    let trace = answer.body["trace_id"]
        .as_str()
        .unwrap_or("no trace")
        .to_owned();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    headers.sort();
    (answer.status, headers, text.replace(&trace, "trace"))
}

#[actix_web::test]
async fn the_code_of_a_deleted_complaint_is_refused_byte_for_byte_like_one_that_never_was() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Closed).await;
    office.sign_in_with_code(&case.code).await;
    office.later(2000 * 24 * 60).await;
    retention::run(
        &office.app.database,
        &office.app.service.complaint_services,
        office.app.clock.now(),
    )
    .await
    .unwrap();
    let refused = async |code: &str| {
        bare(
            &office
                .nobody
                .post(SESSIONS, json!({"receipt_code": code}))
                .await,
        )
    };
    let deleted = refused(&case.code).await;
    assert_eq!(deleted.0, 401);
    let never_was = service_desk::complaint::receipt::code::ReceiptCode::random();
    for code in [
        never_was.formatted().as_str(),
        &case.number,
        "",
        "bukan kode",
        &format!("{}!", case.code),
    ] {
        assert_eq!(refused(code).await, deleted, "{code}");
    }
    // An ended session reveals nothing more.
    let ended = office
        .nobody
        .with_token("q1xkN9sR0vVfZyT3mB8cWd2LhJ6uPaEg4oYiXt5KwQs")
        .get("/api/v1/complaints/mine")
        .await;
    ended.refused(401, "unauthenticated");
}

#[actix_web::test]
async fn hammering_a_known_number_troubles_nobody() {
    let office = ComplaintOffice::open().await;
    let submitted = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201);
    let (code, number) = (
        submitted["receipt_code"].as_str().unwrap(),
        submitted["public_number"].as_str().unwrap(),
    );
    let mut forged = submitted["receipt"].clone();
    forged["salt"] = json!("0".repeat(64));
    for _ in 0..20 {
        let attempts = (0..10).map(async |n| {
            let guess = json!({"receipt_code": format!("{number}{n}")});
            assert_eq!(office.nobody.post(SESSIONS, guess).await.status, 401);
            assert_eq!(
                office
                    .nobody
                    .post(
                        "/api/v1/complaints/activations",
                        json!({"activation_code": number})
                    )
                    .await
                    .status,
                401
            );
            assert_eq!(
                office
                    .nobody
                    .post("/api/v1/complaints/receipts/verification", forged.clone())
                    .await
                    .expect(200),
                json!({"genuine": false})
            );
        });
        join_all(attempts).await;
    }
    let reporter = office.sign_in_with_code(code).await;
    assert_eq!(
        reporter.get("/api/v1/complaints/mine").await.expect(200)["public_number"],
        number
    );
}

#[actix_web::test]
async fn a_forged_receipt_says_nothing_of_which_numbers_there_are() {
    let office = ComplaintOffice::open().await;
    let genuine = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201)["receipt"]
        .clone();
    let verify = async |receipt: Value| {
        bare(
            &office
                .nobody
                .post("/api/v1/complaints/receipts/verification", receipt)
                .await,
        )
    };
    let with_number = |number: &str| {
        let mut forged = genuine.clone();
        forged["signature"] = json!("A".repeat(86));
        forged["public_number"] = json!(number);
        forged
    };
    let existing = genuine["public_number"].as_str().unwrap();
    assert_eq!(
        verify(with_number(existing)).await,
        verify(with_number("WBS-2026-0000000")).await
    );
    assert_eq!(verify(genuine.clone()).await.2, r#"{"genuine":true}"#);
}

#[actix_web::test]
async fn a_code_is_taken_from_no_address_and_lies_nowhere() {
    let mut office = ComplaintOffice::open().await;
    let key = uuid::Uuid::new_v4().to_string();
    let headers = [("idempotency-key", key.as_str())];
    let body = Some(("application/json", serde_json::to_vec(&form()).unwrap()));
    let asking = Request {
        method: Method::POST,
        path: "/api/v1/complaints",
        body,
        headers: &headers,
    };
    let (first, again) = (
        office.nobody.ask(&asking).await,
        office.nobody.ask(&asking).await,
    );
    assert_eq!(first.bytes, again.bytes, "the reply is kept");
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await;
    let activation = slip.body["activation_code"].as_str().unwrap().to_owned();
    let activated = office
        .nobody
        .post(
            "/api/v1/complaints/activations",
            json!({"activation_code": activation}),
        )
        .await;
    let codes = [
        first.body["receipt_code"].as_str().unwrap(),
        activated.body["receipt_code"].as_str().unwrap(),
        &activation,
    ]
    .map(str::to_owned);
    for code in &codes {
        for path in ["/api/v1/complaints/mine", SESSIONS, "/api/v1/complaints"] {
            for method in [Method::GET, Method::POST] {
                let path = format!("{path}?receipt_code={code}");
                let answer = office
                    .nobody
                    .ask(&Request {
                        method,
                        path: &path,
                        body: None,
                        headers: &[("referer", &path)],
                    })
                    .await;
                assert!(
                    (400..500).contains(&answer.status),
                    "{path}: {}",
                    answer.status
                );
                let told = answer
                    .headers()
                    .into_iter()
                    .any(|(_, value)| value.contains(code.as_str()));
                assert!(
                    !told && !answer.body["detail"].to_string().contains(code.as_str()),
                    "{path}"
                );
            }
        }
        for reply in [&first, &again, &slip, &activated] {
            assert!(
                reply
                    .headers()
                    .into_iter()
                    .all(|(_, value)| !value.contains(code.as_str()))
            );
        }
    }
    office.sign_in_with_code(&codes[0]).await;
    office.next_slot().await;
    let sql = &mut office.app.sql().await;
    let tables = "select table_schema, table_name from information_schema.tables
                  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')";
    let tables = sqlx::query(tables).fetch_all(&mut *sql).await.unwrap();
    assert!(tables.len() > 40);
    // A public number is stored in clear and is found: the search works.
    let mut spellings = vec![(
        first.body["public_number"].as_str().unwrap().to_owned(),
        false,
    )];
    for code in &codes {
        let plain = code.replace('-', "");
        let hex = [code, &plain, &plain.to_lowercase()].map(|text| hex::encode(text.as_bytes()));
        spellings.extend(
            [code.clone(), plain]
                .into_iter()
                .chain(hex)
                .map(|text| (text, true)),
        );
    }
    for (text, secret) in spellings {
        let mut hits = Vec::new();
        for table in &tables {
            let [schema, name] =
                ["table_schema", "table_name"].map(|part| table.get::<String, _>(part));
            let count =
                format!(r#"select count(*) from "{schema}"."{name}" t where t::text ilike $1"#);
            let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                .bind(format!("%{text}%"))
                .fetch_one(&mut *sql)
                .await
                .unwrap();
            hits.extend((found > 0).then(|| format!("{schema}.{name}")));
        }
        assert_eq!(hits.is_empty(), secret, "{text} lies in {hits:?}");
    }
}

/// Every table with a digest of its rows, except those of complaints and of idempotent replies.
async fn tables_of_others(office: &ComplaintOffice) -> Vec<(String, Option<String>)> {
    let sql = &mut office.app.sql().await;
    let names = "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE'
                 and table_schema not in ('pg_catalog', 'information_schema', 'wbs', 'vault', 'audit') and table_name <> 'sealed_reply' order by 1";
    let names: Vec<String> = sqlx::query_scalar(names)
        .fetch_all(&mut *sql)
        .await
        .unwrap();
    let mut found = Vec::new();
    for name in names {
        let digest = format!("select md5(string_agg(t::text, '|' order by t::text)) from {name} t");
        found.push((
            name,
            sqlx::query_scalar(sqlx::AssertSqlSafe(digest))
                .fetch_one(&mut *sql)
                .await
                .unwrap(),
        ));
    }
    found
}

#[actix_web::test]
async fn the_address_somebody_reports_from_is_kept_nowhere_and_no_table_of_others_moves() {
    let (log, office) = (log(), ComplaintOffice::open().await);
    let before = tables_of_others(&office).await;
    assert!(before.len() > 20);
    let somebody = office.nobody.calling_from("127.0.0.77");
    for _ in 0..3 {
        let submitted = somebody
            .post("/api/v1/complaints", form())
            .await
            .expect(201);
        let code = json!({"receipt_code": submitted["receipt_code"]});
        somebody
            .post(SESSIONS, json!({"receipt_code": "bukan kode"}))
            .await
            .refused(401, "bad_receipt_code");
        let session = somebody.post(SESSIONS, code).await.expect(200);
        let reporter = somebody.with_token(session["access_token"].as_str().unwrap());
        reporter
            .post(
                "/api/v1/complaints/mine/messages",
                json!({"text": "Ada lagi."}),
            )
            .await
            .expect(201);
        reporter.get("/api/v1/complaints/mine").await.expect(200);
        somebody
            .post(
                "/api/v1/complaints/receipts/verification",
                submitted["receipt"].clone(),
            )
            .await
            .expect(200);
    }
    // Not in clear, and under no hash: only tables of complaints change, and there are no more rows
    // than acts.
    assert_eq!(tables_of_others(&office).await, before);
    let sql = &mut office.app.sql().await;
    let rows = "select (select count(*) from wbs.complaint), (select count(*) from wbs.content), (select count(*) from wbs.session),
                       (select count(*) from wbs.message), (select count(*) from wbs.outbox), (select count(*) from vault.identity)";
    assert_eq!(
        sqlx::query_as::<_, (i64, i64, i64, i64, i64, i64)>(rows)
            .fetch_one(&mut *sql)
            .await
            .unwrap(),
        (3, 3, 3, 3, 6, 3)
    );
    let tables = "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('wbs', 'vault', 'audit')";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut *sql)
        .await
        .unwrap();
    for (table, address) in tables.iter().flat_map(|table| {
        ["127.0.0.77", &hex::encode("127.0.0.77")].map(|address| (table, address.to_owned()))
    }) {
        let count = format!("select count(*) from {table} t where t::text like $1");
        let hits: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
            .bind(format!("%{address}%"))
            .fetch_one(&mut *sql)
            .await
            .unwrap();
        assert_eq!(hits, 0, "{table}");
    }
    assert!(!log.text().contains("127.0.0.77"));
}

#[actix_web::test]
async fn every_id_of_this_side_is_drawn_at_random() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Answered).await;
    office
        .sign_in_with_code(&case.code)
        .await
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Terima kasih."}),
        )
        .await
        .expect(201);
    let request =
        json!({"fields": ["address"], "purpose": "delivery", "reason": "Surat harus diantar."});
    office
        .head
        .post(&format!("{}/disclosures", case.path), request)
        .await
        .expect(201);
    let sql = &mut office.app.sql().await;
    let tables = "select table_schema || '.' || table_name from information_schema.columns
                  where table_schema in ('wbs', 'vault', 'audit') and column_name = 'id'";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut *sql)
        .await
        .unwrap();
    let mut met = 0;
    for table in &tables {
        let ids = format!("select id from {table}");
        let ids: Vec<uuid::Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(ids))
            .fetch_all(&mut *sql)
            .await
            .unwrap();
        assert!(
            ids.iter().all(|id| id.get_version_num() == 4),
            "{table}: {ids:?}"
        );
        met += ids.len();
    }
    assert!(tables.len() >= 7 && met >= 8, "{met} ids in {tables:?}");
}
