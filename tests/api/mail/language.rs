//! The language of mails is the account's language, which its owner chooses.

use serde_json::json;
use service_desk::sop::role::Role;

use super::app_with;
use super::delivery::{NEW, forget_password};
use super::server::MailServer;
use crate::manners::retries::key_for;
use crate::support::{Person, TestApp};

async fn choose(person: &Person, language: &str) {
    let tag = person.get("/api/v1/me").await.etag();
    let me = person
        .patch("/api/v1/me", json!({"language": language}), Some(&tag))
        .await
        .expect(200);
    assert_eq!(
        (&me["language"], &me["email"]),
        (&json!(language), &json!(person.email))
    );
}

/// The languages that `person` chose, from the journal.
async fn changes(app: &TestApp, person: &Person) -> Vec<String> {
    let notes = "select note from journal where task = 'change_language' and subject_id = $1 and actor_id = $1 order by seq";
    sqlx::query_scalar(notes)
        .bind(person.id)
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn every_mail_follows_the_language_its_reader_chose() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let staff = app.staff(Role::PjiStaff).await;
    assert_eq!(staff.get("/api/v1/me").await.expect(200)["language"], "id");
    let opens = |words: &str| {
        let all = server.arrived();
        assert!(
            all.last().unwrap().text().starts_with(words),
            "{}",
            all.last().unwrap().text()
        );
        all.len()
    };
    staff
        .post("/api/v1/integrations", key_for("ERP"))
        .await
        .expect(201);
    app.work().await;
    assert_eq!(opens("Yth. "), 1);

    choose(&staff, "en").await;

    let unproved = "update app_user set email_verified_at = null where id = $1";
    sqlx::query(unproved)
        .bind(staff.id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    staff
        .act("/api/v1/auth/email-verification")
        .await
        .expect(202);
    app.work().await;
    assert_eq!(opens("Dear "), 2);
    forget_password(&app, &staff).await;
    app.work().await;
    assert_eq!(
        opens("Dear "),
        3,
        "without a session the account's language applies"
    );
    staff
        .post("/api/v1/integrations", key_for("CRM"))
        .await
        .expect(201);
    app.work().await;
    assert_eq!(opens("Dear "), 4);
    staff
        .post(
            "/api/v1/me/password",
            json!({"current_password": staff.password, "new_password": NEW}),
        )
        .await
        .expect(204);
    app.work().await;
    assert_eq!(opens("Dear "), 5);
}

#[actix_web::test]
async fn a_language_is_one_of_two_and_changing_it_is_written_down_once() {
    let app = TestApp::start().await;
    let (staff, other) = (app.staff(Role::PjiStaff).await, app.staff(Role::Head).await);
    for wrong in [
        json!({"language": "jv"}),
        json!({"language": ""}),
        json!({"language": null}),
        json!({}),
        json!({"language": "en", "active": false}),
    ] {
        staff
            .patch("/api/v1/me", wrong, Some("*"))
            .await
            .refused(422, "invalid_content");
    }
    let before = staff.get("/api/v1/me").await.etag();
    choose(&staff, "en").await;
    staff
        .patch("/api/v1/me", json!({"language": "id"}), Some(&before))
        .await
        .refused(412, "stale_version");
    let after = staff.get("/api/v1/me").await.etag();
    choose(&staff, "en").await;
    assert_eq!(
        staff.get("/api/v1/me").await.etag(),
        after,
        "the same value again changes nothing"
    );
    choose(&staff, "id").await;
    assert_eq!(changes(&app, &staff).await, ["en", "id"]);
    assert_eq!(other.get("/api/v1/me").await.expect(200)["language"], "id");
    app.nobody()
        .patch("/api/v1/me", json!({"language": "en"}), Some("*"))
        .await
        .refused(401, "unauthenticated");
}
