//! Refused bodies: each problem is complete and names the place of the fault.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, web};
use reqwest::Method;
use serde_json::json;
use service_desk::web::problem::problem_responses;

use super::{post_bytes, raw_exchange, send};
use crate::certification::office::application;
use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/applications";

async fn code_of(person: &Person, body: impl Into<Vec<u8>>) -> (u16, String) {
    let answer = post_bytes(person, PATH, "application/json", body).await;
    (answer.status, answer.code().to_owned())
}

#[actix_web::test]
async fn what_is_no_json_is_malformed() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
    for body in [
        &b"{"[..],
        b"",
        b"\xff\xfe",
        b"{\"scheme\": NaN}",
        b"{} {}",
        deep.as_bytes(),
        b"{'scheme': 1}",
    ] {
        assert_eq!(
            code_of(&customer, body).await,
            (400, "malformed_body".to_owned()),
            "{}",
            String::from_utf8_lossy(&body[..body.len().min(20)])
        );
    }
}

#[actix_web::test]
async fn a_fault_of_shape_is_named_by_its_place() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let with = |pointer: &str, value: serde_json::Value| {
        let mut form = application();
        let (place, name) = pointer.rsplit_once('/').unwrap();
        form.pointer_mut(place).unwrap()[name] = value;
        form
    };
    for (form, pointer, code) in [
        (with("/stage", json!("filed")), "/stage", "unknown_field"),
        (
            with("/company/vip", json!(true)),
            "/company/vip",
            "unknown_field",
        ),
        (
            with("/personnel/total", json!("many")),
            "/personnel/total",
            "wrong_type",
        ),
        (
            with("/personnel/total", json!(-1)),
            "/personnel/total",
            "wrong_type",
        ),
        (
            with("/personnel/total", json!(1e30)),
            "/personnel/total",
            "wrong_type",
        ),
        (with("/scheme", json!("iso_1")), "/scheme", "unknown_value"),
        (with("/scope", json!("a\u{0}b")), "", "unprintable"),
        (json!({}), "/scheme", "missing_field"),
        (json!([]), "", "wrong_type"),
        (json!(["quality_iso9001", "initial"]), "", "wrong_type"),
    ] {
        let refusal = customer
            .post(PATH, form.clone())
            .await
            .refused(422, "invalid_content");
        assert_eq!(refusal["errors"][0]["pointer"], pointer, "{form}");
        assert_eq!(refusal["errors"][0]["code"], code, "{form}");
    }
}

#[actix_web::test]
async fn every_fault_of_content_is_listed_at_once() {
    let app = TestApp::start().await;
    let mut form = application();
    form["company"]["nib"] = json!("12");
    form["company"]["name"] = json!(" ");
    form["contact"]["email"] = json!("nobody");
    form["personnel"]["shifts"] = json!(9);
    let refusal = app
        .customer()
        .await
        .post(PATH, form)
        .await
        .refused(422, "invalid_content");
    let pointers: Vec<_> = refusal["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        pointers,
        [
            "/company/name",
            "/company/nib",
            "/personnel",
            "/contact/email"
        ]
    );
}

#[actix_web::test]
async fn a_body_has_a_limit_and_a_type() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    assert_eq!(
        code_of(&customer, vec![b' '; (1 << 20) + 1]).await,
        (413, "body_too_large".to_owned())
    );
    assert_eq!(
        code_of(&customer, vec![b' '; 1 << 20]).await.0,
        400,
        "a body of the maximum size is read"
    );
    for media_type in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let refusal = post_bytes(&customer, PATH, media_type, "{}").await;
        assert_eq!(
            (refusal.status, refusal.code()),
            (415, "unsupported_media_type"),
            "{media_type}"
        );
    }
    assert_eq!(
        post_bytes(&customer, PATH, "Application/JSON; charset=utf-8", "{}")
            .await
            .status,
        422
    );
}

#[actix_web::test]
async fn a_key_given_twice_is_refused() {
    let app = TestApp::start().await;
    let body =
        r#"{"email": "a@b.example", "email": "c@d.example", "password": "kuda benar baterai"}"#;
    let refusal = post_bytes(
        &app.nobody(),
        "/api/v1/auth/login",
        "application/json",
        body,
    )
    .await
    .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["code"], "duplicate_field");
}

