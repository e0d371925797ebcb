//! Originals of attachments opened by a disclosure: the requesters, the decision, the download, its
//! limits, and the notice to the reporter.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::{Role, Roles};

use super::attachments::photograph_of;
use super::office::{Case, ComplaintOffice, Until};
use crate::support::{Answer, PASSPHRASE, Person, Request, custodian};

const MINE: &str = "/api/v1/complaints/mine/attachments";
const CAMERA: &str = "Kamera milik Siti Rahayu";

/// A request as its requester has it.
struct RequestedOriginal {
    path: String,
    code: String,
}

/// The office, a complaint that its handlers read, and a released attachment.
async fn office_with_attachment() -> (ComplaintOffice, Case, String) {
    let mut office = Box::pin(ComplaintOffice::open()).await;
    let case = Box::pin(office.case(Until::Screened)).await;
    let attachment = attach(&office.sign_in_with_code(&case.code).await).await;
    office.next_slot().await;
    (office, case, attachment)
}

fn file() -> Vec<u8> {
    photograph_of(
        &b"loket pagi hari ".repeat(8_000),
        "GPS 2.9761 S 104.7754 E",
        CAMERA,
    )
}

async fn attach(reporter: &Person) -> String {
    let headers = [(
        "content-disposition",
        "attachment; filename*=UTF-8''bukti%20Siti%20%C3%A9.jpg",
    )];
    let asking = Request {
        method: Method::POST,
        path: MINE,
        body: Some(("application/octet-stream", file())),
        headers: &headers,
    };
    reporter.ask(&asking).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn request(purpose: &str, attachment: &str) -> Value {
    json!({"original": attachment, "purpose": purpose, "reason": "Waktu pengambilan foto perlu dipastikan."})
}

async fn ask(person: &Person, case: &Case, body: Value) -> RequestedOriginal {
    let requests = format!("{}/disclosures", case.path);
    let made = person.post(&requests, body).await.expect(201);
    RequestedOriginal {
        path: format!("{requests}/{}", made["id"].as_str().unwrap()),
        code: made["opening_code"].as_str().unwrap().to_owned(),
    }
}

fn grant() -> Value {
    json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": custodian().1, "passphrase": PASSPHRASE})
}

async fn decide(person: &Person, asked: &RequestedOriginal, decision: Value) -> Answer {
    person
        .post(&format!("{}/decision", asked.path), decision)
        .await
}

async fn fetch(person: &Person, asked: &RequestedOriginal) -> Answer {
    person
        .post(
            &format!("{}/original", asked.path),
            json!({"opening_code": asked.code}),
        )
        .await
}

/// Asserts that an answer contains nothing of the file.
fn assert_no_file(answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert!(
        !text.contains(CAMERA) && !text.contains("bukti Siti"),
        "{text}"
    );
}

/// The disclosure events of the trail, newest first, with their texts.
async fn trail(office: &ComplaintOffice, action: &str) -> Vec<Value> {
    let found = office
        .auditor
        .get(&format!("/api/v1/audit-trail?action={action}"))
        .await
        .expect(200);
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["detail"].clone())
        .collect()
}

