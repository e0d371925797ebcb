//! Refused paths, methods and parameters, and the language of the refusals.

use reqwest::Method;
use service_desk::sop::role::{Role, Roles};

use super::{ask, operations};
use crate::support::TestApp;

#[actix_web::test]
async fn an_unknown_path_is_not_found_in_the_callers_language() {
    let app = TestApp::start().await;
    for (wish, tag, title) in [
        ("", "id", "Tidak ditemukan"),
        ("en", "en", "Not found"),
        ("en-GB,id;q=0.5", "en", "Not found"),
        ("id,en;q=0.9", "id", "Tidak ditemukan"),
        ("fr", "id", "Tidak ditemukan"),
        ("en;q=0", "id", "Tidak ditemukan"),
    ] {
        for path in ["/api/v1/nowhere", "/nowhere"] {
            let refusal = ask(
                &app.nobody(),
                Method::GET,
                path,
                &[("accept-language", wish)],
            )
            .await;
            assert_eq!(
                (
                    refusal.header("content-language"),
                    refusal.body["title"].as_str()
                ),
                (Some(tag), Some(title)),
                "{wish}"
            );
            assert_eq!(
                (refusal.status, refusal.body["instance"].as_str()),
                (404, Some("/"))
            );
        }
    }
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start().await;
    let (nobody, staff) = (app.nobody(), app.staff(Role::Head).await);
    for (path, allow) in [
        ("/api/v1/users", "GET, POST, HEAD, OPTIONS"),
        ("/api/v1/me/password", "POST, OPTIONS"),
        ("/api/v1/sops/cert", "GET, HEAD, OPTIONS"),
    ] {
        let refusal = ask(&staff, Method::DELETE, path, &[]).await;
        assert_eq!(
            (refusal.status, refusal.code(), refusal.header("allow")),
            (405, "method_not_allowed", Some(allow)),
            "{path}"
        );
    }
    for path in ["/api/v1/sops", "/api/v1/auth/login", "/health/live"] {
        assert_eq!(
            ask(&nobody, Method::DELETE, path, &[]).await.status,
            405,
            "{path} has nothing closed about it"
        );
    }
    // The contract is public, so a missing path or method may be revealed without authentication;
    // and a literal path wins over a path with a parameter.
    for (method, path) in [
        (Method::DELETE, "/api/v1/users"),
        (Method::TRACE, "/api/v1/complaints"),
        (Method::GET, "/api/v1/complaints/paper"),
    ] {
        for person in [&nobody, &staff] {
            ask(person, method.clone(), path, &[])
                .await
                .refused(405, "method_not_allowed");
        }
    }
}

