//! Many reporters at once: one network that floods, thousands of guessed codes, hundreds of
//! submissions while custodians decide. Other networks are still served, and no submission is lost
//! (abuse cases 25, 45 and 47; `bench/run --wbs` measures times).

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::complaint::receipt::code::ReceiptCode;
use service_desk::sop::role::Role;

use super::disclosures::{ask, decide, grant, office_with_case};
use super::office::{ComplaintOffice, form};
use crate::support::{Answer, Person, Request, TestApp};

const SESSIONS: &str = "/api/v1/complaints/sessions";

/// A request that the proxy reports as coming from this address.
async fn send_from(address: &str, person: &Person, path: &str, body: Value) -> Answer {
    let body = Some(("application/json", serde_json::to_vec(&body).unwrap()));
    person
        .ask(&Request {
            method: Method::POST,
            path,
            body,
            headers: &[("x-forwarded-for", address)],
        })
        .await
}

fn a_guess() -> Value {
    json!({"receipt_code": ReceiptCode::random().formatted().as_str()})
}

/// The requests of an honest reporter from this address: submits, signs in, writes.
async fn reports(address: &str, nobody: &Person) {
    let submitted = send_from(address, nobody, "/api/v1/complaints", form())
        .await
        .expect(201);
    let session = send_from(
        address,
        nobody,
        SESSIONS,
        json!({"receipt_code": submitted["receipt_code"]}),
    )
    .await
    .expect(200);
    let reporter = nobody.with_token(session["access_token"].as_str().unwrap());
    send_from(
        address,
        &reporter,
        "/api/v1/complaints/mine/messages",
        json!({"text": "Ada lagi."}),
    )
    .await
    .expect(201);
}

#[actix_web::test]
async fn a_flood_from_one_network_or_from_many_keeps_nobody_else_out() {
    let app =
        TestApp::start_with(&["--trust-proxy", "127.0.0.1", "--requests-per-minute", "20"]).await;
    let nobody = app.nobody();
    // One /64, each time from another of its addresses: guesses, and dozens of submissions.
    let guesses = (0..200).map(|n| {
        let nobody = nobody.clone();
        async move {
            send_from(
                &format!("2001:db8:1:2::{n:x}"),
                &nobody,
                SESSIONS,
                a_guess(),
            )
            .await
        }
    });
    let (flood, ()) = tokio::join!(join_all(guesses), reports("2001:db8:1:3::7", &nobody));
    let through = flood.iter().filter(|answer| answer.status == 401).count();
    assert!((1..=40).contains(&through), "{through} of 200 got through");
    for refused in flood.iter().filter(|answer| answer.status != 401) {
        assert_eq!((refused.status, refused.code()), (429, "too_many_requests"));
        assert!(refused.header("retry-after").is_some() && refused.header("ratelimit").is_none());
    }
    // Some seconds later one request may pass again, and not ten.
    let still = join_all(
        (0..10).map(|_| send_from("2001:db8:1:2::ffff", &nobody, "/api/v1/complaints", form())),
    )
    .await;
    assert!(still.iter().any(|answer| answer.status == 429));
    reports("2001:db8:1:4::7", &nobody).await;
    reports("203.0.113.7", &nobody).await;

    // Many networks, each within its allowance: there is no total allowance for them to use up.
    let crowd = (0..300).map(|n| {
        let nobody = nobody.clone();
        async move {
            send_from(
                &format!("2001:db8:2:{n:x}::1"),
                &nobody,
                SESSIONS,
                a_guess(),
            )
            .await
            .status
        }
    });
    let crowd = futures_util::stream::iter(crowd)
        .buffer_unordered(50)
        .collect::<Vec<_>>();
    let (statuses, ()) = tokio::join!(crowd, reports("2001:db8:3::7", &nobody));
    assert!(statuses.iter().all(|status| *status == 401), "{statuses:?}");
}

