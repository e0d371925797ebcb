//! The letter of answer: signed like any other, stored under the key of its case, and hidden from
//! all users without access to the case.

use serde_json::{Value, json};

use super::{address, attempts, pdf};
use crate::complaint::wing::{Until, Wing};

#[actix_web::test]
async fn an_answer_is_signed_sealed_and_read_by_its_reporter() {
    let mut wing = Wing::open().await;
    let case = wing.case(Until::Drafted).await;
    let answer = format!("{}/answer", case.path);
    let draft = pdf(&wing.team_staff, &answer).await;
    assert!(!draft.windows(10).any(|window| window == b"/ByteRange"));
    wing.head
        .act(&format!("{answer}/signature"))
        .await
        .expect(200);
    let signed = pdf(&wing.head, &answer).await;
    wing.run_due_work().await;
    let reporter = wing.sign_in_with_code(&case.code).await;
    assert_eq!(
        pdf(&reporter, "/api/v1/complaints/mine/answer").await,
        signed,
        "the reporter gets what the office signed"
    );

    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select sealed from wbs.letter_file")
        .fetch_all(&mut wing.app.sql().await)
        .await
        .unwrap();
    assert_eq!(stored.len(), 1);
    assert!(
        !stored[0].windows(5).any(|window| window == b"%PDF-"),
        "nothing of it lies open"
    );
    let open: i64 = sqlx::query_scalar("select count(*) from letter_file")
        .fetch_one(&mut wing.app.sql().await)
        .await
        .unwrap();
    assert_eq!(open, 0);
    for stranger in [
        &wing.clerk,
        &wing.custodian,
        &wing.admin,
        &wing.conflict_officer,
    ] {
        stranger
            .get(&format!("{answer}?format=pdf"))
            .await
            .refused(404, "not_found");
    }
}

#[actix_web::test]
async fn the_page_of_an_answer_says_what_the_paper_says_anyway_and_no_word_more() {
    let mut wing = Wing::open().await;
    let case = wing.case(Until::Signed).await;
    let signed = pdf(&wing.head, &format!("{}/answer", case.path)).await;
    let shown = wing.nobody.get(&address(&signed)).await.expect(200);
    assert_eq!(
        (&shown["subject"], &shown["signer_title"], &shown["status"]),
        (&Value::Null, &json!("Kepala Balai"), &json!("valid"))
    );
    assert!(
        !shown.to_string().contains(&case.number) && !shown.to_string().contains("Puspita"),
        "{shown}"
    );
    let row: (Option<String>, Option<uuid::Uuid>, bool, uuid::Uuid) =
        sqlx::query_as("select subject, application_id, signed_at is null, id from letter")
            .fetch_one(&mut wing.app.sql().await)
            .await
            .unwrap();
    assert_eq!(
        (row.0, row.1, row.2, row.3.get_version_num()),
        (None, None, true, 4),
        "nothing leads from the letter to its case, or to a minute"
    );
    let text = String::from_utf8_lossy(&signed).into_owned();
    assert!(
        text.contains("D:20260706000000+07'00'") || text.contains("000000+07'00'"),
        "the signature tells the day"
    );
}

#[actix_web::test]
async fn of_attempts_to_sign_an_answer_only_who_tried_knows() {
    let mut wing = Wing::open().await;
    wing.case(Until::Signed).await;
    assert_eq!(attempts(&wing.head).await.len(), 1);
    for other in [&wing.pji_lead, &wing.team_lead, &wing.admin, &wing.external] {
        assert_eq!(
            attempts(other).await.len(),
            0,
            "somebody concerned must not learn that there is a case"
        );
    }
    assert_eq!(
        wing.head.get("/api/v1/letters").await.expect(200)["items"],
        json!([]),
        "and the register knows of none"
    );
}

#[actix_web::test]
async fn a_later_answer_holds_in_the_stead_of_the_first() {
    let mut wing = Wing::open().await;
    let case = wing.case(Until::Closed).await;
    let answer = format!("{}/answer", case.path);
    let first = pdf(&wing.head, &answer).await;
    wing.head
        .post(
            &format!("{}/reopening", case.path),
            json!({"text": "Ada keterangan baru."}),
        )
        .await
        .expect(200);
    wing.bring_to(&case, Until::Signed).await;
    let second = pdf(&wing.head, &answer).await;
    assert_ne!(first, second);
    assert_eq!(
        wing.nobody.get(&address(&first)).await.expect(200)["status"],
        "superseded"
    );
    assert_eq!(
        wing.nobody.get(&address(&second)).await.expect(200)["status"],
        "valid"
    );
}
