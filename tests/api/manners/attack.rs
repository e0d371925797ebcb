//! Robustness: odd numbers, dates, letters, paths and headers from an authorised user. No request
//! may end in a 500.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::{ask, operations, raw_exchange, send};
use crate::certification::Office;
use crate::certification::office::{Until, application, mandatory, pdf};
use crate::support::{Request, TestApp};

const FAR: [&str; 5] = [
    "0000-12-31T00:00:00Z",
    "-262143-01-01T00:00:00Z",
    "+262142-12-31T23:59:59Z",
    "-0001-01-01T00:00:00Z",
    "+10000-01-01T00:00:00Z",
];

#[actix_web::test]
async fn a_date_out_of_this_world_is_refused() {
    let office = Office::open().await;
    let (signed, sent) = (
        office.case(Until::Signed).await,
        office.case(Until::Sent).await,
    );
    let verified = office.case(Until::Verified).await;
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0].clone();
    drop(sent);
    let pay = format!(
        "/api/v1/billings/{}/payments",
        billing["id"].as_str().unwrap()
    );
    for far in FAR {
        let mut dispatch = office.dispatch();
        dispatch["billing"]["issued_at"] = json!(far);
        office
            .pji_staff
            .post(&format!("{signed}/audit-notice/dispatch"), dispatch)
            .await
            .refused(422, "invalid_content");
        let mut proposal = office.proposal();
        proposal["answer_by"] = json!(far);
        proposal["proposed_dates"][0] = json!(far.split('T').next().unwrap());
        let refusal = office
            .pji_staff
            .post(&format!("{verified}/audit-confirmation"), proposal)
            .await
            .refused(422, "invalid_content");
        let pointers: Vec<_> = refusal["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["pointer"].as_str().unwrap())
            .collect();
        assert!(
            pointers.contains(&"/answer_by") && pointers.contains(&"/proposed_dates/0"),
            "{pointers:?}"
        );
        let payment =
            json!({"ntpn": "A1B2C3D4E5F6G7H8", "paid_at": far, "amount": billing["amount"]});
        office
            .treasurer
            .post(&pay, payment)
            .await
            .refused(422, "invalid_content");
    }
    for near in [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
    ] {
        let mut dispatch = office.dispatch();
        dispatch["billing"]["issued_at"] = json!(near);
        office
            .pji_staff
            .post(&format!("{signed}/audit-notice/dispatch"), dispatch)
            .await
            .refused(422, "invalid_content");
    }
}

#[actix_web::test]
async fn huge_numbers_are_refused_where_they_stand() {
    let office = Office::open().await;
    let (verified, confirmed) = (
        office.case(Until::Verified).await,
        office.case(Until::Confirmed).await,
    );
    for (quantity, amount) in [
        ("4294967295", "9223372036854775807"),
        ("4294967296", "1"),
        ("1", "9223372036854775808"),
        ("1", "1e400"),
        ("1", "-1"),
        ("0", "1"),
    ] {
        let swapped = |form: Value| {
            let text = serde_json::to_string(&form).unwrap();
            text.replacen("\"quantity\":2", &format!("\"quantity\":{quantity}"), 1)
                .replacen(
                    "\"unit_amount\":2000000",
                    &format!("\"unit_amount\":{amount}"),
                    1,
                )
        };
        for (path, person, form) in [
            (
                format!("{verified}/audit-confirmation"),
                &office.pji_staff,
                swapped(office.proposal()),
            ),
            (
                format!("{confirmed}/audit-notice"),
                &office.operations,
                swapped(office.notice()),
            ),
        ] {
            let answer = super::post_bytes(person, &path, "application/json", form).await;
            assert!(
                matches!(answer.status, 400 | 422),
                "{quantity} × {amount} at {path} → {}: {}",
                answer.status,
                answer.body
            );
        }
    }
}

#[actix_web::test]
async fn letters_of_the_world_come_back_as_they_were_and_never_as_control() {
    let office = Office::open().await;
    for name in [
        "PT Śrīvijaya 🌊",
        "שלום PT",
        "𝓟𝓣 Āẓ",
        "PT \"<script>alert(1)</script>\" & 'x'",
        "PT %00 \\u0000 ${jndi}",
    ] {
        let mut form = application();
        form["company"]["name"] = json!(name);
        let made = office
            .customer
            .post("/api/v1/applications", form)
            .await
            .expect(201);
        assert_eq!(made["company"]["name"], name);
    }
    for name in [
        "PT\nX",
        "PT\u{0}X",
        "PT\u{1b}[31m",
        "PT \u{202e}gnirk",
        "PT \u{2067}X",
        "\u{202e}\u{0}",
    ] {
        let mut form = application();
        form["company"]["name"] = json!(name);
        office
            .customer
            .post("/api/v1/applications", form)
            .await
            .refused(422, "invalid_content");
    }
}

