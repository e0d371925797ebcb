//! The office of a concerned user compared with an office without the case: no count, page,
//! statistic or number may differ (abuse cases 1, 4, 5 and 7).

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{ComplaintOffice, Until, form};
use crate::support::{Person, Request};

/// A form that names this person.
fn naming(name: &str) -> Value {
    let mut form = form();
    form["content"]["accused"] = json!([{"name": name}]);
    form
}

/// `value` with its random parts replaced by constants.
fn masked(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, field)| {
            *field = if name == "next_cursor" {
                json!(!field.is_null())
            } else {
                masked(field.take())
            };
        }),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = masked(item.take())),
        Value::String(text) if text.parse::<uuid::Uuid>().is_ok() => "an id".clone_into(text),
        Value::String(text) if text.ends_with("@bspji.example") => "an address".clone_into(text),
        Value::String(text) if text.starts_with("WBS-") || text.starts_with("R/") => {
            "a number".clone_into(text);
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    value
}

/// Everything that `person` can read in the office: lists with every filter and every page, desk,
/// statistics, and each case with its sub-resources.
async fn everything(person: &Person) -> Vec<Value> {
    let mut found = Vec::new();
    let mut ids = Vec::new();
    let filters = [
        "",
        "&stage=disposed",
        "&stage=screened",
        "&category=service",
        "&category=corruption",
        "&public_number=WBS-2026-0000000",
    ];
    for filter in filters {
        let mut cursor = String::new();
        loop {
            let page = person
                .get(&format!(
                    "/api/v1/complaints?count=true&limit=1{filter}{cursor}"
                ))
                .await
                .expect(200);
            ids.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            found.push(masked(page.clone()));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
    }
    for path in [
        "/api/v1/complaints/statistics",
        "/api/v1/desk",
        "/api/v1/me",
        "/api/v1/warnings",
        "/api/v1/teams",
    ] {
        found.push(masked(person.get(path).await.expect(200)));
    }
    ids.dedup();
    for id in &ids[..ids.len().min(2)] {
        for part in ["", "/timeline", "/messages", "/disclosures"] {
            let answer = person.get(&format!("/api/v1/complaints/{id}{part}")).await;
            // The version and, after the point, a digest of the content, which includes random ids.
            let version = answer
                .header("etag")
                .map(|tag| tag.split('.').next().unwrap().to_owned());
            found.push(json!([part, answer.status, version]));
            found.push(masked(answer.expect(200)));
        }
    }
    found
}

/// An office with two cases and, between them, one that concerns a lead of PJI, or none. Returns
/// everything that lead sees, and the number that another lead counts.
async fn office_view(hidden: bool) -> (Vec<Value>, i64) {
    let mut office = ComplaintOffice::open().await;
    let other = office.another(Role::PjiLead, "Ratna Dewi").await;
    office.case(Until::Disposed).await;
    if hidden {
        office
            .case_of(naming("Hendra Gunawan"), Until::Disposed)
            .await;
    } else {
        office.next_slot().await;
    }
    let mut corruption = form();
    corruption["category"] = json!("corruption");
    office.case_of(corruption, Until::Disposed).await;
    let count = other
        .sign_in_again()
        .await
        .get("/api/v1/complaints?count=true")
        .await
        .expect(200)["count"]
        .as_i64()
        .unwrap();
    (everything(&office.pji_lead).await, count)
}

#[actix_web::test]
async fn whoever_is_concerned_finds_the_office_as_it_would_be_without_the_case() {
    let (with, without) = (
        Box::pin(office_view(true)).await,
        Box::pin(office_view(false)).await,
    );
    assert_eq!(
        (with.1, without.1),
        (3, 2),
        "the case is visible to another lead"
    );
    assert_eq!(with.0.len(), without.0.len());
    for (with, without) in with.0.iter().zip(&without.0) {
        assert_eq!(with, without);
    }
}

#[actix_web::test]
async fn letters_and_cases_bear_numbers_that_no_hidden_case_leaves_a_step_in() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiLead, "Ratna Dewi").await;
    let registers = async |office: &ComplaintOffice| -> i64 {
        let every = "select (select count(*) from number_register) + (select coalesce(sum(last), 0)::bigint from number_register)";
        sqlx::query_scalar(every)
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap()
    };
    let before = registers(&office).await;
    let mut numbers = Vec::new();
    for n in 0..4 {
        let case = office.case(Until::Signed).await;
        let signed = office.head.get(&case.path).await.expect(200);
        let letter = signed["answer"]["signature"]["number"]
            .as_str()
            .unwrap()
            .split('/')
            .nth(1)
            .unwrap()
            .to_owned();
        numbers.push((case.number.rsplit('-').next().unwrap().to_owned(), letter));
        if n < 3 {
            office
                .case_of(naming("Hendra Gunawan"), Until::Disposed)
                .await;
        }
    }
    assert_eq!(
        registers(&office).await,
        before,
        "no register counts complaints or their letters"
    );
    for (number, letter) in &numbers {
        assert_eq!((number.len(), letter.len()), (7, 7));
        assert!(
            number
                .chars()
                .chain(letter.chars())
                .any(|c| c.is_ascii_alphabetic()),
            "{number} {letter}: of 14 random symbols some are letters"
        );
    }
    let first: std::collections::BTreeSet<_> = numbers
        .iter()
        .flat_map(|(number, letter)| [&number[..3], &letter[..3]])
        .collect();
    assert!(
        first.len() > 4,
        "numbers of a sequence would share a prefix: {numbers:?}"
    );
    let series = "select count(*) from pg_sequences where schemaname in ('wbs', 'vault', 'audit')";
    let sequences: i64 = sqlx::query_scalar(series)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(sequences, 0, "this schema has no sequence");
}