#[actix_web::test]
async fn an_original_is_given_once_to_the_one_who_asked_as_it_was_sent_and_the_reporter_is_told_which()
 {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let asked = ask(&office.head, &case, request("protection", &attachment)).await;
    let waiting = office.custodian.get("/api/v1/disclosures").await;
    assert_no_file(&waiting);
    let waiting = waiting.expect(200)["items"][0].clone();
    assert_eq!(
        (&waiting["original"], &waiting["fields"]),
        (&json!({"attachment": attachment, "seq": 1}), &json!([]))
    );
    fetch(&office.head, &asked).await.refused(409, "conflict");
    let granted = decide(&office.custodian, &asked, grant()).await;
    assert_no_file(&granted);
    assert_eq!(granted.expect(200)["state"], "granted");

    let path = format!("{}/original", asked.path);
    let wrong = office
        .head
        .post(&path, json!({"opening_code": "bukan kode"}))
        .await;
    assert_no_file(&wrong);
    assert_eq!(
        wrong.refused(422, "invalid_content")["errors"][0]["code"],
        "wrong_code"
    );
    let original = fetch(&office.head, &asked).await;
    assert_eq!(
        (original.status, original.bytes == file()),
        (200, true),
        "byte for byte what was sent"
    );
    for (header, value) in [
        ("content-type", "application/octet-stream"),
        (
            "content-disposition",
            "attachment; filename=\"bukti Siti _.jpg\"; filename*=UTF-8''bukti%20Siti%20%C3%A9.jpg",
        ),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(original.header(header), Some(value));
    }
    let again = fetch(&office.head, &asked).await;
    assert_no_file(&again);
    again.refused(409, "conflict");

    let reporter = office.sign_in_with_code(&case.code).await;
    let notice = reporter
        .get("/api/v1/complaints/mine/messages")
        .await
        .expect(200)["items"][0]
        .clone();
    let text = notice["text"].as_str().unwrap();
    assert!(
        text.contains("lampiran nomor 1")
            && text.contains("Kepala Balai")
            && text.contains("pelindungan"),
        "{text}"
    );
    let log = reporter
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    let told = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|access| !access["original"].is_null())
        .unwrap();
    assert_eq!(
        (&told["role"], &told["original"], &told["disclosed"]),
        (&json!("head"), &json!(1), &json!(null))
    );
    assert_eq!(
        trail(&office, "request_disclosure").await,
        [json!("protection original of attachment 1")]
    );
    assert_eq!(
        trail(&office, "grant_disclosure").await,
        [json!("original of attachment 1")]
    );
    assert_eq!(
        trail(&office, "open_disclosure").await,
        [json!("original of attachment 1")]
    );
    assert_eq!(trail(&office, "wrong_opening_code").await.len(), 1);
}

#[actix_web::test]
async fn without_a_custodian_with_the_key_no_original_is_opened() {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let requests = format!("{}/disclosures", case.path);
    office
        .head
        .post(&requests, request("law_enforcement", &attachment))
        .await
        .refused(409, "conflict");
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(Role::IdentityCustodian))
        .await;
    let asked = ask(&both, &case, request("consent", &attachment)).await;
    decide(&both, &asked, grant())
        .await
        .refused(403, "four_eyes");
    let keyless = json!({"grant": true, "reason": "Setuju."});
    assert_eq!(
        decide(&office.custodian, &asked, keyless)
            .await
            .refused(422, "invalid_content")["errors"][0]["code"],
        "missing_field"
    );
    let mut wrong = grant();
    wrong["passphrase"] = json!("empat belas kapal di Ogan");
    assert_eq!(
        decide(&office.custodian, &asked, wrong)
            .await
            .refused(422, "invalid_content")["errors"][0]["code"],
        "wrong_passphrase"
    );
    let mut other = grant();
    other["custodian_key"]["fingerprint"] = json!("0".repeat(64));
    assert_eq!(
        decide(&office.custodian, &asked, other)
            .await
            .refused(422, "invalid_content")["errors"][0]["code"],
        "another_key"
    );
    let mut fields = grant();
    fields["fields"] = json!(["name"]);
    assert_eq!(
        decide(&office.custodian, &asked, fields)
            .await
            .refused(422, "invalid_content")["errors"][0]["code"],
        "not_asked_for"
    );
    decide(
        &office.custodian,
        &asked,
        json!({"grant": false, "reason": "Salinan bersih sudah cukup."}),
    )
    .await
    .expect(200);
    fetch(&both, &asked).await.refused(409, "conflict");

    let barred = json!({"user": office.custodian.id, "reason": "Saudara kandung dari terlapor."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), barred)
        .await
        .expect(204);
    office
        .head
        .post(&requests, request("consent", &attachment))
        .await
        .expect(201);
    let barred = json!({"user": both.id, "reason": "Saudara kandung dari terlapor."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), barred)
        .await
        .expect(204);
    office
        .pji_lead
        .post(&requests, request("consent", &attachment))
        .await
        .refused(404, "not_found");
    let colleague = office.app.staff(Role::Head).await;
    colleague
        .post(&requests, request("consent", &attachment))
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn for_law_enforcement_two_custodians_agree_to_an_original() {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, request("law_enforcement", &attachment)).await;
    decide(
        &office.custodian,
        &asked,
        json!({"grant": true, "reason": "Surat penyidik lengkap."}),
    )
    .await
    .expect(200);
    fetch(&office.head, &asked).await.refused(409, "conflict");
    decide(&office.custodian, &asked, grant())
        .await
        .refused(403, "four_eyes");
    let mut silent = grant();
    silent["withhold_notice"] = json!({"basis": "Permintaan tertulis penyidik."});
    decide(&deputy, &asked, silent).await.expect(200);
    assert_eq!(fetch(&office.head, &asked).await.bytes, file());
    // The law forbids the notice: neither a message nor the access log reveals the disclosure.
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(
        reporter
            .get("/api/v1/complaints/mine/messages")
            .await
            .expect(200)["items"],
        json!([])
    );
    let log = reporter
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    assert!(
        log["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|access| access["original"].is_null()),
        "{log}"
    );
    assert_eq!(
        trail(&office, "open_disclosure").await,
        [json!("original of attachment 1, notice withheld")]
    );
}

