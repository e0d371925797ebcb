//! The register: numbers without gaps, immutable letters, and withdrawn letters with their
//! successors.

use serde_json::{Value, json};

use super::{address, attempts, pdf};
use crate::certification::Office;
use crate::certification::office::Until;

async fn letters(office: &Office) -> Vec<Value> {
    office.head.get("/api/v1/letters").await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

#[actix_web::test]
async fn a_signed_letter_is_stored_and_served_as_the_bytes_that_were_signed() {
    let mut office = Office::open().await;
    let case = office.case(Until::Initialled).await;
    let notice = format!("{case}/audit-notice");
    let draft = pdf(&office.operations, &notice).await;
    assert!(
        !draft.windows(10).any(|window| window == b"/ByteRange"),
        "a draft is not signed"
    );
    office
        .head
        .act(&format!("{notice}/signature"))
        .await
        .expect(200);
    let signed = pdf(&office.pji_staff, &notice).await;
    assert!(signed.windows(10).any(|window| window == b"/ByteRange"));
    let view = office.head.get(&notice).await.expect(200);
    assert_eq!(
        view["letter"]["sha256"],
        hex::encode(service_desk::secrecy::sha256(&signed))
    );
    assert_eq!(
        (&view["letter"]["number"], &view["letter"]["status"]),
        (&view["number"], &json!("valid"))
    );
    office
        .customer
        .get(&format!("{notice}/pdf"))
        .await
        .refused(404, "not_found");
    office
        .pji_staff
        .post(&format!("{notice}/dispatch"), office.dispatch())
        .await
        .expect(200);
    office.later(60 * 24).await;
    for person in [&office.customer, &office.head, &office.treasurer] {
        assert_eq!(
            pdf(person, &notice).await,
            signed,
            "every reader always gets the same bytes"
        );
    }
    let id = view["letter"]["id"].as_str().unwrap();
    assert_eq!(
        pdf(&office.head, &format!("/api/v1/letters/{id}")).await,
        signed
    );
    office
        .customer
        .get(&format!("/api/v1/letters/{id}"))
        .await
        .refused(403, "forbidden");
    assert_eq!(attempts(&office.head).await[0]["outcome"], "signed");
}

#[actix_web::test]
async fn a_withdrawn_letter_is_void_with_its_reason_and_its_number_is_not_given_again() {
    let office = Office::open().await;
    let case = office.case(Until::Signed).await;
    let notice = format!("{case}/audit-notice");
    let first = pdf(&office.head, &notice).await;
    let reason = json!({"reason": "Tanggal audit keliru."});
    office
        .pji_lead
        .post(&format!("{notice}/voiding"), reason.clone())
        .await
        .refused(403, "not_your_step");
    office
        .head
        .post(&format!("{notice}/voiding"), json!({"reason": " "}))
        .await
        .refused(422, "invalid_content");
    let view = office
        .head
        .post(&format!("{notice}/voiding"), reason)
        .await
        .expect(200);
    assert_eq!(view["stage"], "confirmed", "the next draft is made");
    let voided = &letters(&office).await[0];
    assert_eq!(
        (&voided["status"], &voided["void_reason"]),
        (&json!("void"), &json!("Tanggal audit keliru."))
    );
    assert_eq!(
        office.app.nobody().get(&address(&first)).await.expect(200)["status"],
        "void"
    );
    let journal: String =
        sqlx::query_scalar("select note from journal where task = 'void_audit_notice'")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(journal, "Tanggal audit keliru.");

    // The register is sorted by time.
    office.app.clock.advance(chrono::TimeDelta::seconds(1));
    office.sign_anew(&case, office.notice()).await;
    let found = letters(&office).await;
    let numbers: Vec<_> = found
        .iter()
        .map(|letter| {
            letter["number"]
                .as_str()
                .unwrap()
                .split('/')
                .nth(1)
                .unwrap()
        })
        .collect();
    assert_eq!(numbers, ["2", "1"]);
    assert_eq!(
        (&found[0]["status"], &found[1]["status"]),
        (&json!("valid"), &json!("superseded"))
    );
    assert_eq!(
        office.app.nobody().get(&address(&first)).await.expect(200)["status"],
        "superseded",
        "the printed letter's page says so"
    );
    assert_eq!(
        pdf(
            &office.head,
            &format!("/api/v1/letters/{}", found[1]["id"].as_str().unwrap())
        )
        .await,
        first,
        "and is still what it was"
    );
}

#[actix_web::test]
async fn an_application_withdrawn_after_the_signature_leaves_a_void_number() {
    let office = Office::open().await;
    let case = office.case(Until::Signed).await;
    office
        .customer
        .post(
            &format!("{case}/withdrawal"),
            json!({"reason": "Pabrik tutup."}),
        )
        .await
        .expect(200);
    assert_eq!(letters(&office).await[0]["status"], "void");
}

#[actix_web::test]
async fn the_service_itself_cannot_change_what_was_signed() {
    let office = Office::open().await;
    office.case(Until::Signed).await;
    for change in [
        "update letter_file set bytes = ''",
        "delete from letter_file",
        "update letter set number = 'B/2'",
        "update letter set sha256 = ''",
        "delete from letter",
    ] {
        let refused = office
            .app
            .database
            .read(async |c| Ok(sqlx::query(change).execute(c).await.is_err()))
            .await
            .unwrap();
        assert!(refused, "{change}");
    }
}