#[actix_web::test]
async fn a_wrong_path_parameter_is_a_400() {
    let app = TestApp::start().await;
    let all_roles = everything(&app).await;
    let mut tried = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.path.contains("{id}") && one.method == Method::GET)
    {
        for wrong in [
            "1",
            "not-a-uuid",
            "0192f0c1-2b3c-7def-8123-456789abcdeg",
            "%00",
            "%ff",
            "..;",
        ] {
            let path = operation
                .address()
                .replace("0192f0c1-2b3c-7def-8123-456789abcdef", wrong);
            let refusal = ask(&all_roles, Method::GET, &path, &[]).await;
            assert_eq!(
                (refusal.status, refusal.code()),
                (400, "invalid_parameter"),
                "{path}"
            );
            tried += 1;
        }
    }
    assert!(tried > 30);
    let case = "/api/v1/applications/0192f0c1-2b3c-7def-8123-456789abcdef";
    for end in [
        "snapshots/99999/changes",
        "snapshots/x/changes",
        "documents/P01/versions/99999999999",
        "documents/%00/versions/1",
    ] {
        ask(&all_roles, Method::GET, &format!("{case}/{end}"), &[])
            .await
            .refused(400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn an_unknown_query_parameter_is_refused_by_every_operation_with_the_names_of_the_known_ones()
{
    let app = TestApp::start().await;
    let (all_roles, nobody) = (super::person_with_every_role(&app).await, app.nobody());
    for operation in operations()
        .into_iter()
        .filter(|one| one.is_api() && !one.reporter)
    {
        let person = if operation.open { &nobody } else { &all_roles };
        let path = format!("{}?nonsense=1", operation.address());
        let refusal = ask(
            person,
            operation.method.clone(),
            &path,
            &[("accept-language", "en")],
        )
        .await
        .refused(400, "invalid_parameter");
        let detail = refusal["detail"].as_str().unwrap();
        let known: Vec<_> = operation
            .listed("query")
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(
            known
                .iter()
                .all(|name| detail.contains(&format!("`{name}`"))),
            "{path}: {detail}"
        );
        assert_eq!(
            (
                &refusal["errors"][0]["pointer"],
                &refusal["errors"][0]["code"]
            ),
            (&"?nonsense".into(), &"unknown_parameter".into()),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_wrong_value_in_the_query_is_a_400() {
    let app = TestApp::start().await;
    let all_roles = everything(&app).await;
    for query in [
        "applications?stage=lost",
        "applications?scheme=iso",
        "applications?count=maybe",
        "applications?customer=me",
        "applications?submitted_from=yesterday",
        "applications?submitted_from=-262143-01-01T00:00:00Z",
        "applications?submitted_to=%2B262142-12-31T23:59:59Z",
        "applications?text=%00",
        "applications?limit=1&limit=2",
        "billings?status=late",
        "billings?application=x",
        "users?role=king",
        "sops/cert?format=pdf",
    ] {
        all_roles
            .get(&format!("/api/v1/{query}"))
            .await
            .refused(400, "invalid_parameter");
    }
    all_roles
        .get(&format!("/api/v1/applications?text={}", "x".repeat(101)))
        .await
        .refused(400, "invalid_parameter");
    all_roles
        .get("/api/v1/applications?text=%25_%5C%27%3B--")
        .await
        .expect(200);
    all_roles.get("/api/v1/applications?submitted_from=0001-01-01T00:00:00Z&submitted_to=9999-12-31T23:59:59Z").await.expect(200);
}

/// A value that keeps no pattern, list, type or length. Free text without a length may be anything.
#[actix_web::test]
async fn each_limit_of_a_query_parameter_in_the_contract_holds() {
    let app = TestApp::start().await;
    let all_roles = everything(&app).await;
    let wrong = "~".repeat(2000);
    let mut refused = 0;
    for operation in operations() {
        if operation.method != Method::GET || operation.reporter || !operation.is_api() {
            continue;
        }
        let address = operation.address();
        if all_roles.get(&address).await.status == 403 {
            continue;
        }
        for parameter in operation.listed("query") {
            let schema = &parameter["schema"];
            let is_free = schema["type"] == "string"
                && ["pattern", "enum", "format", "maxLength"]
                    .iter()
                    .all(|limit| schema.get(limit).is_none());
            if is_free {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            let answer = all_roles.get(&format!("{address}?{name}={wrong}")).await;
            assert_eq!(answer.status, 400, "{address}?{name}: {:#}", answer.body);
            refused += 1;
        }
    }
    assert!(refused > 80, "only {refused} parameters were tried");
}

/// Only values that the contract calls dates are checked as dates.
#[actix_web::test]
async fn a_search_may_begin_like_a_date() {
    let app = TestApp::start().await;
    let all_roles = everything(&app).await;
    for text in [
        "%2B62811-7123-456",
        "-0001-01-01",
        "%2B12345-01-01T00:00:00Z",
        "2026-13-45",
        "0197dd1c-6a80",
        "1e309",
    ] {
        all_roles
            .get(&format!("/api/v1/applications?text={text}"))
            .await
            .expect(200);
    }
    let mut tried = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.is_api() && !one.reporter && one.method == Method::GET)
    {
        for parameter in operation.listed("query") {
            let schema = crate::support::contract()
                .resolved(&parameter["schema"])
                .to_string();
            let name = parameter["name"].as_str().unwrap();
            let is_date = schema.contains("\"date\"") || schema.contains("\"date-time\"");
            let answer = all_roles
                .get(&format!(
                    "{}?{name}=%2B12345-01-01T00:00:00Z",
                    operation.address()
                ))
                .await;
            let blamed = answer.body["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|one| one["detail"].as_str().unwrap().contains("empat angka"));
            assert!(
                answer.status < 500 && (is_date || !blamed),
                "{} {name}: {}",
                operation.id,
                answer.body
            );
            assert!(
                !is_date || answer.status != 200,
                "{} {name} takes a date that the database cannot keep",
                operation.id
            );
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

async fn everything(app: &TestApp) -> crate::support::Person {
    app.staff_with(
        [
            Role::Admin,
            Role::Head,
            Role::SsLead,
            Role::Treasurer,
            Role::InternalAuditor,
            Role::IdentityCustodian,
        ]
        .into_iter()
        .fold(Roles::NONE, Roles::with),
    )
    .await
}

/// A receipt code that was pasted into an address is not repeated: in no body and in no header.
#[actix_web::test]
async fn a_code_in_a_wrong_address_is_not_echoed() {
    let app = TestApp::start().await;
    let (nobody, all_roles) = (app.nobody(), everything(&app).await);
    for code in [
        "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D",
        "7k3f92m8qtvw4xz1b6cnhj5prd",
        "kuncikodepelaporrahasiasekali",
    ] {
        for path in [
            format!("/{code}"),
            format!("/api/v1/{code}"),
            format!("/api/v1/complaints/{code}"),
            format!("/api/v1/complaints/mine/{code}"),
            format!("/api/v1/complaints/{code}/disposition"),
            format!("/api/v1/complaints{code}"),
            format!("/api/v1/complaints/mine/attachments/{code}"),
            format!("/api/v1/public/letters/{code}"),
            format!("/api/v1/applications/{code}"),
            format!("/api/v1/sops/{code}"),
            format!("/api/v1/schemes/{code}"),
            format!("/api/v1/problems/{code}"),
            format!("/guide/{code}"),
            format!("/swagger-ui/{code}"),
            format!("/api/v1/complaints?{code}=1"),
            format!("/api/v1/sops?{code}"),
            format!("/api/v1/sops/cert?code={code}"),
            format!("/api/v1/applications?stage={code}&limit={code}&cursor={code}"),
            format!("/api/v1/applications?{code}=+12345-01"),
        ] {
            for (person, method) in [
                (&nobody, Method::GET),
                (&all_roles, Method::GET),
                (&all_roles, Method::DELETE),
                (&nobody, Method::POST),
            ] {
                let answer = ask(person, method.clone(), &path, &[]).await;
                let told = format!(
                    "{:?} {}",
                    answer.headers(),
                    String::from_utf8_lossy(&answer.bytes)
                );
                assert!(
                    (400..500).contains(&answer.status),
                    "{method} {path}: {}",
                    answer.status
                );
                assert!(
                    !told.to_lowercase().contains(&code.to_lowercase()),
                    "{method} {path}: {told}"
                );
            }
        }
    }
}
