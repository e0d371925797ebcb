//! Passkeys as a second factor, with an authenticator in software: registration, sign-in and step-up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use service_desk::secrecy::sha256;
use service_desk::sop::role::Role;

use super::second_factor::enrolled;
use super::sign_in;
use crate::support::{Answer, Person, TestApp};

/// The sign-in page of the test service.
const ORIGIN: &str = "https://desk.test";

/// An authenticator with one credential (ES256).
#[derive(Clone)]
struct Authenticator {
    key: SigningKey,
    credential: Vec<u8>,
    count: u32,
}

impl Authenticator {
    fn new() -> Self {
        let seed = uuid::Uuid::new_v4().into_bytes();
        Self {
            key: SigningKey::from_slice(&sha256(&seed)).unwrap(),
            credential: seed.to_vec(),
            count: 1,
        }
    }

    fn head(&self, flags: u8) -> Vec<u8> {
        let count = self.count.to_be_bytes();
        [&sha256(b"desk.test")[..], &[flags], &count].concat()
    }

    /// The browser's answer to the options for making a passkey.
    fn create(&self, options: &Value) -> Value {
        let point = self.key.verifying_key().to_encoded_point(false);
        let key = [
            &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20][..],
            point.x().unwrap(),
            &[0x22, 0x58, 0x20],
            point.y().unwrap(),
        ]
        .concat();
        let length = u16::try_from(self.credential.len()).unwrap().to_be_bytes();
        let data = [
            self.head(0x45),
            vec![0; 16],
            length.to_vec(),
            self.credential.clone(),
            key,
        ]
        .concat();
        json!({
            "label": "Laptop",
            "client_data_json": client_data("webauthn.create", options, ORIGIN),
            "authenticator_data": URL_SAFE_NO_PAD.encode(data),
        })
    }

    /// The browser's answer to a request on a page of `origin`; the counter rises.
    fn get(&mut self, request: &Value, origin: &str) -> Value {
        self.count += 1;
        let client = client_data("webauthn.get", request, origin);
        let data = self.head(0x05);
        let digest = sha256(&URL_SAFE_NO_PAD.decode(&client).unwrap());
        let signature: DerSignature = self.key.sign(&[data.as_slice(), &digest].concat());
        json!({"passkey": {
            "credential_id": URL_SAFE_NO_PAD.encode(&self.credential),
            "client_data_json": client,
            "authenticator_data": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_bytes()),
        }})
    }
}

fn client_data(ceremony: &str, options: &Value, origin: &str) -> String {
    let data = json!({
        "type": ceremony, "challenge": options["challenge"], "origin": origin, "crossOrigin": false
    });
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&data).unwrap())
}

/// Registers a passkey of `person`.
async fn register(person: &Person) -> (Authenticator, Value) {
    let options = person
        .act("/api/v1/me/mfa/passkeys/options")
        .await
        .expect(200);
    assert_eq!(
        (&options["rp_id"], &options["algorithm"]),
        (&json!("desk.test"), &json!(-7))
    );
    let authenticator = Authenticator::new();
    let answer = authenticator.create(&options);
    let added = person
        .post("/api/v1/me/mfa/passkeys", answer)
        .await
        .expect(201);
    (authenticator, added)
}

async fn complete(app: &TestApp, first: &Answer, proof: Value) -> Answer {
    let body = json!({"mfa_token": first.body["mfa_token"], "proof": proof});
    app.nobody()
        .post("/api/v1/auth/login/second-factor", body)
        .await
}

#[actix_web::test]
async fn a_passkey_is_a_second_factor_from_enrolment_to_step_up() {
    let app = TestApp::start_with(&["--second-factor", "required"]).await;
    let staff = app.staff(Role::PjiStaff).await;
    staff
        .get("/api/v1/desk")
        .await
        .refused(403, "second_factor_required");
    let (mut authenticator, added) = register(&staff).await;
    assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 10);
    staff.get("/api/v1/desk").await.expect(200);

    let first = sign_in(&app, &staff).await;
    assert_eq!(first.status, 202);
    assert_eq!(first.body["methods"], json!(["passkey"]));
    let proof = authenticator.get(&first.body["passkey"], ORIGIN);
    let tokens = complete(&app, &first, proof).await.expect(200);
    let me = staff.with_token(tokens["access_token"].as_str().unwrap());
    me.get("/api/v1/desk").await.expect(200);

    app.clock.advance(TimeDelta::minutes(6));
    me.act("/api/v1/me/mfa/recovery-codes")
        .await
        .refused(401, "step_up_required");
    let request = me
        .act("/api/v1/me/step-up/passkey-options")
        .await
        .expect(200);
    let proof = authenticator.get(&request, ORIGIN);
    me.post("/api/v1/me/step-up", proof).await.expect(204);
    me.act("/api/v1/me/mfa/recovery-codes").await.expect(200);
}

