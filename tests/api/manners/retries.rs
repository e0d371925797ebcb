//! `Idempotency-Key` on every POST except signing in and out: twenty simultaneous requests and a
//! later one have one effect and one reply.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::{Operation, ask, operations};
use crate::certification::Office;
use crate::certification::attempts::audit_time;
use crate::certification::office::{Until, application, auditor, completion, verification};
use crate::support::{Answer, Person, Request};

/// One request to repeat: its caller, path, headers and body.
pub struct RepeatedRequest {
    pub person: Person,
    pub path: String,
    pub body: Option<Value>,
    /// The number of simultaneous attempts: password checks have little capacity.
    pub crowd: usize,
}

impl RepeatedRequest {
    pub async fn attempt(&self, key: &str, pretty: bool) -> Answer {
        let write = if pretty {
            serde_json::to_vec_pretty
        } else {
            serde_json::to_vec
        };
        let body = self
            .body
            .as_ref()
            .map(|body| ("application/json", write(body).unwrap()));
        self.person
            .ask(&Request {
                method: Method::POST,
                path: &self.path,
                body,
                headers: &[("idempotency-key", key)],
            })
            .await
    }
}

#[expect(clippy::too_many_lines, reason = "a table of requests")]
async fn acts(office: &Office) -> BTreeMap<&'static str, RepeatedRequest> {
    let (admin, staff) = (
        office.app.staff(Role::Admin).await,
        office.app.staff(Role::PjiStaff).await,
    );
    let calendar = admin.get("/api/v1/calendars").await.expect(200)["items"][0]["calendar"].clone();
    let appointment = |first: &str, last: &str| json!({"user_id": staff.id, "role": "head", "kind": "plh", "first_day": first, "last_day": last, "decree_number": "B/1/2026"});
    let made = admin
        .post(
            "/api/v1/acting-appointments",
            appointment("2026-08-03", "2026-08-07"),
        )
        .await
        .expect(201);
    let revocation = format!(
        "/api/v1/acting-appointments/{}/revocation",
        made["id"].as_str().unwrap()
    );
    let entered = admin
        .post(
            "/api/v1/acting-appointments",
            appointment("2026-10-05", "2026-10-09"),
        )
        .await
        .expect(201);
    let confirmation = format!(
        "/api/v1/acting-appointments/{}/confirmation",
        entered["id"].as_str().unwrap()
    );
    let second = office.app.staff(Role::Admin).await;
    let account =
        json!({"email": "budi@bspji.example", "display_name": "Budi", "roles": ["pji_staff"]});
    let auditor = auditor("Dewi", &["product_sni"], &["auditor"]);
    let owner = office.customer.get("/api/v1/me").await.expect(200)["customer_id"].clone();
    let statement = json!({"customer_id": owner, "statement": "Saya tidak mempunyai hubungan."});
    let pattern = json!({"series": "audit_notice", "pattern": "B.{seq}/{year}", "reason": "Uji."});
    let change =
        json!({"current_password": staff.password, "new_password": "perahu hijau menuju hulu"});
    let sent = office.case(Until::Sent).await;
    let billings = office.customer.get("/api/v1/billings").await.expect(200);
    let payment = json!({"ntpn": "A1B2C3D4E5F6G7H8", "paid_at": office.app.clock.now(), "amount": billings["items"][0]["amount"]});
    let pay = format!(
        "/api/v1/billings/{}/payments",
        billings["items"][0]["id"].as_str().unwrap()
    );
    drop(sent);
    let hook = json!({"url": "https://hooks.example/", "events": ["application.stage_changed"]});
    let (secret, redelivery) = delivered(office, &hook).await;
    let off = secret.replace("/secret", "/deactivation");
    let mail = format!(
        "/api/v1/mails/{}/redelivery",
        given_up(office, &staff).await
    );
    let reason = Some(json!({"reason": "Permintaan pelanggan."}));
    let act = |person: &Person, path: String, body: Option<Value>, crowd| RepeatedRequest {
        person: person.clone(),
        path,
        body,
        crowd,
    };
    let at = async |until, end: &str| format!("{}/{end}", office.case(until).await);
    BTreeMap::from([
        (
            "start_application",
            act(
                &office.customer,
                "/api/v1/applications".into(),
                Some(application()),
                20,
            ),
        ),
        (
            "submit_application",
            act(
                &office.customer,
                at(Until::Draft, "submission").await,
                None,
                20,
            ),
        ),
        (
            "file_application",
            act(
                &office.pji_staff,
                at(Until::Submitted, "filing").await,
                None,
                20,
            ),
        ),
        (
            "verify_documents",
            act(
                &office.operations,
                at(Until::Filed, "verification").await,
                Some(verification(&[])),
                20,
            ),
        ),
        (
            "propose_audit",
            act(
                &office.pji_staff,
                at(Until::Verified, "audit-confirmation").await,
                Some(office.proposal()),
                20,
            ),
        ),
        (
            "complete_application",
            act(
                &office.customer,
                at(Until::AwaitingCustomer, "completion").await,
                Some(completion()),
                20,
            ),
        ),
        (
            "draft_audit_notice",
            act(
                &office.operations,
                at(Until::Confirmed, "audit-notice").await,
                Some(office.notice()),
                20,
            ),
        ),
        (
            "initial_audit_notice",
            act(
                &office.ss_lead,
                at(Until::Drafted, "audit-notice/initials").await,
                Some(json!({"as": "letter"})),
                20,
            ),
        ),
        (
            "sign_audit_notice",
            act(
                &office.head,
                at(Until::Initialled, "audit-notice/signature").await,
                None,
                20,
            ),
        ),
        (
            "return_audit_notice",
            act(
                &office.head,
                at(Until::Initialled, "audit-notice/return").await,
                reason.clone(),
                20,
            ),
        ),
        (
            "void_audit_notice",
            act(
                &office.head,
                at(Until::Signed, "audit-notice/voiding").await,
                reason.clone(),
                20,
            ),
        ),
        (
            "add_number_pattern",
            act(&admin, "/api/v1/number-patterns".into(), Some(pattern), 20),
        ),
        (
            "dispatch_audit_notice",
            act(
                &office.pji_staff,
                at(Until::Signed, "audit-notice/dispatch").await,
                Some(office.dispatch()),
                20,
            ),
        ),
        (
            "reject_application",
            act(
                &office.ss_lead,
                at(Until::Filed, "rejection").await,
                reason.clone(),
                20,
            ),
        ),
        (
            "withdraw_application",
            act(
                &office.customer,
                at(Until::Submitted, "withdrawal").await,
                reason.clone(),
                20,
            ),
        ),
        (
            "record_payment",
            act(&office.treasurer, pay, Some(payment), 20),
        ),
        (
            "replace_billing",
            act(
                &office.pji_staff,
                format!("{}/replacement", billing_of(office).await),
                Some(json!({"billing": office.dispatch()["billing"], "reason": "Kedaluwarsa."})),
                20,
            ),
        ),
        (
            "cancel_billing",
            act(
                &office.treasurer,
                format!("{}/cancellation", billing_of(office).await),
                reason.clone(),
                20,
            ),
        ),
        (
            "propose_payment_correction",
            act(
                &office.treasurer,
                format!("{}/corrections", payment_of(office).await),
                Some(json!({"kind": "acceptance", "reason": "Sesuai bukti setor."})),
                20,
            ),
        ),
        (
            "decide_payment_correction",
            act(
                &office.pji_lead,
                correction_of(office).await,
                Some(json!({"confirm": true})),
                20,
            ),
        ),
        (
            "confirm_payment_report",
            act(
                &office.treasurer,
                format!("{}/confirmation", payment_report(office).await),
                Some(json!({"billing_id": billing_of(office).await.rsplit('/').next()})),
                20,
            ),
        ),
        (
            "dismiss_payment_report",
            act(
                &office.treasurer,
                format!("{}/dismissal", payment_report(office).await),
                reason.clone(),
                20,
            ),
        ),
        (
            "create_webhook",
            act(&office.customer, "/api/v1/webhooks".into(), Some(hook), 20),
        ),
        (
            "rotate_webhook_secret",
            act(&office.customer, secret, None, 20),
        ),
        ("deactivate_webhook", act(&admin, off, reason.clone(), 20)),
        (
            "redeliver_webhook",
            act(&office.customer, redelivery, None, 20),
        ),
        ("redeliver_mail", act(&admin, mail, None, 20)),
        (
            "add_auditor",
            act(
                &office.ss_lead,
                "/api/v1/auditors".into(),
                Some(auditor),
                20,
            ),
        ),
        (
            "declare_impartiality",
            act(
                &office.ss_lead,
                format!("/api/v1/auditors/{}/declarations", office.auditors[0]),
                Some(statement),
                20,
            ),
        ),
        (
            "record_audit_time",
            act(
                &office.operations,
                at(Until::Verified, "audit-time").await,
                Some(audit_time()),
                20,
            ),
        ),
        (
            "add_calendar",
            act(
                &admin,
                "/api/v1/calendars".into(),
                Some(json!({"calendar": calendar, "reason": "SKB"})),
                20,
            ),
        ),
        (
            "create_user",
            act(&admin, "/api/v1/users".into(), Some(account), 20),
        ),
        (
            "invite_user",
            act(
                &admin,
                format!("/api/v1/users/{}/invitation", staff.id),
                Some(json!({"delivery": "slip"})),
                20,
            ),
        ),
        (
            "create_integration",
            act(
                &staff,
                "/api/v1/integrations".into(),
                Some(key_for("ERP")),
                20,
            ),
        ),
        (
            "create_team",
            act(
                &admin,
                "/api/v1/teams".into(),
                Some(json!({"name": "Tim Pengujian", "members": [staff.id]})),
                20,
            ),
        ),
        (
            "create_acting_appointment",
            act(
                &admin,
                "/api/v1/acting-appointments".into(),
                Some(appointment("2026-09-07", "2026-09-11")),
                20,
            ),
        ),
        (
            "confirm_acting_appointment",
            act(&second, confirmation, None, 20),
        ),
        (
            "revoke_acting_appointment",
            act(&admin, revocation, reason, 20),
        ),
        (
            "change_password",
            act(&staff, "/api/v1/me/password".into(), Some(change), 1),
        ),
    ])
}