#[actix_web::test]
async fn a_grant_of_an_original_opens_no_identity_and_a_grant_of_an_identity_no_original() {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let requests = format!("{}/disclosures", case.path);
    let mut both = request("consent", &attachment);
    both["fields"] = json!(["name"]);
    assert_eq!(
        office
            .head
            .post(&requests, both)
            .await
            .refused(422, "invalid_content")["errors"][0]["code"],
        "not_both"
    );
    let delivery = office
        .head
        .post(&requests, request("delivery", &attachment))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            &delivery["errors"][0]["pointer"],
            &delivery["errors"][0]["code"]
        ),
        (&json!("/original"), &json!("not_for_delivery"))
    );
    let neither = office
        .head
        .post(&requests, json!({"purpose": "consent", "reason": "Perlu."}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            &neither["errors"][0]["pointer"],
            &neither["errors"][0]["code"]
        ),
        (&json!("/fields"), &json!("missing_field"))
    );

    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let opening = office
        .head
        .post(
            &format!("{}/opening", asked.path),
            json!({"opening_code": asked.code}),
        )
        .await
        .refused(409, "conflict");
    assert!(
        opening["detail"].as_str().unwrap().contains("…/original"),
        "{opening}"
    );
    assert_eq!(
        fetch(&office.head, &asked).await.status,
        200,
        "and nothing was used up"
    );

    let asked = ask(
        &office.head,
        &case,
        json!({"fields": ["name"], "purpose": "consent", "reason": "Perlu."}),
    )
    .await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let fetched = fetch(&office.head, &asked).await;
    assert_no_file(&fetched);
    assert!(
        fetched.refused(409, "conflict")["detail"]
            .as_str()
            .unwrap()
            .contains("…/opening")
    );
    office
        .head
        .post(
            &format!("{}/opening", asked.path),
            json!({"opening_code": asked.code}),
        )
        .await
        .expect(200);
}

