//! API keys for programs: each scope against each operation, never beyond the owner's rights,
//! invalid when revoked, and never stored in clear.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::{Role, Roles};
use service_desk::web::scope::Scope;

use super::journal;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::manners::operations;
use crate::support::{Person, Request, TestApp};

/// The operations of each scope, by hand: a new operation of these subjects needs an entry here.
const OPENS: &[(&str, &[&str])] = &[
    (
        "applications:read",
        &[
            "compare_snapshots",
            "list_applications",
            "list_audit_confirmations",
            "list_deficiency_sheets",
            "list_snapshots",
            "read_application",
            "read_application_pdf",
            "read_audit_confirmation",
            "read_audit_confirmation_pdf",
            "read_deficiency_sheet",
            "read_deficiency_sheet_pdf",
            "read_timeline",
        ],
    ),
    (
        "documents:read",
        &["download_document", "list_documents", "read_mirror"],
    ),
    (
        "audit_notices:read",
        &[
            "list_audit_notices",
            "read_audit_notice",
            "read_audit_notice_pdf",
        ],
    ),
    (
        "billings:read",
        &["list_billings", "read_billing", "read_billing_pdf"],
    ),
    ("auditors:read", &["list_auditors"]),
    ("calendars:read", &["list_calendars"]),
];

/// Makes a key; returns its id and a caller with that key.
async fn key(owner: &Person, scopes: &[&str]) -> (String, Person) {
    let form = json!({"name": "ERP", "scopes": scopes, "last_day": "2026-12-31"});
    let made = owner.post("/api/v1/integrations", form).await.expect(201);
    let (id, key) = (
        made["integration"]["id"].as_str().unwrap().to_owned(),
        made["key"].as_str().unwrap(),
    );
    assert!(key.starts_with("sdk_") && key.len() == 47);
    (id, owner.with_token(key))
}

async fn delete(person: &Person, path: &str) -> u16 {
    person
        .ask(&Request {
            method: Method::DELETE,
            path,
            body: None,
            headers: &[],
        })
        .await
        .status
}

#[actix_web::test]
async fn each_scope_opens_its_operations_and_nothing_else_whatever_its_owner_holds() {
    let app = TestApp::start_with(&["--integration-requests-per-minute", "1000000"]).await;
    let everything = Role::all()
        .filter(|role| *role != Role::Customer)
        .fold(Roles::NONE, Roles::with);
    let owner = app.staff_with(everything).await;
    let known: BTreeSet<_> = Scope::ALL.iter().map(|scope| scope.code()).collect();
    assert_eq!(known, OPENS.iter().map(|(scope, _)| *scope).collect());
    for (scope, opened) in OPENS {
        let (_, program) = key(&owner, &[scope]).await;
        let mut met = BTreeSet::new();
        for operation in operations()
            .into_iter()
            .filter(|one| one.path.starts_with("/api/"))
        {
            let body =
                (operation.method != Method::GET).then(|| ("application/json", b"{}".to_vec()));
            let asking = Request {
                method: operation.method.clone(),
                path: &operation.address(),
                body,
                headers: &[],
            };
            let answer = program.ask(&asking).await;
            let opens = opened.contains(&operation.id.as_str());
            if opens {
                assert!(
                    operation.method == Method::GET && !matches!(answer.status, 401 | 403),
                    "{scope} {}: {}",
                    operation.id,
                    answer.status
                );
                met.insert(operation.id.clone());
            } else if operation.reporter {
                assert!(
                    answer.status >= 400,
                    "{scope} {}: a reporter's door knows no keys: {}",
                    operation.id,
                    answer.status
                );
            } else if !operation.open {
                assert_eq!(
                    (answer.status, answer.code()),
                    (403, "forbidden"),
                    "{scope} {}",
                    operation.id
                );
            }
        }
        assert_eq!(
            met.len(),
            opened.len(),
            "{scope} opens what is not there: {met:?}"
        );
    }
}

