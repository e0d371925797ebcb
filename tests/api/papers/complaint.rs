//! The documents of whistle-blowing: they contain less than their readers may read, and nothing
//! about the reporter.

use reqwest::Method;
use serde_json::{Value, json};

use super::{assert_contains, print, text_of};
use crate::complaint::office::{ComplaintOffice, Until, answer, form};
use crate::support::{Answer, Person, Request};

/// Sends a receipt to be printed.
async fn print_receipt(person: &Person, receipt: &Value) -> Answer {
    let body = Some(("application/json", serde_json::to_vec(receipt).unwrap()));
    person
        .ask(&Request {
            method: Method::POST,
            path: "/api/v1/complaints/receipts/printing",
            body,
            headers: &[],
        })
        .await
}

/// Texts that no document may contain: the reporter's texts and identity, and the names of the
/// handlers.
const FORBIDDEN_TEXTS: [&str; 9] = [
    "Siti",
    "Rahayu",
    "1671",
    "Pungutan di luar tarif",
    "pembayaran tunai",
    "petugas loket",
    "Hendra",
    "Yusuf",
    "Wulan",
];

#[track_caller]
fn says_nothing_of_the_reporter(answer: &Answer) -> String {
    let text = text_of(answer);
    for unsaid in FORBIDDEN_TEXTS {
        let unsaid: String = unsaid.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(!text.contains(&unsaid), "{unsaid}: {text}");
    }
    assert_eq!(
        answer.header("etag"),
        None,
        "an ETag would be a digest of a secret"
    );
    text
}

#[actix_web::test]
async fn a_complaint_goes_its_road_on_paper_without_a_word_of_the_reporter() {
    let mut office = ComplaintOffice::open().await;
    let mut told = form();
    told["identity"] = json!({"name": "Siti Rahayu", "nik": "1671014502900003"});
    let case = office.case_of(told, Until::Screened).await;
    let (disposition, answered) = (
        format!("{}/disposition", case.path),
        format!("{}/answer", case.path),
    );
    office
        .head
        .get(&disposition)
        .await
        .refused(404, "not_found");
    print(&office.head, &disposition)
        .await
        .refused(404, "not_found");

    office.bring_to(&case, Until::Forwarded).await;
    let sheet = print(&office.team_lead, &disposition).await;
    assert_eq!(
        sheet.header("content-disposition").unwrap(),
        format!("attachment; filename=\"{}-disposisi.pdf\"", case.number)
    );
    assert_contains(
        &says_nothing_of_the_reporter(&sheet),
        &[
            "RAHASIA",
            &case.number,
            "Mohon ditanggapi sesuai prosedur.",
            "Mohon diselesaikan segera.",
            "identitas dilindungi",
        ],
    );
    print(&office.team_staff, &disposition)
        .await
        .refused(404, "not_found");

    let resolution = json!({"finding": "proven", "summary": "Terbukti; uang telah dikembalikan."});
    office
        .team_lead
        .post(&format!("{}/resolution", case.path), resolution)
        .await
        .expect(200);
    office
        .team_staff
        .post(&answered, answer())
        .await
        .expect(200);
    let draft = print(&office.team_staff, &answered).await;
    assert_contains(
        &says_nothing_of_the_reporter(&draft),
        &["KONSEP", "Yth. Pelapor", answer()["body"].as_str().unwrap()],
    );
    assert_eq!(
        office.team_staff.get(&answered).await.expect(200)["draft"],
        1
    );
    office
        .head
        .act(&format!("{answered}/signature"))
        .await
        .expect(200);
    let signed = says_nothing_of_the_reporter(&print(&office.head, &answered).await);
    assert_contains(&signed, &["R/", "Rahasia", "Sari Puspita", "Kepala Balai"]);
    assert!(!signed.contains("KONSEP"));

    let mine = "/api/v1/complaints/mine/answer";
    let reporter = office.sign_in_with_code(&case.code).await;
    print(&reporter, mine).await.refused(404, "not_found");
    office.run_due_work().await;
    let letter = print(&reporter, mine).await;
    assert_eq!(
        says_nothing_of_the_reporter(&letter),
        signed,
        "the reporter gets the letter signed by the head"
    );
    assert_eq!(letter.header("cache-control"), Some("private, no-store"));
    let receipt = reporter
        .act(&format!("{mine}/acknowledgement"))
        .await
        .expect(200);
    let slip = print_receipt(&office.nobody, &receipt).await;
    assert_eq!(
        slip.header("content-disposition").unwrap(),
        format!("attachment; filename=\"{}-tanda-terima.pdf\"", case.number)
    );
    let slip = says_nothing_of_the_reporter(&slip);
    assert_contains(
        &slip,
        &[
            "TANDA TERIMA",
            &case.number,
            receipt["salt"].as_str().unwrap(),
            receipt["commitment"].as_str().unwrap(),
            receipt["signature"].as_str().unwrap(),
        ],
    );
}

#[actix_web::test]
async fn only_a_receipt_of_ours_is_printed() {
    let office = ComplaintOffice::open().await;
    let submitted = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201);
    let slip = print_receipt(&office.nobody, &submitted["receipt"]).await;
    let text = says_nothing_of_the_reporter(&slip);
    assert_contains(
        &text,
        &[submitted["public_number"].as_str().unwrap(), "6 Juli 2026"],
    );
    let code = submitted["receipt_code"].as_str().unwrap();
    assert!(
        !text.contains(code) && !text.contains(&code.replace('-', "")),
        "the code opens the case and is on no document"
    );
    let mut forged = submitted["receipt"].clone();
    forged["public_number"] = json!("WBS-2026-AAAAAAA");
    let refusal = print_receipt(&office.nobody, &forged)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["code"], "not_genuine");
}

#[actix_web::test]
async fn a_paper_tells_a_day_and_no_hour() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Answered).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    for paper in [
        print(&office.head, &format!("{}/disposition", case.path)).await,
        print(&reporter, "/api/v1/complaints/mine/answer").await,
    ] {
        let document = lopdf::Document::load_mem(&paper.bytes).unwrap();
        let info = document
            .trailer
            .get(b"Info")
            .and_then(lopdf::Object::as_reference)
            .and_then(|info| document.get_dictionary(info))
            .unwrap();
        let date = info
            .get(b"CreationDate")
            .and_then(|date| date.as_str())
            .map(String::from_utf8_lossy)
            .unwrap();
        assert!(
            date.ends_with("000000+07'00") || date.ends_with("000000+07'00'"),
            "{date}"
        );
    }
}

#[actix_web::test]
async fn reading_a_paper_is_opening_the_complaint_and_the_reporter_is_told() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let second = office
        .another(service_desk::sop::role::Role::PjiLead, "Melati Kusuma")
        .await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let people = async || {
        let log = reporter
            .get("/api/v1/complaints/mine/access-log")
            .await
            .expect(200);
        let of_role = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["role"] == "pji_lead");
        of_role
            .map(|one| one["people"].as_i64().unwrap())
            .sum::<i64>()
    };
    let before = people().await;
    text_of(&print(&second, &format!("{}/disposition", case.path)).await);
    assert_eq!(people().await, before + 1);
}
