//! Delivery of a mail, and the failures of the receiving server.

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::server::{Extensions, MailServer, Mishap};
use super::{app_with, certificate, token};
use crate::manners::logs::log;
use crate::support::{Person, Request, TestApp};

pub const NEW: &str = "perahu hijau menuju hulu";

/// Requests a password reset for `person`, which queues a mail.
pub async fn forget_password(app: &TestApp, person: &Person) {
    app.nobody()
        .post(
            "/api/v1/auth/password-reset",
            json!({"email": person.email}),
        )
        .await
        .expect(202);
}

/// The newest mail in the administrators' list.
async fn newest(admin: &Person) -> Value {
    admin.get("/api/v1/mails?limit=1").await.expect(200)["items"][0].clone()
}

#[actix_web::test]
async fn a_mail_is_text_and_html_from_the_office_to_one_person_and_greets_with_the_services_own_name()
 {
    let server = MailServer::open().await;
    let app = app_with(&server, &["--portal-url", "https://layanan.bspji.example/"]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    forget_password(&app, &staff).await;
    assert!(
        server.arrived().is_empty(),
        "the mail is sent after the reply, not before"
    );
    app.work().await;
    let mail = server.only();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice(), mail.hello.as_str()),
        (
            "layanan@bspji.example",
            [staff.email.clone()].as_slice(),
            "desk.test"
        )
    );
    let seen = newest(&admin).await;
    assert_eq!(
        mail.header("message-id").unwrap(),
        format!("<{}@bspji.example>", seen["id"].as_str().unwrap())
    );
    assert_eq!(
        mail.header("auto-submitted").as_deref(),
        Some("auto-generated")
    );
    assert_eq!(
        mail.header("date").as_deref(),
        Some("Mon, 06 Jul 2026 01:00:00 +0000")
    );
    assert_eq!(
        mail.header("subject").as_deref(),
        Some("Mengganti kata sandi akun layanan Anda")
    );
    let link = format!(
        "https://layanan.bspji.example/password-reset#token={}",
        token(&mail)
    );
    assert!(
        mail.text().contains(&link) && mail.html().replace("&#x2f;", "/").contains(&link),
        "{}",
        mail.text()
    );
    assert_eq!(
        (
            &seen["kind"],
            &seen["state"],
            &seen["attempts"],
            &seen["user_id"]
        ),
        (
            &json!("password_reset"),
            &json!("sent"),
            &json!(1),
            &json!(staff.id)
        )
    );
    app.work_again().await;
    assert_eq!(server.arrived().len(), 1, "a sent mail is not sent again");
}

#[actix_web::test]
async fn a_server_that_says_later_is_asked_again_and_one_that_says_never_is_not() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    server.fail_next_with(&[Mishap::Rcpt(451), Mishap::HangUpAtOnce, Mishap::Data(452)]);
    forget_password(&app, &staff).await;
    app.work().await;
    let seen = newest(&admin).await;
    assert_eq!(
        (&seen["state"], &seen["failure"], &seen["attempts"]),
        (&json!("waiting"), &json!("smtp_451"), &json!(1))
    );
    app.work_again().await;
    let seen = newest(&admin).await;
    assert_eq!(
        (&seen["state"], &seen["attempts"]),
        (&json!("waiting"), &json!(2)),
        "{seen}"
    );
    app.work_again().await;
    assert_eq!(newest(&admin).await["failure"], "smtp_452");
    assert_eq!(
        admin.get("/api/v1/mails?failed=true").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    app.work_again().await;
    assert_eq!(
        (server.arrived().len(), &newest(&admin).await["state"]),
        (1, &json!("sent"))
    );
    assert_eq!(
        admin.get("/api/v1/mails?failed=true").await.expect(200)["items"],
        json!([])
    );

    // The list is sorted newest first: the next mail must be newer.
    app.clock.advance(chrono::TimeDelta::seconds(1));
    server.fail_next_with(&[Mishap::Rcpt(550)]);
    forget_password(&app, &admin).await;
    app.work().await;
    let seen = newest(&admin).await;
    assert_eq!(
        (&seen["state"], &seen["failure"]),
        (&json!("given_up"), &json!("smtp_550"))
    );
    assert_eq!(app.waiting("send_mail").await, 0);
    app.work_again().await;
    assert_eq!(server.arrived().len(), 1);
}

