//! Letters and warnings that quote the reporter: the check covers the form and the messages, and
//! the subject as well as the body (abuse case 42).

use serde_json::{Value, json};

use super::office::{ComplaintOffice, Until, answer, form};

const SUBJECT: &str = "Tarif uji karet diminta tunai oleh petugas loket sore hari";
const PLACE: &str = "Ruang penerimaan contoh lantai dua sebelah tangga menuju gudang bahan kimia";
const OCCURRED: &str = "setiap hari Senin sore sesudah rapat pagi seksi pengujian selesai";
const POST: &str = "petugas berseragam biru yang duduk paling kiri dekat pintu masuk gedung";
const MESSAGE: &str = "Uangnya disimpan petugas di laci bawah meja dekat mesin fotokopi.";

fn told_at_length() -> Value {
    let mut form = form();
    form["content"]["subject"] = json!(SUBJECT);
    form["content"]["place"] = json!(PLACE);
    form["content"]["occurred"] = json!(OCCURRED);
    form["content"]["accused"] = json!([{"name": "petugas loket", "position": POST}]);
    form
}

/// The pointers at which a refusal reports a quotation, and nothing else.
fn quoted_at(refusal: &Value) -> Vec<&str> {
    let errors = refusal["errors"].as_array().unwrap();
    assert!(
        errors.iter().all(|one| one["code"] == "quotes_complaint"),
        "{refusal:#}"
    );
    errors
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn neither_subject_nor_body_of_a_letter_repeats_any_part_of_the_form() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case_of(told_at_length(), Until::Resolved).await;
    let path = format!("{}/answer", case.path);
    for words in [SUBJECT, PLACE, OCCURRED, POST] {
        let refused = office
            .team_staff
            .post(
                &path,
                json!({"subject": "Jawaban", "body": format!("Perihal {words}.")}),
            )
            .await;
        assert_eq!(
            quoted_at(&refused.refused(422, "invalid_content")),
            ["/body"],
            "{words}"
        );
        let refused = office
            .team_staff
            .post(
                &path,
                json!({"subject": words, "body": "Pengaduan Saudara terbukti."}),
            )
            .await;
        assert_eq!(
            quoted_at(&refused.refused(422, "invalid_content")),
            ["/subject"],
            "{words}"
        );
    }
    let both = office
        .team_staff
        .post(&path, json!({"subject": PLACE, "body": SUBJECT}))
        .await;
    assert_eq!(
        quoted_at(&both.refused(422, "invalid_content")),
        ["/subject", "/body"]
    );
    office.team_staff.post(&path, answer()).await.expect(200);
}

#[actix_web::test]
async fn a_message_counts_from_when_the_office_reads_it_and_no_letter_tells_of_it_before() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Resolved).await;
    let path = format!("{}/answer", case.path);
    office
        .sign_in_with_code(&case.code)
        .await
        .post("/api/v1/complaints/mine/messages", json!({"text": MESSAGE}))
        .await
        .expect(201);
    let letter = json!({"subject": "Jawaban", "body": format!("Bahwa {MESSAGE}")});
    office
        .team_staff
        .post(&path, letter.clone())
        .await
        .expect(200);
    office
        .head
        .post(&format!("{path}/return"), json!({"text": "Perbaiki."}))
        .await
        .expect(200);
    office.next_slot().await;
    assert_eq!(
        quoted_at(
            &office
                .team_staff
                .post(&path, letter)
                .await
                .refused(422, "invalid_content")
        ),
        ["/body"]
    );
}

#[actix_web::test]
async fn a_warning_repeats_neither_the_form_nor_a_message() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case_of(told_at_length(), Until::Forwarded).await;
    office
        .sign_in_with_code(&case.code)
        .await
        .post("/api/v1/complaints/mine/messages", json!({"text": MESSAGE}))
        .await
        .expect(201);
    office.next_slot().await;
    let warnings = format!("{}/warnings", case.path);
    let warning = |user: uuid::Uuid, text: &str| json!({"user": user, "text": text});
    let [clerk, admin, auditor] = [office.clerk.id, office.admin.id, office.auditor.id];
    let several = json!({"warnings": [warning(clerk, MESSAGE), warning(admin, "Perhatikan tarif yang berlaku."), warning(auditor, PLACE)]});
    let refused = office
        .team_lead
        .post(&warnings, several)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        quoted_at(&refused),
        ["/warnings/0/text", "/warnings/2/text"]
    );
    let insisting = json!({"warnings": [{"user": clerk, "text": MESSAGE, "quotes_accepted": true}, warning(auditor, PLACE)]});
    let refused = office
        .team_lead
        .post(&warnings, insisting)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        quoted_at(&refused),
        ["/warnings/1/text"],
        "a confirmed quotation does not cover the next one"
    );
}
