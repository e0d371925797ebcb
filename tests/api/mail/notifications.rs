//! Notifications by mail: only at the user's wish, only to a verified address, one mail at a time,
//! and never about a complaint.

use serde_json::json;

use super::sending_to;
use super::server::MailServer;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::{Person, TestApp};

/// An office that sends its mails to `server`.
async fn office(server: &MailServer) -> Office {
    let flags = sending_to(server);
    Office::open_with(&flags.iter().map(String::as_str).collect::<Vec<_>>()).await
}

/// Marks the address of `person` as verified.
async fn prove(app: &TestApp, person: &Person) {
    sqlx::query("update app_user set email_verified_at = now() where id = $1")
        .bind(person.id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
}

/// The receivers of the mails, sorted by address.
fn reached(server: &MailServer) -> Vec<String> {
    let mut addresses: Vec<_> = server
        .arrived()
        .iter()
        .flat_map(|mail| mail.to.clone())
        .collect();
    addresses.sort();
    addresses
}

#[actix_web::test]
async fn a_customer_with_a_proved_address_is_told_by_mail_once_at_a_time_and_not_what() {
    let server = MailServer::open().await;
    let office = office(&server).await;
    let doubt = "update app_user set email_verified_at = null where id = $1";
    sqlx::query(doubt)
        .bind(office.customer.id)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    office.case(Until::Filed).await;
    office.app.work().await;
    assert_eq!(reached(&server), [""; 0], "the address is not verified");
    prove(&office.app, &office.customer).await;
    prove(&office.app, &office.pji_staff).await;
    office.case(Until::Verified).await;
    office.app.work().await;
    assert_eq!(
        reached(&server),
        std::slice::from_ref(&office.customer.email),
        "one mail for two moves, and none to staff without the setting"
    );
    let mail = server.only();
    assert_eq!(
        mail.header("subject").as_deref(),
        Some("Ada hal baru untuk Anda")
    );
    assert!(
        !mail.text().contains("P-2026") && !mail.text().contains("Tirta"),
        "the mail announces a notification without its content: {}",
        mail.text()
    );
    office.case(Until::Filed).await;
    office.app.work().await;
    assert_eq!(
        server.arrived().len(),
        2,
        "a notification after the first mail causes another mail"
    );
}

#[actix_web::test]
async fn who_asks_for_mail_gets_it_and_who_wants_none_gets_none() {
    let server = MailServer::open().await;
    let office = office(&server).await;
    for person in [&office.customer, &office.operations] {
        prove(&office.app, person).await;
    }
    for (person, mails) in [(&office.customer, false), (&office.operations, true)] {
        person
            .put(
                "/api/v1/notifications/preferences",
                json!({"mail": mails}),
                None,
            )
            .await
            .expect(204);
    }
    office.case(Until::Filed).await;
    office.app.work().await;
    assert_eq!(
        reached(&server),
        std::slice::from_ref(&office.operations.email)
    );
}