#[actix_web::test]
async fn a_mail_whose_receipt_was_lost_is_sent_again_as_the_same_mail() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    server.fail_next_with(&[Mishap::HangUpAfterData]);
    forget_password(&app, &staff).await;
    app.work().await;
    app.work_again().await;
    let [first, second] = &server.arrived()[..] else {
        panic!("{:#?}", server.arrived())
    };
    assert_eq!(first.header("message-id"), second.header("message-id"));
    assert_eq!(first.header("date"), second.header("date"));
    assert_eq!(
        token(first),
        token(second),
        "the codes of both mails are valid"
    );
    let form = json!({"token": token(first), "password": NEW});
    app.nobody()
        .post("/api/v1/auth/password-reset/confirm", form)
        .await
        .expect(204);
}

#[actix_web::test]
async fn with_starttls_nothing_is_said_in_clear_and_the_password_reaches_the_right_server_only() {
    let server = MailServer::offering(Extensions {
        starttls: true,
        auth: true,
    })
    .await;
    let folder = std::env::temp_dir().join(format!("service-desk-smtp-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let (authority, password) = (folder.join("ca.pem"), folder.join("password"));
    std::fs::write(&authority, certificate::pem()).unwrap();
    std::fs::write(&password, "rahasia-kantor\n").unwrap();
    let (port, authority, password) = (
        server.port().to_string(),
        authority.to_str().unwrap(),
        password.to_str().unwrap(),
    );
    let flags = [
        "--smtp-host",
        "localhost",
        "--smtp-port",
        &port,
        "--mail-from",
        "a@bspji.example",
        "--smtp-user",
        "layanan",
        "--smtp-password-file",
        password,
    ];
    let trusting = flags
        .iter()
        .chain(&["--smtp-ca-file", authority])
        .copied()
        .collect::<Vec<_>>();
    let app = TestApp::start_with(&trusting).await;
    let staff = app.staff(Role::PjiStaff).await;
    forget_password(&app, &staff).await;
    app.work().await;
    assert!(server.only().protected);
    assert!(
        server
            .heard_in_clear()
            .iter()
            .all(|line| line.starts_with("EHLO ") || line == "STARTTLS"),
        "{:?}",
        server.heard_in_clear()
    );

    // A server without the trusted certificate gets neither mail nor password.
    let distrusting = TestApp::start_with(&flags).await;
    let (staff, admin) = (
        distrusting.staff(Role::PjiStaff).await,
        distrusting.staff(Role::Admin).await,
    );
    forget_password(&distrusting, &staff).await;
    distrusting.work().await;
    let seen = newest(&admin).await;
    assert_eq!(
        (server.arrived().len(), &seen["state"]),
        (1, &json!("waiting")),
        "{seen}"
    );
    assert!(
        server
            .heard_in_clear()
            .iter()
            .all(|line| line.starts_with("EHLO ") || line == "STARTTLS")
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[actix_web::test]
async fn a_server_without_starttls_gets_no_mail_when_it_is_demanded() {
    let server = MailServer::open().await;
    let port = server.port().to_string();
    let app = TestApp::start_with(&[
        "--smtp-host",
        "127.0.0.1",
        "--smtp-port",
        &port,
        "--mail-from",
        "a@bspji.example",
    ])
    .await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    forget_password(&app, &staff).await;
    app.work().await;
    assert_eq!(
        (server.arrived().len(), &newest(&admin).await["state"]),
        (0, &json!("waiting"))
    );
    assert!(server.connections() > 0);
    assert!(
        server
            .heard_in_clear()
            .iter()
            .all(|line| !line.starts_with("MAIL")),
        "{:?}",
        server.heard_in_clear()
    );
}

#[actix_web::test]
async fn where_nobody_listens_the_mail_waits_and_staff_see_why() {
    let server = MailServer::open().await;
    let nobody = {
        std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port()
            .to_string()
    };
    drop(server);
    let app = TestApp::start_with(&[
        "--smtp-host",
        "127.0.0.1",
        "--smtp-port",
        &nobody,
        "--smtp-tls",
        "off",
        "--mail-from",
        "a@bspji.example",
    ])
    .await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    forget_password(&app, &staff).await;
    app.work().await;
    let seen = newest(&admin).await;
    assert_eq!(
        (&seen["state"], &seen["failure"]),
        (&json!("waiting"), &json!("unreachable"))
    );
    app.clock.advance(chrono::TimeDelta::minutes(31));
    app.work_again().await;
    let admin = admin.sign_in_again().await;
    assert_eq!(
        newest(&admin).await["failure"],
        "too_late",
        "an expired code is not sent"
    );
}

#[actix_web::test]
async fn neither_log_nor_list_nor_queue_holds_an_address() {
    let log = log();
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (staff, admin) = (
        app.staff(Role::PjiStaff).await,
        app.staff(Role::Admin).await,
    );
    server.fail_next_with(&[Mishap::Rcpt(451), Mishap::Rcpt(550)]);
    forget_password(&app, &staff).await;
    let queued: String = sqlx::query_scalar(
        "select string_agg(payload::text, ' ') from graphile_worker._private_jobs",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert!(
        !queued.contains(&staff.email) && queued.contains("sealed"),
        "{queued}"
    );
    app.work().await;
    let failed: String =
        sqlx::query_scalar("select string_agg(last_error, ' ') from graphile_worker._private_jobs")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    app.work_again().await;
    let listed = admin.get("/api/v1/mails").await;
    for text in [log.text(), failed, String::from_utf8(listed.bytes).unwrap()] {
        assert!(!text.contains(&staff.email), "{text}");
    }
    assert!(log.text().contains("a mail was not sent"));
}

#[actix_web::test]
async fn a_name_in_the_database_becomes_no_header() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app
        .staff_called(
            Role::PjiStaff,
            "Siti\r\nBcc: korban@contoh.id\r\n\r\n<script>alert(1)</script>",
        )
        .await;
    forget_password(&app, &staff).await;
    app.work().await;
    let mail = server.only();
    assert_eq!((mail.header("bcc"), mail.to.len()), (None, 1));
    assert!(
        !mail.html().contains("<script>") && mail.html().contains("&lt;script&gt;"),
        "{}",
        mail.html()
    );
}

#[actix_web::test]
async fn only_administrators_see_the_mails() {
    let app = TestApp::start().await;
    for role in [Role::Head, Role::PjiStaff, Role::InternalAuditor] {
        app.staff(role)
            .await
            .get("/api/v1/mails")
            .await
            .refused(403, "forbidden");
    }
    app.nobody()
        .get("/api/v1/mails")
        .await
        .refused(401, "unauthenticated");
}

#[actix_web::test]
async fn a_mail_is_in_the_language_of_the_account_whoever_asks_for_it() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    let body = Some((
        "application/json",
        serde_json::to_vec(&json!({"email": staff.email})).unwrap(),
    ));
    let asking = Request {
        method: reqwest::Method::POST,
        path: "/api/v1/auth/password-reset",
        body,
        headers: &[("accept-language", "en")],
    };
    app.nobody().ask(&asking).await.expect(202);
    app.work().await;
    assert!(
        server.only().text().starts_with("Yth. "),
        "{}",
        server.only().text()
    );
}
