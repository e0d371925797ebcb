//! The order of the stages, and races on it: no step is skipped, done twice or half done (abuse
//! cases 36, 37, 42, 43).

use futures_util::future::join_all;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{ComplaintOffice, Until, answer, form};

#[actix_web::test]
async fn no_step_is_skipped_or_done_again() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    let at = |end: &str| format!("{}/{end}", case.path);
    office
        .head
        .act(&at("answer/signature"))
        .await
        .refused(409, "out_of_order");
    office
        .head
        .post(&at("disposition"), json!({"text": "Sekali lagi."}))
        .await
        .refused(409, "out_of_order");
    office
        .pji_lead
        .post(&at("disposition"), json!({"text": "Saya juga."}))
        .await
        .refused(403, "not_your_step");
    office
        .head
        .post(
            &at("forwarding"),
            json!({"team": office.team, "text": "Langsung saja."}),
        )
        .await
        .refused(403, "not_your_step");
    let drafted = office.case(Until::Drafted).await;
    let both = office
        .app
        .staff_with([Role::Head, Role::TeamStaff].into_iter().collect())
        .await;
    let team = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, both.id]});
    let tag = office
        .admin
        .get(&format!("/api/v1/teams/{}", office.team))
        .await
        .etag();
    office
        .admin
        .put(&format!("/api/v1/teams/{}", office.team), team, Some(&tag))
        .await
        .expect(200);
    office
        .head
        .post(
            &format!("{}/answer/return", drafted.path),
            json!({"text": "Perbaiki."}),
        )
        .await
        .expect(200);
    both.post(&format!("{}/answer", drafted.path), answer())
        .await
        .expect(200);
    both.act(&format!("{}/answer/signature", drafted.path))
        .await
        .refused(403, "four_eyes");
    office
        .head
        .act(&format!("{}/answer/signature", drafted.path))
        .await
        .expect(200);
}

#[actix_web::test]
async fn of_two_heads_who_dispose_at_once_one_does() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let path = format!("{}/disposition", case.path);
    let answers = join_all((0..6).map(|_| {
        office
            .head
            .post(&path, json!({"text": "Mohon ditanggapi."}))
    }))
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status != 200)
            .all(|answer| answer.status == 409)
    );
    let papers: i64 = sqlx::query_scalar("select count(*) from wbs.paper")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(papers, 1);
}

#[actix_web::test]
async fn messages_of_both_sides_at_once_are_numbered_once_each() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let path = format!("{}/messages", case.path);
    let ours = join_all((0..5).map(|n| {
        office
            .team_lead
            .post(&path, json!({"text": format!("Pertanyaan {n}")}))
    }));
    let theirs = join_all((0..5).map(|n| {
        reporter.post(
            "/api/v1/complaints/mine/messages",
            json!({"text": format!("Jawaban {n}")}),
        )
    }));
    let (ours, theirs) = tokio::join!(ours, theirs);
    assert!(
        ours.iter()
            .chain(&theirs)
            .all(|answer| answer.status == 201)
    );
    let all = reporter
        .get("/api/v1/complaints/mine/messages")
        .await
        .expect(200);
    let numbers: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
}

#[actix_web::test]
async fn a_recusal_that_races_a_settlement_leaves_one_outcome() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let resolution = json!({"finding": "proven", "summary": "Terbukti."});
    let (recused, settled) = (
        format!("{}/recusal", case.path),
        format!("{}/resolution", case.path),
    );
    let (recusal, settlement) = tokio::join!(
        office
            .team_lead
            .post(&recused, json!({"text": "Ipar saya."})),
        office.team_lead.post(&settled, resolution)
    );
    assert_eq!(recusal.status, 204, "{}", recusal.body);
    assert!(
        [200, 404, 409].contains(&settlement.status),
        "{}",
        settlement.body
    );
    office
        .team_lead
        .get(&case.path)
        .await
        .refused(404, "not_found");
    // Without its lead the team cannot take the case.
    assert_eq!(
        office.external.get(&case.path).await.expect(200)["stage"],
        "referred_externally"
    );
}