/// The path of the billing of a new case.
async fn billing_of(office: &Office) -> String {
    let case = office.case(Until::Sent).await;
    let list = format!(
        "/api/v1/billings?application={}",
        case.rsplit('/').next().unwrap()
    );
    let listed = office.treasurer.get(&list).await.expect(200);
    format!(
        "/api/v1/billings/{}",
        listed["items"][0]["id"].as_str().unwrap()
    )
}

/// The path of a payment for a new case.
pub async fn payment_of(office: &Office) -> String {
    let pay = format!("{}/payments", billing_of(office).await);
    let paid = office
        .treasurer
        .post(&pay, office.payment())
        .await
        .expect(200);
    format!(
        "/api/v1/payments/{}",
        paid["payments"][0]["id"].as_str().unwrap()
    )
}

/// The path of the decision about a proposed correction.
async fn correction_of(office: &Office) -> String {
    let corrections = format!("{}/corrections", payment_of(office).await);
    let form = json!({"kind": "acceptance", "reason": "Sesuai bukti setor."});
    let proposed = office.treasurer.post(&corrections, form).await.expect(201);
    format!(
        "{corrections}/{}/decision",
        proposed["corrections"][0]["id"].as_str().unwrap()
    )
}

/// The path of an open report of a payment.
pub async fn payment_report(office: &Office) -> String {
    let (id, ntpn) = (
        uuid::Uuid::new_v4(),
        uuid::Uuid::new_v4().simple().to_string()[..16].to_uppercase(),
    );
    let report = "insert into payment_report (id, office_id, source, code, ntpn, amount, paid_at, received_at)
                  select $1, id, 'callback', '000000000000001', $2, 4000000, now(), now() from office";
    sqlx::query(report)
        .bind(id)
        .bind(ntpn)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    format!("/api/v1/payment-reports/{id}")
}

