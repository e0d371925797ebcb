//! The letter of answer: signed like any other, stored under the key of its case, and hidden from
//! all users without access to the case.

use serde_json::{Value, json};

use super::{address, attempts, pdf};
use crate::complaint::office::{ComplaintOffice, Until};

#[actix_web::test]
async fn an_answer_is_signed_sealed_and_read_by_its_reporter() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Drafted).await;
    let answer = format!("{}/answer", case.path);
    let draft = pdf(&office.team_staff, &answer).await;
    assert!(!draft.windows(10).any(|window| window == b"/ByteRange"));
    office
        .head
        .act(&format!("{answer}/signature"))
        .await
        .expect(200);
    let signed = pdf(&office.head, &answer).await;
    office.run_due_work().await;
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(
        pdf(&reporter, "/api/v1/complaints/mine/answer").await,
        signed,
        "the reporter gets the signed letter"
    );

    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select sealed from wbs.letter_file")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(stored.len(), 1);
    assert!(
        !stored[0].windows(5).any(|window| window == b"%PDF-"),
        "the database contains none of it in clear"
    );
    let open: i64 = sqlx::query_scalar("select count(*) from letter_file")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(open, 0);
    for stranger in [
        &office.clerk,
        &office.custodian,
        &office.admin,
        &office.conflict_officer,
    ] {
        stranger
            .get(&format!("{answer}/pdf"))
            .await
            .refused(404, "not_found");
    }
}

#[actix_web::test]
async fn the_page_of_an_answer_says_what_the_paper_says_anyway_and_no_word_more() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Signed).await;
    let signed = pdf(&office.head, &format!("{}/answer", case.path)).await;
    let shown = office.nobody.get(&address(&signed)).await.expect(200);
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
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(
        (row.0, row.1, row.2, row.3.get_version_num()),
        (None, None, true, 4),
        "the letter reveals neither its case nor a time"
    );
    let text = String::from_utf8_lossy(&signed).into_owned();
    assert!(
        text.contains("D:20260706000000+07'00'") || text.contains("000000+07'00'"),
        "the signature shows the day only"
    );
}

#[actix_web::test]
async fn of_attempts_to_sign_an_answer_only_who_tried_knows() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Signed).await;
    assert_eq!(attempts(&office.head).await.len(), 1);
    for other in [
        &office.pji_lead,
        &office.team_lead,
        &office.admin,
        &office.external,
    ] {
        assert_eq!(
            attempts(other).await.len(),
            0,
            "a concerned user must not learn that the case exists"
        );
    }
    assert_eq!(
        office.head.get("/api/v1/letters").await.expect(200)["items"],
        json!([]),
        "and the register knows of none"
    );
}

#[actix_web::test]
async fn a_later_answer_holds_in_the_stead_of_the_first() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Closed).await;
    let answer = format!("{}/answer", case.path);
    let first = pdf(&office.head, &answer).await;
    office
        .head
        .post(
            &format!("{}/reopening", case.path),
            json!({"text": "Ada keterangan baru."}),
        )
        .await
        .expect(200);
    office.bring_to(&case, Until::Signed).await;
    let second = pdf(&office.head, &answer).await;
    assert_ne!(first, second);
    assert_eq!(
        office.nobody.get(&address(&first)).await.expect(200)["status"],
        "superseded"
    );
    assert_eq!(
        office.nobody.get(&address(&second)).await.expect(200)["status"],
        "valid"
    );
}