#[actix_web::test]
async fn thousands_of_guessed_codes_open_nothing_leave_nothing_and_lock_nobody_out() {
    let office = ComplaintOffice::open().await;
    let submitted = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201);
    let code = submitted["receipt_code"].as_str().unwrap();
    let rows = async || -> Vec<i64> {
        let count = "select (select count(*) from wbs.session), (select count(*) from wbs.outbox), (select count(*) from audit.event),
                            (select count(*) from login_failure), (select count(*) from idempotency_record), (select count(*) from sealed_reply)";
        let counts: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(count)
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
        vec![counts.0, counts.1, counts.2, counts.3, counts.4, counts.5]
    };
    let before = rows().await;
    for _ in 0..6 {
        let guesses = (0..500).map(|n| {
            // Every tenth is the valid code with another last symbol.
            let body = if n % 10 == 0 {
                json!({"receipt_code": mistyped(code)})
            } else {
                a_guess()
            };
            let nobody = office.nobody.clone();
            async move { nobody.post(SESSIONS, body).await }
        });
        let guesses = futures_util::stream::iter(guesses)
            .buffer_unordered(50)
            .collect::<Vec<_>>();
        let (guesses, reporter) = tokio::join!(guesses, office.sign_in_with_code(code));
        assert!(
            guesses
                .iter()
                .all(|answer| (answer.status, answer.code()) == (401, "bad_receipt_code"))
        );
        assert_eq!(
            reporter.get("/api/v1/complaints/mine").await.expect(200)["public_number"],
            submitted["public_number"]
        );
    }
    let mut expected = before;
    expected[0] += 6;
    assert_eq!(
        rows().await,
        expected,
        "a session for each valid code, and no row for a guess"
    );
}

#[actix_web::test]
async fn two_hundred_who_report_while_custodians_decide_are_all_heard_and_so_are_others() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let mut wrong = grant();
    wrong["passphrase"] = json!("empat belas kapal di Ogan");
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    // Few at once: all tests of the run share the queue before the key files.
    let decisions = async {
        let mut statuses = Vec::new();
        for _ in 0..8 {
            let (one, other) = tokio::join!(
                decide(&office.custodian, &asked, wrong.clone()),
                decide(&deputy, &asked, wrong.clone())
            );
            statuses.extend([one.status, other.status]);
        }
        statuses
    };
    let submissions = (0..200).map(|_| {
        let (nobody, key) = (
            office.nobody.clone(),
            hex::encode(uuid::Uuid::new_v4().as_bytes()),
        );
        async move {
            let body = serde_json::to_vec(&form()).unwrap();
            let headers = [("idempotency-key", key.as_str())];
            let asking = Request {
                method: Method::POST,
                path: "/api/v1/complaints",
                body: Some(("application/json", body)),
                headers: &headers,
            };
            send_until_served(&nobody, &asking).await
        }
    });
    let submissions = futures_util::stream::iter(submissions)
        .buffer_unordered(200)
        .collect::<Vec<_>>();
    let others = async {
        for path in ["/health/live", &case.path].repeat(10) {
            send_until_served(
                &office.head,
                &Request {
                    method: Method::GET,
                    path,
                    body: None,
                    headers: &[],
                },
            )
            .await
            .expect(200);
        }
    };
    let (decisions, submissions, ()) = tokio::join!(decisions, submissions, others);
    let numbers: BTreeSet<_> = submissions
        .into_iter()
        .map(|answer| answer.expect(201)["public_number"].to_string())
        .collect();
    assert_eq!(numbers.len(), 200);
    let rows = "select (select count(*) from wbs.complaint), (select count(*) from wbs.content), (select count(*) from vault.identity)";
    let rows: (i64, i64, i64) = sqlx::query_as(rows)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows, (201, 201, 201));
    assert!(
        decisions
            .iter()
            .all(|status| [422, 429, 503].contains(status))
            && decisions.contains(&422),
        "{decisions:?}"
    );
}

/// Sends a request, and again after each `Retry-After` while the service is full: under load the
/// service refuses with a pause instead of queueing without limit.
async fn send_until_served(person: &Person, asking: &Request<'_>) -> Answer {
    for _ in 0..30 {
        let answer = person.ask(asking).await;
        if answer.status != 503 {
            return answer;
        }
        assert_eq!(answer.code(), "busy");
        let pause = answer.header("retry-after").unwrap().parse().unwrap();
        tokio::time::sleep(std::time::Duration::from_secs(pause)).await;
    }
    panic!("{} {} was never heard", asking.method, asking.path)
}

/// The code with another last symbol.
fn mistyped(code: &str) -> String {
    let last = if code.ends_with('A') { 'B' } else { 'A' };
    format!("{}{last}", &code[..code.len() - 1])
}