/// The body of a new API key for a program.
pub fn key_for(name: &str) -> Value {
    json!({"name": name, "scopes": ["applications:read"], "last_day": "2026-12-31"})
}

/// A webhook of the customer with a finished delivery: the paths to rotate its secret and to
/// redeliver.
async fn delivered(office: &Office, hook: &Value) -> (String, String) {
    let made = office
        .customer
        .post("/api/v1/webhooks", hook.clone())
        .await
        .expect(201);
    let id = made["id"].as_str().unwrap();
    let delivery = uuid::Uuid::now_v7();
    let over = "insert into webhook_delivery (id, webhook_id, event_id, application_id, kind, body, state, created_at)
                select $1, $2::uuid, gen_random_uuid(), a.id, 'application.stage_changed', '{}', 'failed', now() from application a limit 1";
    sqlx::query(over)
        .bind(delivery)
        .bind(id)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let hook = format!("/api/v1/webhooks/{id}");
    (
        format!("{hook}/secret"),
        format!("{hook}/deliveries/{delivery}/redelivery"),
    )
}

/// A permanently failed mail to `person`.
async fn given_up(office: &Office, person: &Person) -> uuid::Uuid {
    let id = uuid::Uuid::new_v4();
    let mail = "insert into mail (id, office_id, user_id, kind, language, data, created_at, failure, given_up_at)
                select $1, office_id, id, 'notification', 'id', '{}', now(), 'smtp_550', now() from app_user where id = $2";
    sqlx::query(mail)
        .bind(id)
        .bind(person.id)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    id
}

