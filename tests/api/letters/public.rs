//! Public verification of letters: the page behind the QR code, and whether a file is the signed
//! one.

use reqwest::Method;
use serde_json::json;

use super::{address, pdf};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::{Answer, Person, Request};

async fn verify(person: &Person, bytes: Vec<u8>) -> Answer {
    let body = Some(("application/pdf", bytes));
    person
        .ask(&Request {
            method: Method::POST,
            path: "/api/v1/public/letters/verification",
            body,
            headers: &[],
        })
        .await
}

#[actix_web::test]
async fn the_page_behind_the_code_names_nobody() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let signed = pdf(&office.customer, &format!("{case}/audit-notice")).await;
    let (nobody, page) = (office.app.nobody(), address(&signed));
    let shown = nobody.get(&page).await.expect(200);
    let sha256 = hex::encode(service_desk::secrecy::sha256(&signed));
    let expected = json!({
        "number": "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026", "date": "2026-07-06", "subject": "Pemberitahuan audit", "signer_title": "Kepala Balai",
        "sha256": sha256, "status": "valid",
    });
    assert_eq!(shown, expected, "and nothing else");

    let headers = [
        ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("accept-language", "en-GB,en;q=0.9"),
    ];
    let html = nobody
        .ask(&Request {
            method: Method::GET,
            path: &page,
            body: None,
            headers: &headers,
        })
        .await;
    let policy = html.header("content-security-policy").unwrap().to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(
        (html.header("content-type"), html.header("content-language")),
        (Some("text/html; charset=utf-8"), Some("en"))
    );
    let text = String::from_utf8(html.bytes).unwrap();
    assert!(
        text.contains("This letter is valid.")
            && text.contains(&sha256)
            && text.contains("B/1/BSKJI"),
        "{text}"
    );
    for name in ["Tirta", "Kepala Balai</title>", "Rahmat"] {
        assert!(!text.contains(name), "{name}");
    }
    let indonesian = nobody
        .ask(&Request {
            method: Method::GET,
            path: &page,
            body: None,
            headers: &[("accept", "text/html")],
        })
        .await;
    assert!(
        String::from_utf8(indonesian.bytes)
            .unwrap()
            .contains("Surat ini berlaku.")
    );
}

#[actix_web::test]
async fn a_code_of_no_letter_opens_nothing() {
    let office = Office::open().await;
    for token in ["x", "q1w2e3r4t5y6u7i8o9p0a1s2d3f", "..%2F..%2Fetc", "%00"] {
        let answer = office
            .app
            .nobody()
            .get(&format!("/api/v1/public/letters/{token}"))
            .await;
        assert!(
            [400, 404].contains(&answer.status),
            "{token}: {}",
            answer.status
        );
    }
}

#[actix_web::test]
async fn a_file_is_ours_and_unchanged_or_changed_or_none_of_ours() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let signed = pdf(&office.customer, &format!("{case}/audit-notice")).await;
    let nobody = office.app.nobody();
    let page = nobody.get(&address(&signed)).await.expect(200);
    assert_eq!(
        verify(&nobody, signed.clone()).await.expect(200),
        json!({"verdict": "authentic", "letter": page})
    );
    for place in [20, signed.len() / 2, signed.len() - 20] {
        let mut changed = signed.clone();
        changed[place] ^= 1;
        assert_eq!(
            verify(&nobody, changed).await.expect(200),
            json!({"verdict": "changed", "letter": page}),
            "byte {place}"
        );
    }
    let cut = verify(&nobody, signed[..signed.len() - 1].to_vec())
        .await
        .expect(200);
    assert_eq!(cut["verdict"], "changed");
    let other = verify(
        &nobody,
        b"%PDF-1.7 another letter, with /api/v1/public/letters/q1w2e3r4t5y6u7i8o9p0a1s2d3f"
            .to_vec(),
    )
    .await
    .expect(200);
    assert_eq!(other, json!({"verdict": "unknown", "letter": null}));
}

#[actix_web::test]
async fn what_is_too_large_or_no_pdf_is_not_looked_at() {
    let office = Office::open().await;
    let nobody = office.app.nobody();
    verify(&nobody, vec![b' '; (10 << 20) + 1])
        .await
        .refused(413, "body_too_large");
    for body in [Vec::new(), b"%PD".to_vec(), b"PK\x03\x04".to_vec()] {
        verify(&nobody, body)
            .await
            .refused(415, "unsupported_media_type");
    }
    nobody
        .post("/api/v1/public/letters/verification", json!({}))
        .await
        .refused(415, "unsupported_media_type");
}

#[actix_web::test]
async fn the_authority_is_published_for_other_readers() {
    let office = Office::open().await;
    let pem = office
        .app
        .nobody()
        .get("/api/v1/public/letter-authority")
        .await;
    assert_eq!(pem.status, 200);
    assert!(pem.bytes.starts_with(b"-----BEGIN CERTIFICATE-----\n"));
}