#[actix_web::test]
async fn the_clock_begins_at_the_surfacing_time_and_counts_office_hours() {
    let mut office = ComplaintOffice::open().await;
    // Friday evening: it surfaces on Monday at half past seven, ten minutes before it is overdue.
    office
        .app
        .clock
        .set("2026-07-10T16:59:00Z".parse().unwrap());
    let (_, code, number) = office.submit(form()).await;
    assert_eq!(
        office
            .sign_in_with_code(&code)
            .await
            .get("/api/v1/complaints/mine")
            .await
            .expect(200)["received_on"],
        "2026-07-10"
    );
    office.next_slot().await;
    let found = office
        .head
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    assert_eq!(found["items"][0]["stage_since"], "2026-07-13T00:30:00Z");
    let clock = &found["items"][0]["clock"];
    assert_eq!(
        (clock["used_minutes"].as_i64(), clock["overdue"].as_bool()),
        (Some(0), Some(false))
    );
    office.later(45).await;
    let late = office
        .head
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    assert_eq!(late["items"][0]["clock"]["overdue"], true);
}

#[actix_web::test]
async fn a_letter_that_quotes_the_complaint_is_returned_unless_it_must() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Resolved).await;
    let mut letter = answer();
    letter["body"] = json!(
        "Saudara menulis: Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima. Itu benar."
    );
    let path = format!("{}/answer", case.path);
    let refused = office
        .team_staff
        .post(&path, letter.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            refused["errors"][0]["pointer"].as_str(),
            refused["errors"][0]["code"].as_str()
        ),
        (Some("/body"), Some("quotes_complaint"))
    );
    letter["quotes_accepted"] = json!(true);
    office.team_staff.post(&path, letter).await.expect(200);
}

#[actix_web::test]
async fn bad_input_is_refused_with_its_place_and_nothing_comes_of_it() {
    let office = ComplaintOffice::open().await;
    let with = |pointer: &str, value: Value| {
        let mut form = form();
        *form.pointer_mut(pointer).unwrap() = value;
        form
    };
    let mut crowd = form();
    crowd["content"]["accused"] = json!(vec![json!({"name": "x"}); 10_000]);
    for (body, pointer, code) in [
        (
            with("/content/subject", json!("")),
            "/content/subject",
            "empty",
        ),
        (
            with("/content/subject", json!("dua\nbaris")),
            "/content/subject",
            "not_one_line",
        ),
        (
            with("/content/subject", json!("kode \u{202e}terbalik")),
            "/content/subject",
            "misleading_character",
        ),
        (
            with("/content/account", json!("tak\u{200b}terlihat")),
            "/content/account",
            "misleading_character",
        ),
        (
            with("/content/account", json!("x".repeat(20_001))),
            "/content/account",
            "too_long",
        ),
        (
            with("/category", json!("murder")),
            "/category",
            "unknown_value",
        ),
        (crowd, "/content/accused", "too_many"),
    ] {
        let refused = office
            .nobody
            .post("/api/v1/complaints", body)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                refused["errors"][0]["pointer"].as_str(),
                refused["errors"][0]["code"].as_str()
            ),
            (Some(pointer), Some(code))
        );
    }
    let mut telling = form();
    telling["identity"] = json!({"name": "Siti Rahayu"});
    telling["content"]["account"] = json!("Saya, SITI RAHAYU, melihatnya sendiri.");
    let refused = office
        .nobody
        .post("/api/v1/complaints", telling.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(refused["errors"][0]["code"], "identifies_reporter");
    assert!(
        !refused.to_string().to_lowercase().contains("rahayu"),
        "a refusal does not repeat the text"
    );
    let raw = async |bytes: Vec<u8>| {
        let asking = crate::support::Request {
            method: reqwest::Method::POST,
            path: "/api/v1/complaints",
            body: Some(("application/json", bytes)),
            headers: &[],
        };
        office.nobody.ask(&asking).await
    };
    raw(format!("{}1{}", "[".repeat(3000), "]".repeat(3000)).into_bytes())
        .await
        .refused(400, "malformed_body");
    raw(vec![b' '; (1 << 20) + 1])
        .await
        .refused(413, "body_too_large");
    raw(br#"{"category": "service", "category": "other", "content": {"subject": "a", "account": "b"}}"#.to_vec())
        .await
        .refused(422, "invalid_content");
    raw(br#"{"category": "service", "content": {"subject": "a\u0000", "account": "b"}}"#.to_vec())
        .await
        .refused(422, "invalid_content");
    let rows: i64 = sqlx::query_scalar("select count(*) from wbs.complaint")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows, 0);
    telling["identity_in_text_accepted"] = json!(true);
    office
        .nobody
        .post("/api/v1/complaints", telling)
        .await
        .expect(201);
}