#[actix_web::test]
async fn a_repeated_post_has_one_effect_and_one_reply() {
    let office = Office::open().await;
    let mut acts = Box::pin(acts(&office)).await;
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::POST && stores_a_reply(one))
    {
        assert!(
            operation.takes("Idempotency-Key"),
            "{} does not say that it takes a key",
            operation.id
        );
        let act = acts
            .remove(operation.id.as_str())
            .unwrap_or_else(|| panic!("{} is not tried here", operation.id));
        repeat(&office, &operation.id, &act).await;
    }
    assert!(acts.is_empty());
}

/// Whether the operation is a writing POST that this module tests.
fn stores_a_reply(operation: &Operation) -> bool {
    let elsewhere = [
        "/auth/",
        "/public/letters/",
        // The NTPN makes a report safe to repeat; a statement is no JSON. `certification::payments`
        // repeats both.
        "/integrations/e-billing/",
        "/treasury-statements",
        // Their replies hold secrets. A code, an answer of a passkey and a confirmation work once.
        "/me/mfa/",
        "/me/step-up",
        // A suggestion writes nothing.
        "/team-suggestions",
        "/cost-suggestions",
        // The digest of the preview makes an import safe to repeat; a file is no JSON.
        "/tariffs",
        "/cost-components",
    ]
    .iter()
    .any(|part| operation.path.contains(part));
    !elsewhere && !is_of_complaints(&operation.path)
}

/// Whether `complaint::retries` tests the path, with its own users.
pub fn is_of_complaints(path: &str) -> bool {
    [
        "/api/v1/complaints",
        "/api/v1/warnings",
        "/api/v1/disclosures",
        "/api/v1/breaches",
    ]
    .iter()
    .any(|room| path.starts_with(room))
}

async fn repeat(office: &Office, id: &str, act: &RepeatedRequest) {
    let entries = async || journal(office).await;
    repeated(id, &format!("key-of-{id}"), act, entries).await;
}