#[actix_web::test]
async fn a_file_name_cannot_break_out_of_its_header() {
    let office = Office::open().await;
    let draft = office.bare_draft().await;
    let names = [
        "attachment; filename=\"a\\\"; filename=evil.exe\"",
        "attachment; filename*=UTF-8''a%0d%0aset-cookie%3a%20x%3d1.pdf",
        "attachment; filename=\"../../etc/passwd\"",
        "attachment; filename*=UTF-8''%e2%80%aefdp.exe",
        "attachment; filename*=UTF-8''%00.pdf",
        "attachment; filename=\"\"",
        "nonsense;;;=\"",
    ];
    for (version, name) in (1..).zip(names) {
        let path = format!("{draft}/documents/{}", mandatory()[0]);
        let body = Some(("application/octet-stream", pdf(name)));
        let asking = Request {
            method: Method::PUT,
            path: &path,
            body,
            headers: &[("content-disposition", name)],
        };
        let stored = office.customer.ask(&asking).await.expect(201);
        let stored = stored["file_name"].as_str().unwrap();
        assert!(
            stored.rsplit('.').next() == Some("pdf")
                && !stored.contains(['/', '\\', '"', '\r', '\n', '\0', '\u{202e}']),
            "{stored}"
        );
        let download = office
            .customer
            .get(&format!("{path}/versions/{version}"))
            .await;
        assert_eq!(
            (download.status, download.header("set-cookie")),
            (200, None)
        );
        assert!(
            download
                .header("content-disposition")
                .unwrap()
                .starts_with("attachment; filename=\""),
            "{name}"
        );
        assert_eq!(download.header("x-content-type-options"), Some("nosniff"));
    }
}

#[actix_web::test]
async fn tricks_with_paths_lead_nowhere() {
    let app = TestApp::start().await;
    let token = app.customer().await.token.unwrap();
    for path in [
        "/api/v1/applications/%2e%2e/users",
        "/api/v1/applications/../users",
        "/api/v1/./users",
        "//api/v1/users",
        "/api/v1//users",
        "/api/v1/users/",
        "/api/v1/users;x=1",
        "/api/v1/users%00",
        "/api/v1/users%2f",
        "/API/V1/users",
        "/swagger-ui/%2e%2e/%2e%2e/etc/passwd",
        "/swagger-ui/../../../../etc/passwd",
        "http://evil.example/api/v1/nowhere",
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
        let reply = raw_exchange(&app, request.as_bytes(), Duration::from_secs(3)).await;
        assert!(
            ["404", "403", "400"]
                .iter()
                .any(|status| reply.starts_with(&format!("HTTP/1.1 {status}"))),
            "{path}: {reply}"
        );
        assert!(!reply.contains("root:"), "{path}");
    }
}

#[actix_web::test]
async fn no_operation_breaks_on_rubbish() {
    let app = TestApp::start().await;
    let all = Role::all().filter(|role| *role != Role::Customer).fold(
        service_desk::sop::role::Roles::NONE,
        service_desk::sop::role::Roles::with,
    );
    let (staff, customer) = (app.staff_with(all).await, app.customer().await);
    let bodies = [
        json!(null),
        json!([]),
        json!({}),
        json!({"": ""}),
        json!("x"),
        json!(1e300),
        json!({"a": {"b": [{"c": "\u{0}"}]}}),
    ];
    for operation in operations().into_iter().filter(|one| one.id != "logout") {
        for body in &bodies {
            for person in [&staff, &customer] {
                let answer = send(
                    person,
                    operation.method.clone(),
                    &operation.address(),
                    body,
                    &[("if-match", "*"), ("range", "bytes=--1")],
                )
                .await;
                assert!(
                    answer.status < 500,
                    "{} {} with {body} → {}",
                    operation.method,
                    operation.path,
                    answer.status
                );
            }
        }
    }
}

#[actix_web::test]
async fn odd_headers_break_nothing() {
    let app = TestApp::start().await;
    let head = app.staff(Role::Head).await;
    let long = "x".repeat(20_000);
    for headers in [
        [("accept-language", "en;q=NaN, id;q=inf, *;q=-1")],
        [("accept-language", long.as_str())],
        [("if-none-match", "\"\", W/, *x, ")],
        [("accept-encoding", "gzip;q=0, br;q=x, ;;,")],
        [("content-length-x", "1")],
        [("x-forwarded-for", "::::")],
        [("forwarded", "for=evil")],
    ] {
        let answer = ask(&head, Method::GET, "/api/v1/me", &headers).await;
        assert!(answer.status == 200, "{headers:?} → {}", answer.status);
    }
    for scheme in [
        "Basic YTpi",
        "Bearer",
        "Bearer ",
        "bearer x y",
        "Token x",
        "Bearer é",
        &format!("Bearer {long}"),
    ] {
        ask(
            &app.nobody(),
            Method::GET,
            "/api/v1/me",
            &[("authorization", scheme)],
        )
        .await
        .refused(401, "unauthenticated");
    }
}
