//! Scans of a complaint on paper: the authors, the deadline, the effect, and the absence of any
//! read access for clerks.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::attachments::photograph_of;
use super::office::{ComplaintOffice, form};
use crate::support::{Answer, Person, Request};

const SCANS: &str = "/api/v1/complaints/paper/scans";
const CAMERA: &str = "Pemindai loket, Rina Marlina";

async fn paper(office: &ComplaintOffice) -> Value {
    office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201)
}

fn scan_permit(paper: &Value) -> String {
    paper["scan_permit"].as_str().unwrap().to_owned()
}

async fn scan(person: &Person, headers: &[(&str, &str)]) -> Answer {
    let file = photograph_of(b"surat bermeterai", "GPS 2.9761 S", CAMERA);
    person
        .ask(&Request {
            method: Method::POST,
            path: SCANS,
            body: Some(("application/octet-stream", file)),
            headers,
        })
        .await
}

async fn path_of(office: &ComplaintOffice, paper: &Value) -> String {
    let found = office
        .conflict_officer
        .get(&format!(
            "/api/v1/complaints?public_number={}",
            paper["public_number"].as_str().unwrap()
        ))
        .await
        .expect(200);
    format!(
        "/api/v1/complaints/{}",
        found["items"][0]["id"].as_str().unwrap()
    )
}

async fn attachments(person: &Person, path: &str) -> Vec<Value> {
    person.get(&format!("{path}/attachments")).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

#[actix_web::test]
async fn a_scan_reaches_the_handlers_cleaned_and_the_clerk_reads_nothing_back() {
    let mut office = ComplaintOffice::open().await;
    let paper = paper(&office).await;
    let name = (
        "content-disposition",
        "attachment; filename=\"surat pak Joko.jpg\"",
    );
    let taken = scan(
        &office.clerk,
        &[("scan-permit", &scan_permit(&paper)), name],
    )
    .await;
    assert_eq!(taken.header("location"), Some(SCANS));
    assert_eq!(
        taken.expect(201),
        json!({"media_type": "image/jpeg"}),
        "nothing of the case, not even an id"
    );
    office.next_slot().await;
    let path = path_of(&office, &paper).await;
    let found = attachments(&office.head, &path).await;
    assert_eq!((found.len(), &found[0]["seq"]), (1, &json!(1)));
    let file = format!("{path}/attachments/{}", found[0]["id"].as_str().unwrap());
    let copy = office.head.get(&file).await;
    let text = String::from_utf8_lossy(&copy.bytes);
    assert!(copy.status == 200 && text.starts_with("%PDF-") && !text.contains(CAMERA));
    for hidden in [format!("{path}/attachments"), file] {
        office.clerk.get(&hidden).await.refused(404, "not_found");
    }
    let trail = office
        .auditor
        .get("/api/v1/audit-trail?action=attach_scan")
        .await
        .expect(200)["items"]
        .clone();
    assert_eq!(
        (&trail[0]["at"], &trail[0]["detail"]),
        (&json!(null), &json!(office.clerk.id)),
        "the author and the day, without a time"
    );
    // The reporter sees the scan among the attachments.
    let code = office
        .nobody
        .post(
            "/api/v1/complaints/activations",
            json!({"activation_code": paper["activation_code"]}),
        )
        .await
        .expect(200);
    let reporter = office
        .sign_in_with_code(code["receipt_code"].as_str().unwrap())
        .await;
    assert_eq!(
        reporter
            .get("/api/v1/complaints/mine/attachments")
            .await
            .expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[actix_web::test]
async fn a_permit_is_of_its_clerk_its_complaint_and_one_hour() {
    let mut office = ComplaintOffice::open().await;
    let (one, other) = (paper(&office).await, paper(&office).await);
    let colleague = office.another(Role::IntakeClerk, "Dewi Lestari").await;
    for person in [&colleague, &office.head, &office.admin, &office.custodian] {
        scan(person, &[("scan-permit", &scan_permit(&one))])
            .await
            .refused(403, "forbidden");
    }
    scan(&office.nobody, &[("scan-permit", &scan_permit(&one))])
        .await
        .refused(401, "unauthenticated");
    for none in [
        &[][..],
        &[("scan-permit", "")],
        &[("scan-permit", "AAAA")],
        &[("scan-permit", &scan_permit(&one)[1..])],
    ] {
        scan(&office.clerk, none).await.refused(403, "forbidden");
    }
    scan(&office.clerk, &[("scan-permit", &scan_permit(&one))])
        .await
        .expect(201);
    office.later(60).await;
    scan(&office.clerk, &[("scan-permit", &scan_permit(&other))])
        .await
        .refused(403, "forbidden");
    office.next_slot().await;
    assert_eq!(
        attachments(&office.head, &path_of(&office, &one).await)
            .await
            .len(),
        1
    );
    assert_eq!(
        attachments(&office.head, &path_of(&office, &other).await)
            .await
            .len(),
        0
    );
}

#[actix_web::test]
async fn a_repeated_scan_is_one_and_what_is_no_file_leaves_nothing() {
    let mut office = ComplaintOffice::open().await;
    let paper = paper(&office).await;
    let permit = scan_permit(&paper);
    let headers = [
        ("scan-permit", permit.as_str()),
        ("idempotency-key", "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4"),
    ];
    let (first, again) = (
        scan(&office.clerk, &headers).await,
        scan(&office.clerk, &headers).await,
    );
    assert_eq!(
        (
            first.status,
            again.status,
            again.header("idempotency-replayed")
        ),
        (201, 201, Some("true"))
    );
    let text = Request {
        method: Method::POST,
        path: SCANS,
        body: Some(("application/octet-stream", b"bukan berkas".to_vec())),
        headers: &headers[..1],
    };
    office
        .clerk
        .ask(&text)
        .await
        .refused(415, "unsupported_media_type");
    office.next_slot().await;
    assert_eq!(
        attachments(&office.head, &path_of(&office, &paper).await)
            .await
            .len(),
        1
    );
}