/// Sends `act` simultaneously and once more; `entries` counts the written rows.
pub async fn repeated(id: &str, key: &str, act: &RepeatedRequest, entries: impl AsyncFn() -> i64) {
    let before = entries().await;
    let answers = join_all((0..act.crowd).map(|_| act.attempt(key, false))).await;
    let fresh: Vec<_> = answers
        .iter()
        .filter(|one| one.status < 300 && one.header("idempotency-replayed").is_none())
        .collect();
    assert_eq!(
        fresh.len(),
        1,
        "{id}: {:?}",
        answers
            .iter()
            .map(|one| (one.status, one.code().to_owned()))
            .collect::<Vec<_>>()
    );
    for answer in answers.iter().filter(|one| one.status >= 300) {
        assert_eq!(
            (answer.status, answer.code()),
            (409, "idempotency_in_flight"),
            "{id}: {}",
            answer.body
        );
        assert!(answer.header("retry-after").is_some());
    }
    let after = entries().await;
    assert!(after > before, "{id} leaves an entry in the journal");
    let again = act.attempt(key, false).await;
    assert_eq!(
        (again.status, &again.bytes),
        (fresh[0].status, &fresh[0].bytes),
        "{id}"
    );
    assert_eq!(
        (
            again.header("idempotency-replayed"),
            again.header("location")
        ),
        (Some("true"), fresh[0].header("location")),
        "{id}"
    );
    assert_eq!(again.header("etag"), fresh[0].header("etag"), "{id}");
    if act.body.is_some() {
        act.attempt(key, true)
            .await
            .refused(422, "idempotency_key_reused");
    }
    assert_eq!(entries().await, after, "{id}: repeating it does nothing");
}

async fn journal(office: &Office) -> i64 {
    sqlx::query_scalar("select count(*) from journal")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn a_key_without_a_body_is_good_for_one_path() {
    let office = Office::open().await;
    let (one, other) = (office.draft().await, office.draft().await);
    let submit = async |case: &str| {
        ask(
            &office.customer,
            Method::POST,
            &format!("{case}/submission"),
            &[("idempotency-key", "k")],
        )
        .await
    };
    submit(&one).await.expect(200);
    submit(&other).await.refused(422, "idempotency_key_reused");
    assert_eq!(
        office.customer.get(&other).await.expect(200)["stage"],
        "draft"
    );
}

#[actix_web::test]
async fn a_refused_attempt_leaves_no_record() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let submit = async || {
        ask(
            &office.customer,
            Method::POST,
            &format!("{case}/submission"),
            &[("idempotency-key", "k")],
        )
        .await
    };
    submit().await.refused(422, "invalid_content");
    for code in crate::certification::office::mandatory() {
        office
            .customer
            .upload(
                &format!("{case}/documents/{code}"),
                crate::certification::office::pdf(code),
            )
            .await
            .expect(201);
    }
    let sent = submit().await;
    assert_eq!(
        (sent.status, sent.header("idempotency-replayed")),
        (200, None)
    );
    assert_eq!(submit().await.header("idempotency-replayed"), Some("true"));
}

#[actix_web::test]
async fn the_key_of_another_is_another_key() {
    let office = Office::open().await;
    let other = office.app.customer().await;
    let start = async |person: &Person| {
        let act = RepeatedRequest {
            person: person.clone(),
            path: "/api/v1/applications".into(),
            body: Some(application()),
            crowd: 1,
        };
        act.attempt("the same", false).await
    };
    let (mine, theirs) = (start(&office.customer).await, start(&other).await);
    assert_eq!(
        (
            mine.status,
            theirs.status,
            theirs.header("idempotency-replayed")
        ),
        (201, 201, None)
    );
    assert_ne!(mine.body["id"], theirs.body["id"]);
}

#[actix_web::test]
async fn a_key_is_1_to_255_characters() {
    let office = Office::open().await;
    let act = RepeatedRequest {
        person: office.customer.clone(),
        path: "/api/v1/applications".into(),
        body: Some(application()),
        crowd: 1,
    };
    for key in ["", "kunci-é", &"k".repeat(256)] {
        act.attempt(key, false)
            .await
            .refused(400, "invalid_parameter");
    }
    act.attempt(&"k".repeat(255), false).await.expect(201);
}
