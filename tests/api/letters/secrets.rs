//! A signer's passphrase is stored nowhere: not in the log, the database, a reply, or the
//! fingerprint of a retried request.

use reqwest::Method;
use serde_json::json;
use service_desk::secrecy::sha256;

use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::canary::copies::{tables, unescaped};
use crate::manners::logs;
use crate::support::esign::{ESign, NIK, PASSPHRASE, PASSWORD};
use crate::support::{Request, TestApp};

#[actix_web::test]
async fn nik_and_passphrase_are_in_no_log_no_row_and_no_reply() {
    let log = logs::log();
    let esign = ESign::open();
    let office = Office::open_with(&esign.flags()).await;
    office.app.recorder().open();
    let case = office.case(Until::Initialled).await;
    let path = format!("{case}/audit-notice/signature");
    let good = json!({"nik": NIK, "passphrase": PASSPHRASE});
    let bad = json!({"nik": NIK, "passphrase": format!("{PASSPHRASE}?")});
    let send = async |form: &serde_json::Value, key: &str| {
        let body = Some(("application/json", serde_json::to_vec(form).unwrap()));
        office
            .head
            .ask(&Request {
                method: Method::POST,
                path: &path,
                body,
                headers: &[("idempotency-key", key)],
            })
            .await
    };
    send(&bad, "once").await.refused(422, "signature_refused");
    send(&good, "twice").await.expect(200);
    send(&good, "twice").await.expect(200);
    send(&bad, "twice")
        .await
        .refused(422, "idempotency_key_reused");
    office
        .head
        .post(
            &path,
            json!({"nik": format!("{NIK}1"), "passphrase": PASSPHRASE}),
        )
        .await
        .refused(422, "invalid_content");
    assert!(
        esign
            .asked()
            .iter()
            .any(|(_, body)| body["passphrase"] == PASSPHRASE),
        "the signing service received it"
    );

    let dump = dump(&office.app).await;
    assert!(dump.contains("signature_attempt"), "the dump was read");
    let text = log.text();
    assert!(text.contains("answered"), "the log was read");
    for secret in [NIK, PASSPHRASE, PASSWORD] {
        assert!(!dump.contains(secret), "the database contains {secret}");
        assert!(!text.contains(secret), "the log contains {secret}");
        for heard in office.app.recorder().replies() {
            assert!(
                !String::from_utf8_lossy(&heard.body).contains(secret),
                "{} {} says {secret}",
                heard.method,
                heard.path
            );
        }
    }
    for form in [&good, &bad] {
        let digest = hex::encode(sha256(&serde_json::to_vec(form).unwrap()));
        assert!(
            !dump.contains(&digest),
            "a bare digest of the body would help to guess the passphrase"
        );
    }
}

/// Every text in the database of `app`, and the contents of its columns of bytes.
async fn dump(app: &TestApp) -> String {
    let mut all = String::new();
    for (table, text) in tables(app).await {
        all.extend([
            table.as_str(),
            "\n",
            &String::from_utf8_lossy(&text),
            "\n",
            &String::from_utf8_lossy(&unescaped(&text)),
            "\n",
        ]);
    }
    all
}
