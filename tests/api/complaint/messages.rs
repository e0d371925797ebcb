//! Messages between reporter and handlers: a message may await an answer only where the other side
//! can answer, and the number of messages is limited.

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::office::{ComplaintOffice, Until};
use crate::support::Person;

const MINE: &str = "/api/v1/complaints/mine/messages";

/// Asserts that `writer` cannot ask for an answer there, and can write.
async fn assert_cannot_await_answer(
    office: &ComplaintOffice,
    writer: &Person,
    path: &str,
    code: &str,
) {
    let messages = format!("{path}/messages");
    let refused = writer
        .post(
            &messages,
            json!({"text": "Apakah ada kuitansi?", "awaits_answer": true}),
        )
        .await
        .refused(422, "invalid_content");
    let told = (
        refused["errors"][0]["pointer"].as_str(),
        refused["errors"][0]["code"].as_str(),
    );
    assert_eq!(told, (Some("/awaits_answer"), Some("nobody_waits")));
    writer
        .post(&messages, json!({"text": "Terima kasih."}))
        .await
        .expect(201);
    let kept = office
        .sign_in_with_code(code)
        .await
        .get(MINE)
        .await
        .expect(200);
    assert!(
        kept["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["asks"] == false && one["text"] == "Terima kasih."),
        "{kept:#}"
    );
}

#[actix_web::test]
async fn a_question_that_nothing_waits_for_is_refused() {
    let mut office = ComplaintOffice::open().await;
    let screened = office.case(Until::Screened).await;
    assert_cannot_await_answer(&office, &office.head, &screened.path, &screened.code).await;
    let outside = office.case(Until::Screened).await;
    office
        .head
        .post(
            &format!("{}/referral", outside.path),
            json!({"text": "Menyangkut pimpinan."}),
        )
        .await
        .expect(204);
    assert_cannot_await_answer(&office, &office.external, &outside.path, &outside.code).await;
    let answered = office.case(Until::Answered).await;
    assert_cannot_await_answer(&office, &office.head, &answered.path, &answered.code).await;
    office
        .head
        .post(
            &format!("{}/reopening", answered.path),
            json!({"text": "Ada bukti baru."}),
        )
        .await
        .expect(200);
    assert_cannot_await_answer(&office, &office.head, &answered.path, &answered.code).await;
    let closed = office.case(Until::Closed).await;
    assert_cannot_await_answer(&office, &office.head, &closed.path, &closed.code).await;
}

#[actix_web::test]
async fn where_the_office_asks_the_reporter_reads_until_when_it_waits() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    for _ in 0..2 {
        let question = json!({"text": "Apakah ada kuitansi?", "awaits_answer": true});
        assert_eq!(
            office
                .team_lead
                .post(&format!("{}/messages", case.path), question)
                .await
                .expect(201)["asks"],
            true
        );
        let mine = office
            .sign_in_with_code(&case.code)
            .await
            .get("/api/v1/complaints/mine")
            .await
            .expect(200);
        assert_eq!(
            (&mine["stage"], mine["awaited_until"].is_string()),
            (&json!("waiting_for_reporter"), true)
        );
    }
}

/// The number of accepted messages out of `messages` simultaneous ones; the others are refused as
/// too many.
async fn accepted_count(reporter: &Person, messages: usize) -> usize {
    let writing = (0..messages).map(|n| {
        let reporter = reporter.clone();
        async move {
            reporter
                .post(MINE, json!({"text": format!("Keterangan {n}.")}))
                .await
        }
    });
    let answers = futures_util::stream::iter(writing)
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            (refused.status, refused.code()),
            (409, "conflict"),
            "{:#}",
            refused.body
        );
    }
    answers.iter().filter(|answer| answer.status == 201).count()
}

#[actix_web::test]
async fn after_a_hundred_unanswered_messages_a_reporter_has_one_a_day_and_never_none() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(
        accepted_count(&reporter, 104).await,
        100,
        "however many come at once"
    );
    office.later(24 * 60).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(
        accepted_count(&reporter, 4).await,
        1,
        "also for a reporter without any reply"
    );
    let answered: Value = office
        .team_lead
        .post(
            &format!("{}/messages", case.path),
            json!({"text": "Terima kasih."}),
        )
        .await
        .expect(201);
    assert_eq!(answered["seq"], 102);
    assert_eq!(
        accepted_count(&reporter, 4).await,
        4,
        "after a reply from the office the reporter may write again"
    );
}

/// All pages of a list of messages: the length of each page, and the sequence numbers.
async fn walk(reader: &Person, path: &str) -> (Vec<usize>, Vec<i64>) {
    let (mut lengths, mut numbers, mut next) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = reader
            .get(&format!("{path}?limit=3{next}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        lengths.push(items.len());
        numbers.extend(items.iter().map(|one| one["seq"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            return (lengths, numbers);
        };
        next = format!("&cursor={cursor}");
    }
}

#[actix_web::test]
async fn a_conversation_is_read_in_pages_by_both_sides_and_a_cursor_is_good_for_its_complaint_only()
{
    let mut office = ComplaintOffice::open().await;
    let (case, other) = (
        office.case(Until::Forwarded).await,
        office.case(Until::Forwarded).await,
    );
    let messages = format!("{}/messages", case.path);
    office
        .team_lead
        .post(&messages, json!({"text": "Apakah ada kuitansi?"}))
        .await
        .expect(201);
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(accepted_count(&reporter, 4).await, 4);
    office
        .team_lead
        .post(&messages, json!({"text": "Terima kasih."}))
        .await
        .expect(201);
    assert_eq!(
        walk(&reporter, MINE).await,
        (vec![3, 3], vec![1, 2, 3, 4, 5, 6])
    );
    assert_eq!(
        walk(&office.team_lead, &messages).await,
        (vec![2], vec![1, 6]),
        "an unreleased message is on no page"
    );
    office.next_slot().await;
    assert_eq!(
        walk(&office.team_lead, &messages).await,
        (vec![3, 3], vec![1, 2, 3, 4, 5, 6])
    );

    let reporter = office.sign_in_with_code(&case.code).await;
    let (theirs, ours) = (
        reporter.get(&format!("{MINE}?limit=2")).await.expect(200),
        office
            .team_lead
            .get(&format!("{messages}?limit=2"))
            .await
            .expect(200),
    );
    let after = |page: &Value| format!("?cursor={}", page["next_cursor"].as_str().unwrap());
    office
        .sign_in_with_code(&other.code)
        .await
        .get(&format!("{MINE}{}", after(&theirs)))
        .await
        .refused(400, "invalid_cursor");
    office
        .team_lead
        .get(&format!("{}/messages{}", other.path, after(&ours)))
        .await
        .refused(400, "invalid_cursor");
    office
        .team_lead
        .get(&format!("{messages}{}", after(&theirs)))
        .await
        .refused(400, "invalid_cursor");
    for (reader, path) in [(&reporter, MINE), (&office.team_lead, &messages)] {
        for size in ["0", "201", "-1", "x", ""] {
            reader
                .get(&format!("{path}?limit={size}"))
                .await
                .refused(400, "invalid_parameter");
        }
        for cursor in ["x", "", "AAAA"] {
            reader
                .get(&format!("{path}?cursor={cursor}"))
                .await
                .refused(400, "invalid_cursor");
        }
    }
}