#[actix_web::test]
async fn only_an_attachment_of_the_complaint_that_has_surfaced_is_asked_for() {
    let (mut office, case, attachment) = Box::pin(office_with_attachment()).await;
    let other = office.case(Until::Screened).await;
    let later = attach(&office.sign_in_with_code(&case.code).await).await;
    let requests = format!("{}/disclosures", case.path);
    let made_up = uuid::Uuid::new_v4().to_string();
    let mut refusals = Vec::new();
    for (path, unknown) in [
        (&requests, &later),
        (&requests, &made_up),
        (&format!("{}/disclosures", other.path), &attachment),
    ] {
        let refusal = office
            .head
            .post(path, request("consent", unknown))
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], "/original");
        refusals.push(refusal["errors"].clone());
    }
    assert!(
        refusals.windows(2).all(|two| two[0] == two[1]),
        "an unreleased attachment is refused like a missing one"
    );
    for stranger in [
        &office.team_lead,
        &office.team_staff,
        &office.conflict_officer,
        &office.clerk,
        &office.custodian,
        &office.auditor,
        &office.admin,
    ] {
        stranger
            .post(&requests, request("consent", &attachment))
            .await
            .refused(404, "not_found");
    }
    office.next_slot().await;
    let asked = ask(&office.head, &case, request("consent", &later)).await;
    assert_eq!(
        office
            .custodian
            .get("/api/v1/disclosures")
            .await
            .expect(200)["items"][0]["original"]["seq"],
        2
    );
    decide(&office.custodian, &asked, grant()).await.expect(200);
    assert_eq!(fetch(&office.head, &asked).await.status, 200);
}

#[actix_web::test]
async fn an_original_is_no_others_and_nobodys_after_a_quarter_of_an_hour_or_once_barred() {
    let (mut office, case, attachment) = Box::pin(office_with_attachment()).await;
    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let colleague = office.app.staff(Role::Head).await;
    for other in [
        &colleague,
        &office.custodian,
        &office.admin,
        &office.auditor,
    ] {
        let refusal = fetch(other, &asked).await;
        assert_no_file(&refusal);
        refusal.refused(404, "not_found");
    }
    office.later(15).await;
    fetch(&office.head, &asked).await.refused(409, "conflict");

    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    office
        .head
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Terlapor adalah kerabat saya."}),
        )
        .await
        .expect(204);
    let refusal = fetch(&office.head, &asked).await;
    assert_no_file(&refusal);
    refusal.refused(404, "not_found");
}

#[actix_web::test]
async fn of_parallel_openings_one_gets_the_original() {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let answers = futures_util::future::join_all((0..8).map(|_| fetch(&office.head, &asked))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_no_file(answer);
        assert_eq!((answer.status, answer.code()), (409, "conflict"));
    }
}

#[actix_web::test]
async fn an_original_that_was_tampered_with_is_not_given_out_and_one_without_identity_is() {
    let (office, case, attachment) = Box::pin(office_with_attachment()).await;
    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let mut sql = office.app.sql().await;
    // The clean copy replaces the original.
    sqlx::query("create table kept as select * from wbs.attachment_chunk")
        .execute(&mut sql)
        .await
        .unwrap();
    let swap = "update wbs.attachment_chunk a set sealed = b.sealed from wbs.attachment_chunk b
        where b.attachment_id = a.attachment_id and b.no = a.no and a.part = 'original' and b.part = 'clean'";
    sqlx::query(swap).execute(&mut sql).await.unwrap();
    let refusal = fetch(&office.head, &asked).await;
    assert_no_file(&refusal);
    refusal.refused(500, "internal_error");
    let back = "update wbs.attachment_chunk a set sealed = k.sealed from kept k where (k.attachment_id, k.part, k.no) = (a.attachment_id, a.part, a.no)";
    sqlx::query(back).execute(&mut sql).await.unwrap();
    assert_eq!(
        fetch(&office.head, &asked).await.bytes,
        file(),
        "and nothing was used up"
    );

    // The identity is deleted earlier than the case.
    sqlx::query("delete from vault.identity")
        .execute(&mut sql)
        .await
        .unwrap();
    sqlx::query("update wbs.complaint set identity_gone = true")
        .execute(&mut sql)
        .await
        .unwrap();
    let asked = ask(&office.head, &case, request("consent", &attachment)).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    assert_eq!(fetch(&office.head, &asked).await.status, 200);
}