#[actix_web::test]
async fn a_program_reads_what_its_owner_reads_and_no_more() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.code()).collect();
    let stranger = office.app.customer().await;
    let people = [
        &office.customer,
        &stranger,
        &office.pji_staff,
        &office.treasurer,
        &office.head,
    ];
    for owner in people {
        let (_, program) = key(owner, &scopes).await;
        for path in [
            case.clone(),
            format!("{case}/documents"),
            format!("{case}/audit-notice"),
            format!("{case}/timeline"),
            "/api/v1/applications".into(),
            "/api/v1/billings".into(),
            "/api/v1/auditors".into(),
        ] {
            let (theirs, its) = (owner.get(&path).await, program.get(&path).await);
            assert_eq!(theirs.status, its.status, "{path}");
            if theirs.status == 200 {
                assert_eq!(theirs.body, its.body, "{path}");
            }
        }
    }
}

#[actix_web::test]
async fn a_key_is_dead_when_revoked_expired_or_when_its_owner_is_gone() {
    let app = TestApp::start().await;
    let (owner, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    let ((first, one), (second, other), (_, third)) = (
        key(&owner, &["auditors:read"]).await,
        key(&owner, &["auditors:read"]).await,
        key(&owner, &["auditors:read"]).await,
    );
    for program in [&one, &other, &third] {
        program.get("/api/v1/auditors").await.expect(200);
    }
    assert_eq!(
        delete(&owner, &format!("/api/v1/integrations/{first}")).await,
        204
    );
    one.get("/api/v1/auditors")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(
        delete(&owner, &format!("/api/v1/integrations/{first}")).await,
        204
    );
    assert_eq!(journal(&app, "revoke_integration").await, 1);
    assert_eq!(
        delete(&admin, &format!("/api/v1/integrations/{second}")).await,
        204,
        "an administrator revokes any"
    );
    other
        .get("/api/v1/auditors")
        .await
        .refused(401, "unauthenticated");
    let path = format!("/api/v1/users/{}", owner.id);
    let tag = admin.get(&path).await.etag();
    admin
        .patch(&path, json!({"active": false}), Some(&tag))
        .await
        .expect(200);
    third
        .get("/api/v1/auditors")
        .await
        .refused(401, "unauthenticated");

    let (_, program) = key(&admin, &["calendars:read"]).await;
    app.clock.set("2026-12-31T16:59:59Z".parse().unwrap());
    program.get("/api/v1/calendars").await.expect(200);
    app.clock.set("2026-12-31T17:00:00Z".parse().unwrap());
    program
        .get("/api/v1/calendars")
        .await
        .refused(401, "unauthenticated");
    let nobody = app.nobody();
    for made_up in ["sdk_", "sdk_x", &format!("sdk_{}", "A".repeat(43))] {
        nobody
            .with_token(made_up)
            .get("/api/v1/calendars")
            .await
            .refused(401, "unauthenticated");
    }
}

#[actix_web::test]
async fn a_key_is_its_owners_to_change_and_its_owners_and_administrators_to_see() {
    let app = TestApp::start().await;
    let (owner, other, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::SsLead).await,
        app.staff(Role::Admin).await,
    );
    let (id, program) = key(&owner, &["auditors:read"]).await;
    let path = format!("/api/v1/integrations/{id}");
    program.get("/api/v1/auditors").await.expect(200);
    let seen = owner.get(&path).await;
    assert_eq!(
        (&seen.body["last_used_on"], &seen.body["owner_id"]),
        (&json!("2026-07-06"), &json!(owner.id))
    );
    let tag = seen.etag();
    other.get(&path).await.refused(404, "not_found");
    other
        .patch(&path, json!({"name": "x"}), Some(&tag))
        .await
        .refused(404, "not_found");
    assert_eq!(delete(&other, &path).await, 404);
    admin
        .patch(&path, json!({"scopes": ["documents:read"]}), Some(&tag))
        .await
        .refused(403, "forbidden");
    let count = async |person: &Person| {
        person.get("/api/v1/integrations").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        (
            count(&owner).await,
            count(&other).await,
            count(&admin).await
        ),
        (1, 0, 1)
    );

    owner
        .patch(&path, json!({"scopes": ["calendars:read"]}), Some(&tag))
        .await
        .expect(200);
    program
        .get("/api/v1/auditors")
        .await
        .refused(403, "forbidden");
    program.get("/api/v1/calendars").await.expect(200);
    let tag = owner.get(&path).await.etag();
    delete(&owner, &path).await;
    owner
        .patch(&path, json!({"name": "x"}), Some("*"))
        .await
        .refused(409, "conflict");
    assert_ne!(owner.get(&path).await.etag(), tag);
}