#[actix_web::test]
async fn without_a_token_a_body_is_not_waited_for() {
    let app = TestApp::start().await;
    let begun = Instant::now();
    let request = b"POST /api/v1/applications HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{";
    let reply = raw_exchange(&app, request, Duration::from_secs(5)).await;
    assert!(
        reply.starts_with("HTTP/1.1 401") && reply.contains("unauthenticated"),
        "{reply}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_is_given_up_after_ten_seconds() {
    let app = TestApp::start().await;
    let token = app.customer().await.token.unwrap();
    let request = format!(
        "POST /api/v1/applications HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{{"
    );
    let begun = Instant::now();
    let reply = raw_exchange(&app, request.as_bytes(), Duration::from_secs(20)).await;
    assert!(
        reply.starts_with("HTTP/1.1 408") && reply.contains("request_timeout"),
        "{reply}"
    );
    assert!(
        (9..15).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
}

/// A complaint of 19 kB over a line of 1.6 kB a second takes twelve seconds, and succeeds.
#[actix_web::test]
async fn a_slow_line_brings_a_complaint_in() {
    let app = TestApp::start().await;
    let body = json!({"category": "service", "content": {"subject": "Pungutan", "account": "Petugas meminta uang. ".repeat(850)}}).to_string();
    assert!(body.len() > 18_500);
    let head = format!(
        "POST /api/v1/complaints HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let address = app.address().to_owned();
    let talk = move || {
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        for piece in body.as_bytes().chunks(800) {
            std::thread::sleep(Duration::from_millis(500));
            socket.write_all(piece).unwrap();
        }
        let mut reply = [0; 12];
        socket.read_exact(&mut reply).unwrap();
        String::from_utf8_lossy(&reply).into_owned()
    };
    assert_eq!(
        tokio::task::spawn_blocking(talk).await.unwrap(),
        "HTTP/1.1 201"
    );
}

#[actix_web::test]
async fn a_handler_that_panics_answers_with_a_problem_too() {
    let boom = web::get().to(async || -> HttpResponse { panic!("a test asks for it") });
    let app = actix_web::test::init_service(
        App::new()
            .route("/boom", boom)
            .wrap(from_fn(problem_responses)),
    )
    .await;
    let request = actix_web::test::TestRequest::get()
        .uri("/boom")
        .insert_header(("accept-language", "en"))
        .to_request();
    let error = actix_web::test::try_call_service(&app, request)
        .await
        .unwrap_err();
    let reply = error.error_response();
    assert_eq!(reply.status(), 500);
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(reply.headers().get(name).unwrap(), value, "{name}");
    }
    let id = reply
        .headers()
        .get("x-request-id")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let body = actix_web::body::to_bytes(reply.into_body()).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&body["code"], &body["trace_id"], &body["title"]),
        (
            &json!("internal_error"),
            &json!(id),
            &json!("The fault is ours")
        )
    );
}

/// A byte order mark is ignored (RFC 8259 §8.1), once and at the beginning only.
#[actix_web::test]
async fn a_byte_order_mark_is_ignored() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let form = application().to_string();
    assert_eq!(
        post_bytes(&customer, PATH, "application/json", marked(&form))
            .await
            .status,
        201
    );
    assert_eq!(
        code_of(&customer, marked("{}")).await,
        (422, "invalid_content".to_owned())
    );
    for wrong in [
        marked(""),
        [b"\xef\xbb\xbf".as_slice(), &marked(&form)].concat(),
        [form.as_bytes(), b"\xef\xbb\xbf"].concat(),
    ] {
        assert_eq!(
            code_of(&customer, wrong).await,
            (400, "malformed_body".to_owned())
        );
    }
}

