//! Receipt and activation codes (abuse cases 24 and 26 to 30; `bench/` measures their timing).

use serde_json::{Value, json};

use super::office::{ComplaintOffice, form};
use crate::support::Answer;

fn bare(answer: &Answer) -> (u16, Value, usize) {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("trace_id");
    (answer.status, body, answer.bytes.len())
}

/// The code with another last symbol.
fn mistyped(code: &str) -> String {
    let last = if code.ends_with('A') { 'B' } else { 'A' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[actix_web::test]
async fn every_code_that_opens_nothing_is_refused_alike_and_locks_nobody_out() {
    let office = ComplaintOffice::open().await;
    let (_, code, number) = office.submit(form()).await;
    let refused = async |code: &str| {
        bare(
            &office
                .nobody
                .post("/api/v1/complaints/sessions", json!({"receipt_code": code}))
                .await,
        )
    };
    let unknown = refused("00000-00000-00000-00000-00000-0").await;
    assert_eq!(
        (unknown.0, unknown.1["code"].as_str()),
        (401, Some("bad_receipt_code"))
    );
    for wrong in [
        mistyped(&code),
        number,
        String::new(),
        "x".repeat(199),
        "🔑".to_owned(),
        code[1..].to_owned(),
        format!("{code}{code}"),
    ] {
        assert_eq!(refused(&wrong).await, unknown, "{wrong}");
    }
    for _ in 0..200 {
        refused("00000-00000-00000-00000-00000-0").await;
    }
    office
        .sign_in_with_code(&code.to_lowercase().replace('-', " "))
        .await;
}

#[actix_web::test]
async fn a_slip_is_good_for_one_use_and_a_second_is_noticed_and_told_to_nobody_but_the_trail() {
    let mut office = ComplaintOffice::open().await;
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    let activation = json!({"activation_code": slip["activation_code"]});
    let unknown = json!({"activation_code": mistyped(slip["activation_code"].as_str().unwrap())});
    let opens_nothing = office
        .nobody
        .post("/api/v1/complaints/activations", unknown)
        .await;
    assert_eq!(
        (opens_nothing.status, opens_nothing.code()),
        (401, "bad_receipt_code")
    );
    // An activation code is not a receipt code.
    let as_receipt = json!({"receipt_code": slip["activation_code"]});
    office
        .nobody
        .post("/api/v1/complaints/sessions", as_receipt)
        .await
        .refused(401, "bad_receipt_code");
    let code = office
        .nobody
        .post("/api/v1/complaints/activations", activation.clone())
        .await
        .expect(200)["receipt_code"]
        .clone();
    office
        .nobody
        .post("/api/v1/complaints/activations", activation)
        .await
        .refused(409, "activation_used");
    office.sign_in_with_code(code.as_str().unwrap()).await;
    office.next_slot().await;
    let noticed = office
        .auditor
        .get("/api/v1/audit-trail?action=activation_replayed")
        .await
        .expect(200);
    assert_eq!(
        (
            noticed["items"].as_array().unwrap().len(),
            noticed["items"][0]["at"].is_null()
        ),
        (1, true)
    );

    let late = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    office.later(31 * 24 * 60).await;
    let activation = json!({"activation_code": late["activation_code"]});
    let expired = office
        .nobody
        .post("/api/v1/complaints/activations", activation)
        .await;
    assert_eq!(
        bare(&expired),
        bare(&opens_nothing),
        "an expired slip is refused like any invalid code"
    );
    office.next_slot().await;
    let noticed = office
        .auditor
        .get("/api/v1/audit-trail?action=activation_expired")
        .await
        .expect(200);
    assert_eq!(noticed["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn of_two_who_activate_one_slip_at_once_one_gets_the_code() {
    let office = ComplaintOffice::open().await;
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    let activation = json!({"activation_code": slip["activation_code"]});
    let both = futures_util::future::join_all((0..8).map(|_| {
        office
            .nobody
            .post("/api/v1/complaints/activations", activation.clone())
    }))
    .await;
    let codes: Vec<_> = both
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.body["receipt_code"].clone())
        .collect();
    assert_eq!(codes.len(), 1);
    office.sign_in_with_code(codes[0].as_str().unwrap()).await;
}

#[actix_web::test]
async fn a_receipt_that_was_altered_in_anything_is_not_ours() {
    let office = ComplaintOffice::open().await;
    let receipt = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201)["receipt"]
        .clone();
    let genuine = async |receipt: Value| {
        office
            .nobody
            .post("/api/v1/complaints/receipts/verification", receipt)
            .await
            .expect(200)["genuine"]
            .clone()
    };
    assert_eq!(genuine(receipt.clone()).await, true);
    for (field, value) in [
        ("kind", json!("answer")),
        ("public_number", json!("WBS-2026-0000000")),
        ("received_on", json!("2026-07-05")),
        ("channel", json!("paper")),
        ("commitment", json!("00".repeat(32))),
        ("salt", json!("00".repeat(32))),
        ("signature", json!("A".repeat(86))),
    ] {
        let mut forged = receipt.clone();
        forged[field] = value;
        assert_eq!(genuine(forged).await, false, "{field}");
    }
}

#[actix_web::test]
async fn what_is_no_receipt_by_its_form_is_refused_and_not_judged() {
    let office = ComplaintOffice::open().await;
    let receipt = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201)["receipt"]
        .clone();
    for (field, value) in [
        ("public_number", "N".repeat(101)),
        ("channel", "c".repeat(101)),
        ("commitment", "AB".repeat(32)),
        ("salt", "0".repeat(63)),
        ("signature", String::new()),
    ] {
        let mut malformed_fields = receipt.clone();
        malformed_fields[field] = json!(value);
        let refusal = office
            .nobody
            .post("/api/v1/complaints/receipts/verification", malformed_fields)
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], format!("/{field}"));
    }
}

