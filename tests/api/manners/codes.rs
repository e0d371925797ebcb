//! Every problem code is provoked over HTTP: a code that no request can provoke does not belong in
//! the contract, and an untested code may not work.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use service_desk::certification::tariffs::examples::ExampleTariffs;
use service_desk::error::Code;
use service_desk::secrecy::sha256;
use service_desk::sop::role::{Role, Roles};
use sqlx::{Connection as _, PgConnection};

use super::{ask, post_bytes, raw_exchange, send};
use crate::certification::Office;
use crate::certification::office::{Until, application, mandatory};
use crate::complaint::attachments::{MINE, attach, photograph};
use crate::complaint::office::{self, ComplaintOffice};
use crate::identity::second_factor::enrolled;
use crate::support::esign::{Behaviour, ESign, NIK};
use crate::support::{Answer, Request, TestApp};

#[actix_web::test]
async fn every_code_can_be_had_and_says_what_the_table_says() {
    let office = Office::open().await;
    for code in Code::ALL
        .iter()
        .filter(|code| **code != Code::RequestTimeout)
    {
        let row = code.row();
        let answer = Box::pin(provoke(&office, *code)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (row.status, row.code),
            "{:#}",
            answer.body
        );
        assert_eq!(answer.body["title"], row.title.id, "{}", row.code);
        assert_eq!(
            answer.body["type"],
            format!("/api/v1/problems/{}", row.code)
        );
        let described = office
            .app
            .nobody()
            .get(&format!("/api/v1/problems/{}", row.code))
            .await
            .expect(200);
        assert_eq!(described["status"], row.status);
    }
    assert_eq!(
        Code::RequestTimeout.row().status,
        408,
        "`a_body_that_does_not_arrive_is_given_up_after_ten_seconds` provokes it"
    );
}

#[expect(clippy::too_many_lines, reason = "a table of refusals")]
async fn provoke(office: &Office, code: Code) -> Answer {
    let (app, nobody) = (&office.app, office.app.nobody());
    match code {
        Code::MalformedBody => {
            post_bytes(&nobody, "/api/v1/auth/login", "application/json", "{").await
        }
        Code::UnsupportedMediaType => {
            post_bytes(&nobody, "/api/v1/auth/login", "text/plain", "{}").await
        }
        Code::BodyTooLarge => {
            post_bytes(
                &nobody,
                "/api/v1/auth/login",
                "application/json",
                vec![b' '; 2 << 20],
            )
            .await
        }
        Code::InvalidContent => nobody.post("/api/v1/auth/login", json!({})).await,
        Code::BadSecondFactor => {
            let app = TestApp::start().await;
            let (staff, _) = enrolled(&app, Role::PjiStaff).await;
            staff
                .post("/api/v1/me/step-up", json!({"code": "000000"}))
                .await
        }
        Code::StepUpRequired => {
            let app = TestApp::start().await;
            let (staff, _) = enrolled(&app, Role::PjiStaff).await;
            app.clock.advance(chrono::TimeDelta::minutes(6));
            staff.act("/api/v1/me/mfa/recovery-codes").await
        }
        Code::SecondFactorRequired => {
            let app = TestApp::start_with(&["--second-factor", "required"]).await;
            app.staff(Role::PjiStaff).await.get("/api/v1/desk").await
        }
        Code::BadCredentials => {
            nobody
                .post(
                    "/api/v1/auth/login",
                    json!({"email": "a@b.example", "password": "kuda benar baterai"}),
                )
                .await
        }
        Code::InvalidRefreshToken => {
            nobody
                .post("/api/v1/auth/refresh", json!({"refresh_token": "x"}))
                .await
        }
        Code::BadReceiptCode => {
            nobody
                .post("/api/v1/complaints/sessions", json!({"receipt_code": "x"}))
                .await
        }
        Code::BadSignature => {
            nobody
                .post("/api/v1/integrations/e-billing/payments", json!([]))
                .await
        }
        Code::ActivationUsed => activates_twice(app).await,
        Code::CopyPending => Box::pin(downloads_before_the_copy_is_made()).await,
        Code::DisclosuresFrozen => Box::pin(asks_while_a_breach_is_open()).await,
        Code::Unauthenticated => nobody.get("/api/v1/me").await,
        Code::InvalidParameter => office.customer.get("/api/v1/applications/x").await,
        Code::InvalidCursor => office.customer.get("/api/v1/applications?cursor=x").await,
        Code::Forbidden => office.customer.get("/api/v1/users").await,
        Code::NotFound => nobody.get("/api/v1/nowhere").await,
        Code::OriginNotAllowed => {
            let asking = [
                ("origin", "https://evil.example"),
                ("access-control-request-method", "GET"),
            ];
            ask(&nobody, Method::OPTIONS, "/api/v1/me", &asking).await
        }
        Code::MethodNotAllowed => ask(&nobody, Method::PUT, "/api/v1/sops", &[]).await,
        Code::NotYourStep => {
            office
                .pji_staff
                .post(
                    &format!("{}/verification", office.case(Until::Filed).await),
                    json!({"items": []}),
                )
                .await
        }
        Code::FourEyes => signs_their_own(office).await,
        Code::OutOfOrder => {
            office
                .customer
                .act(&format!(
                    "{}/submission",
                    office.case(Until::Submitted).await
                ))
                .await
        }
        Code::ExampleTariff => bills_with_examples(office).await,
        Code::Overtaken => comes_second(app).await,
        Code::Conflict => names_two_teams_alike(app).await,
        Code::IdempotencyInFlight => asks_while_asking(office).await,
        Code::IdempotencyMismatch => {
            let key = [("idempotency-key", "k")];
            send(
                &office.customer,
                Method::POST,
                "/api/v1/applications",
                &application(),
                &key,
            )
            .await
            .expect(201);
            send(
                &office.customer,
                Method::POST,
                "/api/v1/applications",
                &json!({}),
                &key,
            )
            .await;
            let mut other = application();
            other["scope"] = json!("Lain");
            send(
                &office.customer,
                Method::POST,
                "/api/v1/applications",
                &other,
                &key,
            )
            .await
        }
        Code::StaleVersion => {
            office
                .customer
                .patch(
                    &office.bare_draft().await,
                    json!({"scope": "x"}),
                    Some("\"99.0\""),
                )
                .await
        }
        Code::PreconditionRequired => {
            office
                .customer
                .patch(&office.bare_draft().await, json!({"scope": "x"}), None)
                .await
        }
        Code::RangeNotSatisfiable => {
            let path = format!(
                "{}/documents/{}/versions/1",
                office.draft().await,
                mandatory()[0]
            );
            ask(
                &office.customer,
                Method::GET,
                &path,
                &[("range", "bytes=999999-")],
            )
            .await
        }
        Code::TooManyRequests => {
            let busy = TestApp::start_with(&["--requests-per-minute", "1"]).await;
            busy.nobody().get("/api/v1/sops").await.expect(200);
            busy.nobody().get("/api/v1/sops").await
        }
        Code::Internal => {
            let broken = TestApp::start().await;
            let lead = broken.staff(Role::SsLead).await;
            sqlx::query("alter table auditor rename to elsewhere")
                .execute(&mut broken.sql().await)
                .await
                .unwrap();
            lead.get("/api/v1/auditors").await
        }
        Code::Busy => {
            let gone = TestApp::start().await;
            let lead = gone.staff(Role::SsLead).await;
            gone.lose_database().await;
            lead.get("/api/v1/auditors").await
        }
        Code::ScheduleConflict => Box::pin(proposes_people_twice()).await,
        Code::Impartiality => Box::pin(proposes_a_relative(office)).await,
        Code::SignatureRefused => Box::pin(signs_with(Behaviour::Fine)).await,
        Code::SigningFailed => Box::pin(signs_with(Behaviour::Broken)).await,
        Code::SigningUnavailable => Box::pin(signs_with(Behaviour::Busy)).await,
        Code::RequestTimeout => unreachable!("it takes ten seconds, and a test of its own"),
    }
}