#[actix_web::test]
async fn what_will_not_do_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    let form = |name: &str, scopes: Value, day: &str| json!({"name": name, "scopes": scopes, "last_day": day});
    for (form, pointer) in [
        (form("", json!(["auditors:read"]), "2026-12-31"), "/name"),
        (form("ERP", json!([]), "2026-12-31"), "/scopes"),
        (
            form(
                "ERP",
                json!(["applications:read", "applications:read"]),
                "2026-12-31",
            ),
            "/scopes/1",
        ),
        (
            form("ERP", json!(["complaints:read"]), "2026-12-31"),
            "/scopes/0",
        ),
        (
            form("ERP", json!(["auditors:read"]), "2026-07-05"),
            "/last_day",
        ),
        (
            form("ERP", json!(["auditors:read"]), "2027-07-08"),
            "/last_day",
        ),
    ] {
        let refusal = owner
            .post("/api/v1/integrations", form)
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], pointer);
    }
    for _ in 0..20 {
        key(&owner, &["auditors:read"]).await;
    }
    owner
        .post(
            "/api/v1/integrations",
            form("ERP", json!(["auditors:read"]), "2026-12-31"),
        )
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn a_key_that_asks_too_often_is_told_to_wait_and_spends_nobody_elses_share() {
    let app = TestApp::start_with(&["--integration-requests-per-minute", "5"]).await;
    let owner = app.staff(Role::PjiStaff).await;
    let ((_, busy), (_, calm)) = (
        key(&owner, &["auditors:read"]).await,
        key(&owner, &["auditors:read"]).await,
    );
    for _ in 0..5 {
        busy.get("/api/v1/auditors").await.expect(200);
    }
    let refusal = busy.get("/api/v1/auditors").await;
    assert!(refusal.header("retry-after").is_some());
    refusal.refused(429, "too_many_requests");
    calm.get("/api/v1/auditors").await.expect(200);
    owner.get("/api/v1/auditors").await.expect(200);
}

#[actix_web::test]
async fn no_key_lies_in_clear_anywhere_also_not_in_what_is_kept_for_a_retry() {
    let app = TestApp::start().await;
    let owner = app.staff(Role::PjiStaff).await;
    let body = Some((
        "application/json",
        serde_json::to_vec(
            &json!({"name": "ERP", "scopes": ["auditors:read"], "last_day": "2026-12-31"}),
        )
        .unwrap(),
    ));
    let headers = [("idempotency-key", "k")];
    let asking = Request {
        method: Method::POST,
        path: "/api/v1/integrations",
        body,
        headers: &headers,
    };
    let (made, again) = (owner.ask(&asking).await, owner.ask(&asking).await);
    assert_eq!(
        (again.header("idempotency-replayed"), &made.bytes),
        (Some("true"), &again.bytes)
    );
    let key = made.body["key"].as_str().unwrap();
    let rows: String = sqlx::query_scalar(
        "select string_agg(r, ' ') from (select i::text as r from integration i union all select k::text from idempotency_record k union all select encode(s.sealed, 'escape') from sealed_reply s union all select m::text from mail m) x",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert!(!rows.contains(key) && rows.contains("ERP"), "{rows}");
    app.work().await;
    let mails = std::fs::read_dir(app.folder().join("mails"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let mails: Vec<_> = mails.collect();
    assert!(
        mails.len() == 1 && !mails[0].contains(key),
        "the notification does not name the key"
    );
}