#[actix_web::test]
async fn numbers_below_five_are_told_to_nobody_and_a_hidden_case_makes_no_fifth() {
    let mut office = ComplaintOffice::open().await;
    let other = office.another(Role::PjiLead, "Ratna Dewi").await;
    let forms = [form(), form(), form(), form(), naming("Hendra Gunawan")];
    for case in office.surfaced(&forms).await {
        office.bring_to(&case, Until::Disposed).await;
    }
    let told = async |person: &Person| {
        person
            .get("/api/v1/complaints/statistics")
            .await
            .expect(200)["items"]
            .clone()
    };
    let tally =
        |number: Value| json!([{"category": "service", "stage": "disposed", "number": number}]);
    assert_eq!(told(&office.pji_lead).await, tally(json!(null)));
    let other = other.sign_in_again().await;
    assert_eq!(told(&other).await, tally(json!(5)));
    assert_eq!(told(&office.head).await, tally(json!(5)));
    assert_eq!(told(&office.auditor).await, json!([]));
}

#[actix_web::test]
async fn who_stepped_back_is_told_nothing_by_a_reply_that_was_kept_for_them() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiLead, "Ratna Dewi").await;
    let case = office.case(Until::Disposed).await;
    let body =
        serde_json::to_vec(&json!({"team": office.team, "text": "Mohon diselesaikan."})).unwrap();
    let path = format!("{}/forwarding", case.path);
    let headers = [("idempotency-key", "3f7c5f0e-6a8b-4f0d-9c1e-2b7d8a9e4c51")];
    let asking = || Request {
        method: Method::POST,
        path: &path,
        body: Some(("application/json", body.clone())),
        headers: &headers,
    };
    let first = office.pji_lead.ask(&asking()).await.expect(200);
    assert_eq!(
        office.pji_lead.ask(&asking()).await.expect(200),
        first,
        "a retry has the same reply"
    );
    office
        .pji_lead
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Terlapor adalah ipar saya."}),
        )
        .await
        .expect(204);
    office
        .pji_lead
        .ask(&asking())
        .await
        .refused(404, "not_found");
    office.head.get(&case.path).await.expect(200);
}
