//! A database that fails or hangs in the middle of a request: neither a reply nor a log contains
//! values of the statement (abuse case 23; `canary` tests refusals, `src/web/confidential/tests.rs`
//! a panic).

use serde_json::json;

use super::office::{ComplaintOffice, Until, form};
use crate::manners::logs::log;
use crate::support::{Answer, TestApp};

/// Makes every insert into `table` run `what`.
async fn on_insert(office: &ComplaintOffice, table: &str, what: &str) {
    let name = format!("odd_{}", uuid::Uuid::new_v4().simple());
    let trigger = format!(
        "create function {name}() returns trigger language plpgsql as $$ begin {what}; return new; end $$;
         create trigger {name} before insert on {table} for each row execute function {name}()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trigger))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
}

/// A failure with a message that quotes the row, as PostgreSQL's do.
fn failure(message: &str, value: &str) -> String {
    format!(
        "raise exception '{message}' using detail = 'Failing row contains ({value}).', hint = '{value}'"
    )
}

fn is_silent(answer: Answer, secrets: &[&str]) {
    let refusal = answer.refused(500, "internal_error").to_string();
    for secret in secrets {
        assert!(!refusal.contains(secret), "{refusal}");
    }
}

#[actix_web::test]
async fn a_statement_that_fails_quotes_nothing_to_the_caller_and_nothing_in_a_log() {
    let log = log();
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let [message, value] =
        ["pesan", "nilai"].map(|word| format!("{word}{}", uuid::Uuid::new_v4().simple()));
    let server_log = TestApp::server_folder().join("server.log");
    let (ours, theirs) = (log.text().len(), std::fs::read(&server_log).unwrap().len());
    for table in ["wbs.complaint", "wbs.message", "wbs.paper"] {
        on_insert(&office, table, &failure(&message, &value)).await;
    }
    let secrets = [message.as_str(), &value, "Rahasia Siti"];
    let mut told = form();
    told["identity"] = json!({"name": "Rahasia Siti"});
    is_silent(
        office.nobody.post("/api/v1/complaints", told).await,
        &secrets,
    );
    is_silent(
        reporter
            .post(
                "/api/v1/complaints/mine/messages",
                json!({"text": "Rahasia Siti."}),
            )
            .await,
        &secrets,
    );
    is_silent(
        office
            .head
            .post(
                &format!("{}/disposition", case.path),
                json!({"text": "Rahasia Siti."}),
            )
            .await,
        &secrets,
    );

    let ours = log.text().split_off(ours);
    assert!(
        ours.contains("a confidential request failed") && ours.contains("database error P0001"),
        "failures are logged: {ours}"
    );
    for secret in secrets {
        assert!(!ours.contains(secret), "{secret} is in our log");
    }
    let theirs =
        String::from_utf8_lossy(&std::fs::read(&server_log).unwrap()[theirs..]).into_owned();
    assert!(
        theirs.contains(&message),
        "the server says that something failed"
    );
    for secret in [&value, "Rahasia Siti"] {
        assert!(
            !theirs.contains(secret),
            "{secret} is in the log of the server"
        );
    }
}

#[actix_web::test]
async fn a_statement_that_takes_long_is_not_logged_with_what_was_bound() {
    let log = log();
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    for table in ["wbs.message", "wbs.paper"] {
        on_insert(&office, table, "perform pg_sleep(1.1)").await;
    }
    let server_log = TestApp::server_folder().join("server.log");
    let (ours, theirs) = (log.text().len(), std::fs::read(&server_log).unwrap().len());
    let word = format!("lambat{}", uuid::Uuid::new_v4().simple());
    reporter
        .post("/api/v1/complaints/mine/messages", json!({"text": word}))
        .await
        .expect(201);
    office
        .head
        .post(&format!("{}/disposition", case.path), json!({"text": word}))
        .await
        .expect(200);
    let id = case.path.rsplit('/').next().unwrap();
    let ours = log.text().split_off(ours);
    let theirs =
        String::from_utf8_lossy(&std::fs::read(&server_log).unwrap()[theirs..]).into_owned();
    for secret in [word.as_str(), id, &case.number, &case.code] {
        assert!(!ours.contains(secret), "{secret} is in our log");
        assert!(
            !theirs.contains(secret),
            "{secret} is in the log of the server"
        );
    }
}
