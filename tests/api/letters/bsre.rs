//! Signing by the national service BSrE, over HTTP, including its failures. A failed attempt uses
//! no number and is recorded.

use serde_json::{Value, json};

use super::{address, attempts, pdf};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::Answer;
use crate::support::esign::{Behaviour, ESign, EXPIRED, NIK, PASSPHRASE};

struct SigningDesk {
    esign: ESign,
    office: Office,
    case: String,
}

impl SigningDesk {
    async fn open() -> Self {
        let esign = ESign::open();
        let office = Office::open_with(&esign.flags()).await;
        let case = office.case(Until::Initialled).await;
        Self {
            esign,
            office,
            case,
        }
    }

    async fn sign(&self, form: Value) -> Answer {
        // Attempts are sorted by time.
        self.office.app.clock.advance(chrono::TimeDelta::seconds(1));
        self.office
            .head
            .post(&format!("{}/audit-notice/signature", self.case), form)
            .await
    }

    async fn latest(&self) -> Value {
        attempts(&self.office.head)
            .await
            .first()
            .cloned()
            .unwrap_or_default()
    }

    /// Asserts that there is no number and no letter, and that the stage has not changed.
    async fn assert_unchanged(&self) {
        let mut sql = self.office.app.sql().await;
        let taken: Option<i32> =
            sqlx::query_scalar("select last from number_register where series = 'audit_notice'")
                .fetch_optional(&mut sql)
                .await
                .unwrap();
        let letters: i64 = sqlx::query_scalar("select count(*) from letter")
            .fetch_one(&mut sql)
            .await
            .unwrap();
        assert_eq!((taken, letters), (None, 0));
        assert_eq!(
            self.office.head.get(&self.case).await.expect(200)["stage"],
            "notice_initialled"
        );
    }
}

fn credentials() -> Value {
    json!({"nik": NIK, "passphrase": PASSPHRASE})
}

#[actix_web::test]
async fn the_national_service_signs_what_was_initialled() {
    let desk = Box::pin(SigningDesk::open()).await;
    assert_eq!(
        desk.sign(credentials()).await.expect(200)["stage"],
        "notice_signed"
    );
    let asked: Vec<_> = desk
        .esign
        .asked()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(
        asked,
        [
            "/api/v2/user/check/status",
            "/api/v2/sign/pdf",
            "/api/v2/verify/pdf"
        ]
    );
    let signed = pdf(&desk.office.head, &format!("{}/audit-notice", desk.case)).await;
    let shown = desk
        .office
        .app
        .nobody()
        .get(&address(&signed))
        .await
        .expect(200);
    assert_eq!(
        (&shown["status"], &shown["number"]),
        (
            &json!("valid"),
            &json!("B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")
        )
    );
    let attempt = desk.latest().await;
    assert_eq!(
        (
            &attempt["outcome"],
            &attempt["provider"],
            &attempt["number"]
        ),
        (&json!("signed"), &json!("bsre"), &Value::Null)
    );
}