/// Proposes one team for the same days to two customers.
async fn proposes_people_twice() -> Answer {
    let office = Office::open_keeping_days_apart(&[]).await;
    office.case(Until::AwaitingCustomer).await;
    let case = office.case(Until::Verified).await;
    let path = format!("{case}/audit-confirmation");
    office.pji_staff.post(&path, office.proposal()).await
}

/// Proposes a lead that owns a share of the customer.
async fn proposes_a_relative(office: &Office) -> Answer {
    let case = office.case(Until::Verified).await;
    let customer = office.pji_staff.get(&case).await.expect(200)["customer"]["id"].clone();
    let relation = json!({"relations": [{"customer_id": customer, "kind": "financial"}]});
    let path = format!("/api/v1/auditors/{}", office.auditors[0]);
    office
        .ss_lead
        .patch(&path, relation, Some("*"))
        .await
        .expect(200);
    let answer = office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await;
    office
        .ss_lead
        .patch(&path, json!({"relations": []}), Some("*"))
        .await
        .expect(200);
    answer
}

/// Tries to sign a draft by the same user, as drafter for operations and deputy of the head.
async fn signs_their_own(office: &Office) -> Answer {
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::OperationsStaff).with(Role::Head))
        .await;
    let case = office.case(Until::Confirmed).await;
    both.post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    office
        .ss_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "letter"}),
        )
        .await
        .expect(200);
    office
        .pji_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "cost"}),
        )
        .await
        .expect(200);
    both.act(&format!("{case}/audit-notice/signature")).await
}

/// Signs with a wrong passphrase while the signing service behaves like this.
async fn signs_with(mood: Behaviour) -> Answer {
    let esign = ESign::open();
    let office = Office::open_with(&esign.flags()).await;
    let case = office.case(Until::Initialled).await;
    esign.behave(mood);
    office
        .head
        .post(
            &format!("{case}/audit-notice/signature"),
            json!({"nik": NIK, "passphrase": "salah"}),
        )
        .await
}