#[actix_web::test]
async fn a_list_is_no_identity_and_no_number_is_longer_than_they_are() {
    let office = ComplaintOffice::open().await;
    let mut complaint = form();
    complaint["identity"] = json!([null, null]);
    let refusal = office
        .nobody
        .post("/api/v1/complaints", complaint)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["pointer"], "/identity");
    office
        .head
        .get(&format!(
            "/api/v1/complaints?public_number={}",
            "0".repeat(31)
        ))
        .await
        .refused(400, "invalid_parameter");
}

#[actix_web::test]
async fn a_code_is_refused_in_any_text_and_stands_in_no_header() {
    let office = ComplaintOffice::open().await;
    let submitted = office.nobody.post("/api/v1/complaints", form()).await;
    let code = submitted.body["receipt_code"].as_str().unwrap().to_owned();
    for name in ["location", "etag", "link", "x-request-id"] {
        assert!(
            submitted
                .header(name)
                .is_none_or(|value| !value.contains(&code)),
            "{name}"
        );
    }
    let reporter = office.sign_in_with_code(&code).await;
    let told = json!({"text": format!("Kode saya {code}.")});
    let refused = reporter
        .post("/api/v1/complaints/mine/messages", told)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refused["errors"][0]["code"], "receipt_code_in_text");
    assert!(!refused.to_string().contains(&code));
    let mut pasted = form();
    pasted["content"]["account"] = json!(format!("Kode lama saya {code} hilang."));
    office
        .nobody
        .post("/api/v1/complaints", pasted)
        .await
        .refused(422, "invalid_content");
}

#[actix_web::test]
async fn a_session_ends_when_it_is_left_and_when_it_is_idle() {
    let mut office = ComplaintOffice::open().await;
    let (reporter, code, _) = office.submit(form()).await;
    let asking = crate::support::Request {
        method: reqwest::Method::DELETE,
        path: "/api/v1/complaints/mine/session",
        body: None,
        headers: &[],
    };
    assert_eq!(reporter.ask(&asking).await.status, 204);
    reporter
        .get("/api/v1/complaints/mine")
        .await
        .refused(401, "unauthenticated");
    let reporter = office.sign_in_with_code(&code).await;
    office.later(29).await;
    reporter.get("/api/v1/complaints/mine").await.expect(200);
    office.later(29).await;
    reporter.get("/api/v1/complaints/mine").await.expect(200);
    office.later(36).await;
    reporter
        .get("/api/v1/complaints/mine")
        .await
        .refused(401, "unauthenticated");
    // A staff token is refused on the reporters' routes, and a reporter's token on the staff
    // routes.
    office
        .head
        .get("/api/v1/complaints/mine")
        .await
        .refused(401, "unauthenticated");
    office
        .sign_in_with_code(&code)
        .await
        .get("/api/v1/complaints")
        .await
        .refused(401, "unauthenticated");
}

#[actix_web::test]
async fn a_reporter_sees_their_sessions_and_ends_the_others() {
    const SESSIONS: &str = "/api/v1/complaints/mine/sessions";
    let mut office = ComplaintOffice::open().await;
    let (_, code, _) = office.submit(form()).await;
    let (stranger, _, _) = office.submit(form()).await;
    let first = office.sign_in_with_code(&code).await;
    office.later(10).await;
    let second = office.sign_in_with_code(&code).await;
    let seen = second.get(SESSIONS).await.expect(200)["items"].clone();
    let current: Vec<_> = seen
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["current"].clone())
        .collect();
    assert_eq!(
        (current.first(), current.contains(&json!(false))),
        (Some(&json!(true)), true),
        "{seen}"
    );
    assert!(seen[0]["expires_in"].as_i64().unwrap() > 1500, "{seen}");
    let ending = crate::support::Request {
        method: reqwest::Method::DELETE,
        path: SESSIONS,
        body: None,
        headers: &[],
    };
    assert_eq!(second.ask(&ending).await.status, 204);
    first.get(SESSIONS).await.refused(401, "unauthenticated");
    let left = second.get(SESSIONS).await.expect(200)["items"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    stranger.get("/api/v1/complaints/mine").await.expect(200);
}

/// The eleventh ends the one that was unused for longest, and no session of another complaint.
#[actix_web::test]
async fn a_complaint_has_ten_sessions_at_a_time_and_each_ends_with_the_next_day() {
    const SESSIONS: &str = "/api/v1/complaints/mine/sessions";
    let mut office = ComplaintOffice::open().await;
    let (_, code, _) = office.submit(form()).await;
    let (stranger, _, _) = office.submit(form()).await;
    office.later(10).await;
    let oldest = office.sign_in_with_code(&code).await;
    office.later(10).await;
    let mut last = oldest.clone();
    for _ in 0..10 {
        last = office.sign_in_with_code(&code).await;
    }
    let listed = last.get(SESSIONS).await.expect(200)["items"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 10, "{listed}");
    oldest.get(SESSIONS).await.refused(401, "unauthenticated");
    stranger.get(SESSIONS).await.expect(200);
    let tags: Vec<Vec<u8>> = sqlx::query_scalar("select slot_tag from wbs.session")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    let different: std::collections::BTreeSet<_> = tags.iter().map(|tag| &tag[..8]).collect();
    assert_eq!(different.len(), tags.len(), "no two rows look alike");
    // However busy a session is kept.
    for _ in 0..2 * 24 * 3 {
        office.app.clock.advance(chrono::TimeDelta::minutes(20));
        if last.get(SESSIONS).await.status == 401 {
            return;
        }
    }
    panic!("the session lives for more than two days");
}