#[actix_web::test]
async fn nik_and_passphrase_are_needed_and_nothing_is_asked_without_them() {
    let desk = Box::pin(SigningDesk::open()).await;
    let faults = |answer: Value| {
        answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["pointer"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let nothing = desk
        .office
        .head
        .act(&format!("{}/audit-notice/signature", desk.case))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(nothing), ["/nik", "/passphrase"]);
    assert_eq!(
        faults(
            desk.sign(json!({"nik": NIK}))
                .await
                .refused(422, "invalid_content")
        ),
        ["/passphrase"]
    );
    assert_eq!(
        faults(
            desk.sign(json!({"nik": "12", "passphrase": ""}))
                .await
                .refused(422, "invalid_content")
        ),
        ["/nik", "/passphrase"]
    );
    assert_eq!(
        faults(
            desk.sign(json!({"nik": 1_671_010_101_900_001_u64}))
                .await
                .refused(422, "invalid_content")
        ),
        ["/nik"]
    );
    assert_eq!(desk.esign.asked().len(), 0);
    desk.assert_unchanged().await;
}

#[actix_web::test]
async fn what_the_service_refuses_is_told_without_its_words_and_can_be_tried_again() {
    let desk = Box::pin(SigningDesk::open()).await;
    let wrong = desk
        .sign(json!({"nik": NIK, "passphrase": "salah-sekali"}))
        .await
        .refused(422, "signature_refused");
    assert!(
        !wrong.to_string().contains("salah-sekali") && !wrong.to_string().contains(NIK),
        "{wrong}"
    );
    let attempt = desk.latest().await;
    assert_eq!(
        (&attempt["outcome"], &attempt["number"]),
        (&json!("refused"), &json!(2031))
    );
    desk.sign(json!({"nik": EXPIRED, "passphrase": PASSPHRASE}))
        .await
        .refused(422, "signature_refused");
    desk.sign(json!({"nik": "1671010101900009", "passphrase": PASSPHRASE}))
        .await
        .refused(422, "signature_refused");
    assert_eq!(desk.latest().await["number"], 2011);
    desk.assert_unchanged().await;
    desk.sign(credentials()).await.expect(200);
    assert_eq!(attempts(&desk.office.head).await.len(), 4);
}

#[actix_web::test]
async fn its_bad_days_are_not_the_signers_fault_and_burn_no_number() {
    let desk = Box::pin(SigningDesk::open()).await;
    let days = [
        (
            Behaviour::Busy,
            503,
            "signing_unavailable",
            "unavailable",
            json!(429),
        ),
        (
            Behaviour::Broken,
            502,
            "signing_failed",
            "broken",
            json!(500),
        ),
        (
            Behaviour::Babbling,
            502,
            "signing_failed",
            "broken",
            json!(200),
        ),
        (
            Behaviour::Deceitful,
            502,
            "signing_failed",
            "broken",
            Value::Null,
        ),
        (
            Behaviour::Doubtful,
            502,
            "signing_failed",
            "broken",
            Value::Null,
        ),
    ];
    for (mood, status, code, outcome, number) in days {
        desk.esign.behave(mood);
        let refusal = desk.sign(credentials()).await;
        assert_eq!(
            refusal.header("retry-after").is_some(),
            status == 503,
            "{mood:?}"
        );
        refusal.refused(status, code);
        let attempt = desk.latest().await;
        assert_eq!(
            (&attempt["outcome"], &attempt["number"]),
            (&json!(outcome), &number),
            "{mood:?}"
        );
    }
    desk.assert_unchanged().await;
    desk.esign.behave(Behaviour::Fine);
    desk.sign(credentials()).await.expect(200);
}

/// Status 400 is the answer to a wrong passphrase and to a PDF that the service cannot read; only
/// the first is the signer's fault.
#[actix_web::test]
async fn a_letter_it_does_not_accept_is_not_the_signers_fault() {
    let desk = Box::pin(SigningDesk::open()).await;
    let answers = [
        (
            Behaviour::Picky(
                400,
                r#"{"error": "File PDF tidak valid", "status_code": 2041}"#,
            ),
            json!(2041),
        ),
        (
            Behaviour::Picky(400, r#"{"error": "File PDF tidak valid"}"#),
            json!(400),
        ),
        (Behaviour::Picky(400, "tidak ada JSON"), json!(400)),
        (Behaviour::Picky(413, "{}"), json!(413)),
        (
            Behaviour::Picky(422, r#"{"message": "originX wajib diisi"}"#),
            json!(422),
        ),
        (Behaviour::Knowing("{}"), Value::Null),
        (
            Behaviour::Knowing(r#"{"status": "ERROR", "message": "database"}"#),
            Value::Null,
        ),
    ];
    for (mood, number) in answers {
        desk.esign.behave(mood);
        let refusal = desk
            .sign(credentials())
            .await
            .refused(502, "signing_failed");
        assert!(
            !refusal.to_string().to_lowercase().contains("passphrase"),
            "{mood:?}: {refusal}"
        );
        let attempt = desk.latest().await;
        assert_eq!(
            (&attempt["outcome"], &attempt["number"]),
            (&json!("broken"), &number),
            "{mood:?}"
        );
    }
    for mood in [
        Behaviour::Picky(400, r#"{"error": "Passphrase anda salah"}"#),
        Behaviour::Knowing(r#"{"status": "SUSPEND"}"#),
    ] {
        desk.esign.behave(mood);
        desk.sign(credentials())
            .await
            .refused(422, "signature_refused");
    }
    desk.assert_unchanged().await;
}

#[actix_web::test]
async fn a_service_that_is_not_there_or_does_not_answer_is_given_up() {
    let desk = Box::pin(SigningDesk::open()).await;
    desk.esign.behave(Behaviour::Silent);
    let begun = std::time::Instant::now();
    desk.sign(credentials())
        .await
        .refused(503, "signing_unavailable");
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(desk.latest().await["outcome"], "unavailable");
    desk.assert_unchanged().await;

    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{nowhere}");
    let office = Office::open_with(&[
        "--signing",
        "bsre",
        "--bsre-url",
        &url,
        "--bsre-user",
        "desk",
        "--bsre-password",
        "x",
    ])
    .await;
    let case = office.case(Until::Initialled).await;
    office
        .head
        .post(&format!("{case}/audit-notice/signature"), credentials())
        .await
        .refused(503, "signing_unavailable");
}

#[actix_web::test]
async fn a_password_the_service_does_not_know_is_the_offices_fault() {
    let esign = ESign::open();
    let office = Office::open_with(&[
        "--signing",
        "bsre",
        "--bsre-url",
        &esign.url,
        "--bsre-user",
        "desk",
        "--bsre-password",
        "lama",
    ])
    .await;
    let case = office.case(Until::Initialled).await;
    office
        .head
        .post(&format!("{case}/audit-notice/signature"), credentials())
        .await
        .refused(502, "signing_failed");
    assert_eq!(attempts(&office.head).await[0]["number"], 401);
    office
        .app
        .nobody()
        .get("/api/v1/public/letter-authority")
        .await
        .refused(404, "not_found");
}