#[actix_web::test]
async fn an_account_has_at_most_ten_second_factors() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    for _ in 0..10 {
        register(&staff).await;
    }
    let options = staff
        .act("/api/v1/me/mfa/passkeys/options")
        .await
        .expect(200);
    staff
        .post(
            "/api/v1/me/mfa/passkeys",
            Authenticator::new().create(&options),
        )
        .await
        .refused(409, "conflict");
    let listed = staff.get("/api/v1/me/mfa").await.expect(200);
    assert_eq!(listed["factors"].as_array().unwrap().len(), 10);
}

#[actix_web::test]
async fn an_answer_of_a_passkey_is_taken_once_from_its_own_page_and_for_its_own_account() {
    let app = TestApp::start().await;
    let (staff, other) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::PjiStaff).await,
    );
    let (mut authenticator, _) = register(&staff).await;
    let (mut others, _) = register(&other).await;
    let first = sign_in(&app, &staff).await;
    let request = first.body["passkey"].clone();
    let refused = async |proof: Value| {
        complete(&app, &first, proof)
            .await
            .refused(401, "bad_second_factor");
    };
    refused(authenticator.get(&request, "https://desk.test.evil.example")).await;
    refused(others.get(&request, ORIGIN)).await;
    let theirs = sign_in(&app, &other).await;
    refused(authenticator.get(&theirs.body["passkey"], ORIGIN)).await;
    refused(authenticator.get(&json!({"challenge": "AAAA"}), ORIGIN)).await;
    let mut changed = authenticator.get(&request, ORIGIN);
    changed["passkey"]["signature"] = others.get(&request, ORIGIN)["passkey"]["signature"].clone();
    refused(changed).await;
    let proof = authenticator.get(&request, ORIGIN);
    complete(&app, &first, proof.clone()).await.expect(200);
    refused(proof).await;
}

#[actix_web::test]
async fn a_copied_authenticator_whose_counter_does_not_rise_is_refused() {
    let app = TestApp::start().await;
    let staff = app.staff(Role::PjiStaff).await;
    let (mut authenticator, _) = register(&staff).await;
    let mut copy = authenticator.clone();
    let first = sign_in(&app, &staff).await;
    let proof = authenticator.get(&first.body["passkey"], ORIGIN);
    complete(&app, &first, proof).await.expect(200);
    let again = sign_in(&app, &staff).await;
    let proof = copy.get(&again.body["passkey"], ORIGIN);
    complete(&app, &again, proof)
        .await
        .refused(401, "bad_second_factor");
}

#[actix_web::test]
async fn a_challenge_for_registering_expires_and_a_passkey_is_registered_once() {
    let app = TestApp::start().await;
    let (staff, _) = enrolled(&app, Role::PjiStaff).await;
    let start = async || {
        staff
            .act("/api/v1/me/mfa/passkeys/options")
            .await
            .expect(200)
    };
    let authenticator = Authenticator::new();
    let late = start().await;
    app.clock.advance(TimeDelta::minutes(4));
    let options = start().await;
    let add = |answer: Value| staff.post("/api/v1/me/mfa/passkeys", answer);
    let added = add(authenticator.create(&options)).await.expect(201);
    assert_eq!(added["recovery_codes"], json!([]));
    add(authenticator.create(&options))
        .await
        .refused(401, "bad_second_factor");
    let excluded = start().await;
    assert_eq!(excluded["exclude_credentials"].as_array().unwrap().len(), 1);
    add(authenticator.create(&excluded))
        .await
        .refused(409, "conflict");
    app.clock.advance(TimeDelta::minutes(1));
    add(Authenticator::new().create(&late))
        .await
        .refused(401, "bad_second_factor");
}