/// A body under a content coding is refused with the name of the coding and the accepted
/// alternative (RFC 9110 §15.5.16).
#[actix_web::test]
async fn an_encoded_body_is_refused_by_the_name_of_its_coding() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let made = customer.post(PATH, application()).await;
    let draft = made.header("location").unwrap().to_owned();
    let gzipped = {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, application().to_string().as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    for coding in [
        "gzip",
        "br",
        "deflate",
        "zstd",
        "GZIP",
        "identity, gzip",
        "x-made-up",
    ] {
        let named = coding.rsplit(", ").next().unwrap();
        let (upload, verification) = (
            format!("{draft}/documents/Q01"),
            "/api/v1/public/letters/verification".to_owned(),
        );
        for (method, path, media_type) in [
            (Method::POST, PATH.to_owned(), "application/json"),
            (Method::PATCH, draft.clone(), "application/merge-patch+json"),
            (
                Method::POST,
                "/api/v1/auth/login".to_owned(),
                "application/json",
            ),
            (Method::PUT, upload, "application/pdf"),
            (Method::POST, verification, "application/pdf"),
        ] {
            let body = Some((media_type, gzipped.clone()));
            let headers = [
                ("content-encoding", coding),
                ("if-match", "*"),
                ("accept-language", "en"),
            ];
            let answer = customer
                .ask(&crate::support::Request {
                    method,
                    path: &path,
                    body,
                    headers: &headers,
                })
                .await;
            assert_eq!(
                (
                    answer.status,
                    answer.code(),
                    answer.header("accept-encoding")
                ),
                (415, "unsupported_media_type", Some("identity")),
                "{path}"
            );
            assert!(
                answer.body["detail"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("`{named}`")),
                "{path}: {}",
                answer.body
            );
        }
    }
    for fine in ["identity", "", "Identity, identity"] {
        let body = Some(("application/json", application().to_string().into_bytes()));
        let asking = crate::support::Request {
            method: Method::POST,
            path: PATH,
            body,
            headers: &[("content-encoding", fine)],
        };
        assert_eq!(customer.ask(&asking).await.status, 201, "{fine:?}");
    }
}

/// The media types of the contract are accepted, with any parameter, and no others.
#[actix_web::test]
async fn the_media_types_that_the_contract_declares_are_taken_and_no_others() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mut patches = 0;
    for operation in super::operations()
        .into_iter()
        .filter(|one| one.form().is_some())
    {
        let declared = operation
            .document
            .pointer("/requestBody/content")
            .unwrap()
            .as_object()
            .unwrap();
        let patch = operation.method == Method::PATCH;
        assert_eq!(
            declared.contains_key("application/merge-patch+json"),
            patch,
            "{}",
            operation.id
        );
        patches += usize::from(patch);
    }
    assert!(patches > 3, "{patches}");
    let made = customer.post(PATH, application()).await;
    let draft = made.header("location").unwrap().to_owned();
    let parameters = [
        "",
        "; charset=utf-8",
        ";charset=UTF-8",
        "; charset=\"utf-8\"",
        " ;charset=utf-8; x=1",
    ];
    for parameter in parameters {
        for name in [
            "application/json",
            "Application/JSON",
            "application/merge-patch+json",
            "APPLICATION/Merge-Patch+JSON",
        ] {
            let media_type = format!("{name}{parameter}");
            let body = Some((media_type.as_str(), br#"{"scope": "Air minum"}"#.to_vec()));
            let asking = crate::support::Request {
                method: Method::PATCH,
                path: &draft,
                body,
                headers: &[("if-match", "*")],
            };
            customer.ask(&asking).await.expect(200);
            let posted = post_bytes(&customer, PATH, &media_type, application().to_string()).await;
            let wanted = if name.to_lowercase() == "application/json" {
                201
            } else {
                415
            };
            assert_eq!(posted.status, wanted, "{media_type}");
        }
    }
    for wrong in [
        "application/xml",
        "text/json",
        "application/problem+json",
        "application/json-patch+json",
        "application/jsonx",
        "json",
    ] {
        let asking = crate::support::Request {
            method: Method::PATCH,
            path: &draft,
            body: Some((wrong, b"{}".to_vec())),
            headers: &[("if-match", "*")],
        };
        let refusal = customer
            .ask(&asking)
            .await
            .refused(415, "unsupported_media_type");
        assert!(
            refusal["detail"]
                .as_str()
                .unwrap()
                .contains("application/merge-patch+json"),
            "{refusal}"
        );
    }
}

#[actix_web::test]
async fn a_merge_patch_may_say_so_and_must_be_an_object() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let made = customer.post(PATH, application()).await;
    let (path, tag) = (made.header("location").unwrap().to_owned(), made.etag());
    let body = Some((
        "application/merge-patch+json",
        br#"{"scope": "Air minum"}"#.to_vec(),
    ));
    let asking = crate::support::Request {
        method: Method::PATCH,
        path: &path,
        body,
        headers: &[("if-match", &tag)],
    };
    assert_eq!(
        customer.ask(&asking).await.expect(200)["scope"],
        "Air minum"
    );
    for wrong in [
        json!([]),
        json!("x"),
        json!(null),
        json!({"scheme": null}),
        json!({"customer_id": uuid::Uuid::new_v4()}),
    ] {
        send(
            &customer,
            Method::PATCH,
            &path,
            &wrong,
            &[("if-match", "*")],
        )
        .await
        .refused(422, "invalid_content");
    }
}
