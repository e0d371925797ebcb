//! Changes that two administrators decide: giving and removing roles, and deactivating accounts.
//! The watching roles are notified.

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::journal;
use super::users::{set_roles, set_roles_of};
use crate::mail::app_with;
use crate::mail::server::MailServer;
use crate::support::{Answer, Person, TestApp};

async fn state(by: &Person, person: &Person, active: bool) -> Answer {
    by.patch(
        &format!("/api/v1/users/{}", person.id),
        json!({"active": active}),
        Some("*"),
    )
    .await
}

/// The account notifications of `person`, the newest first.
async fn account_notifications(person: &Person) -> Vec<String> {
    let inbox = person
        .get("/api/v1/notifications?limit=200")
        .await
        .expect(200);
    let told = inbox["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["kind"] == "account_changed");
    told.map(|item| item["text"]["en"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn no_administrator_alone_switches_off_whoever_holds_a_role_of_two() {
    let app = TestApp::start().await;
    let (one, other) = (app.staff(Role::Admin).await, app.staff(Role::Admin).await);
    let (custodian, auditor) = (
        app.staff(Role::IdentityCustodian).await,
        app.staff(Role::InternalAuditor).await,
    );
    for role in Role::all().filter(|role| role.is_given_by_two()) {
        let person = app.staff(role).await;
        for _ in 0..2 {
            let proposed = state(&one, &person, false).await.expect(200);
            assert_eq!(
                (&proposed["active"], &proposed["pending_activity"]["active"]),
                (&json!(true), &json!(false)),
                "{}",
                role.code()
            );
            assert_eq!(proposed["pending_activity"]["proposed_by"], json!(one.id));
        }
        person.get("/api/v1/me").await.expect(200);
        let kept = set_roles(&one, &person, json!([])).await.expect(200);
        assert_eq!(
            (&kept["roles"], &kept["pending_roles"][0]["change"]),
            (&json!([role.code()]), &json!("take"))
        );
        assert_eq!(
            person.get("/api/v1/me").await.expect(200)["roles"],
            json!([role.code()])
        );

        let done = state(&other, &person, false).await.expect(200);
        assert_eq!(
            (&done["active"], &done["pending_activity"]),
            (&json!(false), &Value::Null)
        );
        person
            .get("/api/v1/me")
            .await
            .refused(401, "unauthenticated");
        let taken = set_roles(&other, &person, json!([])).await.expect(200);
        assert_eq!(
            (&taken["roles"], &taken["pending_roles"]),
            (&json!([]), &json!([]))
        );
        // Without a role given by two, one administrator suffices again.
        assert_eq!(
            state(&one, &person, true).await.expect(200)["active"],
            json!(true)
        );
    }
    for watcher in [&custodian, &auditor, &other] {
        let told = account_notifications(watcher).await;
        assert!(
            told.iter()
                .any(|text| text.contains("is proposed to be deactivated")),
            "{told:?}"
        );
    }
    assert!(
        account_notifications(&custodian)
            .await
            .iter()
            .any(|text| text.contains("was deactivated"))
    );
    assert!(
        account_notifications(&one)
            .await
            .iter()
            .all(|text| !text.contains("is proposed")),
        "the administrator of the change gets no notification"
    );
}

#[actix_web::test]
async fn the_last_administrator_custodian_and_auditor_stay_whoever_agrees() {
    let app = TestApp::start().await;
    let (one, other) = (app.staff(Role::Admin).await, app.staff(Role::Admin).await);
    for role in [Role::IdentityCustodian, Role::InternalAuditor] {
        let last = app.staff(role).await;
        for admin in [&one, &other] {
            state(admin, &last, false).await.refused(409, "conflict");
            set_roles(admin, &last, json!([]))
                .await
                .refused(409, "conflict");
        }
        let successor = app.staff(role).await;
        state(&one, &last, false).await.expect(200);
        state(&one, &successor, false).await.expect(200);
        assert_eq!(
            state(&other, &last, false).await.expect(200)["active"],
            json!(false)
        );
        state(&other, &successor, false)
            .await
            .refused(409, "conflict");
    }
}

#[actix_web::test]
async fn a_proposal_is_withdrawn_but_not_by_whom_it_is_about_and_falls_with_its_author() {
    let app = TestApp::start().await;
    let (one, other, third) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
    );
    state(&one, &other, false).await.expect(200);
    state(&other, &other, true).await.refused(403, "forbidden");
    let kept = state(&third, &other, true).await.expect(200);
    assert_eq!(
        (&kept["active"], &kept["pending_activity"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(journal(&app, "withdraw_activity_proposal").await, 1);

    let head = app.staff(Role::Head).await;
    state(&one, &head, false).await.expect(200);
    set_roles(&one, &head, json!([])).await.expect(200);
    state(&third, &one, false).await.expect(200);
    assert_eq!(
        state(&other, &one, false).await.expect(200)["active"],
        json!(false)
    );
    let anew = state(&other, &head, false).await.expect(200);
    assert_eq!(
        (&anew["active"], &anew["pending_activity"]["proposed_by"]),
        (&json!(true), &json!(other.id))
    );
    let anew = set_roles(&other, &head, json!([])).await.expect(200);
    assert_eq!(
        (&anew["roles"], &anew["pending_roles"][0]["proposed_by"]),
        (&json!(["head"]), &json!(other.id))
    );
    let withdrawn = set_roles(&third, &head, json!(["head"])).await.expect(200);
    assert_eq!(withdrawn["pending_roles"], json!([]));
}

/// Activating restores the roles, so it needs two administrators as well.
#[actix_web::test]
async fn an_account_with_a_role_of_two_is_activated_again_by_two() {
    let app = TestApp::start().await;
    let (one, other, head) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::Head).await,
    );
    app.switch(&one, &head.id.to_string(), false)
        .await
        .expect(200);
    for _ in 0..2 {
        let proposed = state(&one, &head, true).await.expect(200);
        assert_eq!(
            (&proposed["active"], &proposed["pending_activity"]["active"]),
            (&json!(false), &json!(true))
        );
    }
    let staff = app.staff(Role::PjiStaff).await;
    let refused = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": head.email, "password": head.password}),
        )
        .await;
    assert_eq!(
        (refused.status, staff.get("/api/v1/me").await.status),
        (401, 200)
    );
    assert_eq!(
        state(&other, &head, true).await.expect(200)["active"],
        json!(true)
    );
    head.sign_in_again()
        .await
        .get("/api/v1/me")
        .await
        .expect(200);
}

#[actix_web::test]
async fn those_who_watch_are_told_by_mail_that_names_nobody() {
    let server = MailServer::open().await;
    let app = app_with(&server, &[]).await;
    let (one, other, head) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff_called(Role::Head, "Ratna Dewi").await,
    );
    let (custodian, auditor, staff) = (
        app.staff(Role::IdentityCustodian).await,
        app.staff(Role::InternalAuditor).await,
        app.staff(Role::PjiStaff).await,
    );
    set_roles_of(&one, &head.id.to_string(), json!([]))
        .await
        .expect(200);
    app.work().await;
    let mut to: Vec<_> = server
        .arrived()
        .iter()
        .map(|mail| mail.to[0].clone())
        .collect();
    to.sort_unstable();
    let mut expected = [&other, &head, &custodian, &auditor].map(|person| person.email.clone());
    expected.sort_unstable();
    assert_eq!(to, expected, "not {} nor {}", one.email, staff.email);
    let mail = server.last_to(&custodian.email);
    assert!(!mail.text().contains("Ratna"), "{}", mail.text());
    assert_eq!(
        account_notifications(&custodian).await,
        ["The account of Ratna Dewi is proposed to lose a role."]
    );
}