/// Requests a disclosure during an open breach.
async fn downloads_before_the_copy_is_made() -> Answer {
    let open = ComplaintOffice::open().await;
    let (reporter, _, _) = open.submit(office::form()).await;
    let attached = attach(&reporter, photograph(0)).await;
    reporter
        .get(&format!("{MINE}/{}", attached["id"].as_str().unwrap()))
        .await
}

async fn asks_while_a_breach_is_open() -> Answer {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(office::Until::Screened).await;
    let breach = json!({"kind": "system_breached", "happened": "Cadangan tersalin.", "discovered_at": office.app.clock.now(), "all": true});
    office
        .auditor
        .post("/api/v1/breaches", breach)
        .await
        .expect(201);
    let request = json!({"fields": ["name"], "purpose": "consent", "reason": "Pelapor setuju."});
    office
        .head
        .post(&format!("{}/disclosures", case.path), request)
        .await
}

async fn activates_twice(app: &TestApp) -> Answer {
    let clerk = app.staff(Role::IntakeClerk).await;
    let slip = clerk
        .post(
            "/api/v1/complaints/paper",
            json!({"form": crate::complaint::office::form()}),
        )
        .await
        .expect(201);
    let code = json!({"activation_code": slip["activation_code"]});
    app.nobody()
        .post("/api/v1/complaints/activations", code.clone())
        .await
        .expect(200);
    app.nobody()
        .post("/api/v1/complaints/activations", code)
        .await
}

/// Sends a notice with e-billing from an instance on a given database, which takes no example
/// tariffs.
async fn bills_with_examples(office: &Office) -> Answer {
    let case = office.case(Until::Signed).await;
    office.app.import_examples().await;
    let strict = office.app.at_instance(&office.pji_staff, |service| {
        service.example_tariffs = ExampleTariffs::Refused;
    });
    let path = format!("{case}/audit-notice/dispatch");
    strict.post(&path, office.dispatch()).await
}

/// Adds a calendar while another one waits to be committed.
async fn comes_second(app: &TestApp) -> Answer {
    let admin = app.staff(Role::Admin).await;
    let calendar = admin.get("/api/v1/calendars").await.expect(200)["items"][0]["calendar"].clone();
    let mut other = app.sql().await;
    let mut open = other.begin().await.unwrap();
    let next = "insert into calendar_version select office_id, version + 1, definition, reason, created_at, created_by from calendar_version order by version desc limit 1";
    sqlx::query(next).execute(&mut *open).await.unwrap();
    let waiting = actix_web::rt::spawn(admin.post(
        "/api/v1/calendars",
        json!({"calendar": calendar, "reason": "SKB"}),
    ));
    wait_for_a_lock(&mut app.sql().await).await;
    open.commit().await.unwrap();
    waiting.await.unwrap()
}

/// Waits until a session in this database waits for a lock.
async fn wait_for_a_lock(connection: &mut PgConnection) {
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..200 {
        if sqlx::query_scalar::<_, i64>(waits)
            .fetch_one(&mut *connection)
            .await
            .unwrap()
            > 0
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no session waits for a lock");
}

async fn names_two_teams_alike(app: &TestApp) -> Answer {
    let admin = app.staff(Role::Admin).await;
    let form = json!({"name": "Tim Karet", "members": []});
    let made = admin.post("/api/v1/teams", form.clone()).await;
    made.expect(201);
    admin.post("/api/v1/teams", form).await
}

/// Sends a request while the lock of its idempotency key is taken.
async fn asks_while_asking(office: &Office) -> Answer {
    let digest = sha256(format!("{}|busy", office.customer.id).as_bytes());
    let mut first = office.app.sql().await;
    let lock = i64::from_be_bytes(digest[..8].try_into().unwrap());
    sqlx::query("select pg_advisory_lock($1)")
        .bind(lock)
        .execute(&mut first)
        .await
        .unwrap();
    let body = Some((
        "application/json",
        serde_json::to_vec(&application()).unwrap(),
    ));
    let headers = [("idempotency-key", "busy")];
    office
        .customer
        .ask(&Request {
            method: Method::POST,
            path: "/api/v1/applications",
            body,
            headers: &headers,
        })
        .await
}

#[actix_web::test]
async fn a_refusal_that_http_itself_makes_is_a_refusal_still() {
    let app = TestApp::start().await;
    for request in [
        "GARBAGE\r\n\r\n".to_owned(),
        format!(
            "GET /api/v1/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
            "x".repeat(200_000)
        ),
    ] {
        let reply = raw_exchange(&app, request.as_bytes(), Duration::from_secs(3)).await;
        assert!(
            reply.starts_with("HTTP/1.1 4") || reply.is_empty(),
            "{reply}"
        );
    }
    app.nobody().get("/health/live").await.expect(200);
}
