//! Acting for the head (Plh./Plt.): appointed by two administrators, valid from the first to the
//! last day, one deputy at a time, revocable.

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::{another_session, journal, text};
use crate::support::{Answer, Person, TestApp};

const PATH: &str = "/api/v1/acting-appointments";

async fn appoint(
    admin: &Person,
    person: &Person,
    kind: &str,
    first_day: &str,
    last_day: &str,
) -> Answer {
    let form = json!({
        "user_id": person.id, "role": "head", "kind": kind, "first_day": first_day, "last_day": last_day,
        "decree_number": "B/512/BSPJI-Palembang/KP/VII/2026",
    });
    admin.post(PATH, form).await
}

/// An appointment that a second administrator has confirmed.
async fn appointed(
    app: &TestApp,
    admin: &Person,
    person: &Person,
    kind: &str,
    first_day: &str,
    last_day: &str,
) -> Answer {
    let made = appoint(admin, person, kind, first_day, last_day).await;
    assert_eq!(
        (made.status, &made.body["in_force"]),
        (201, &json!(false)),
        "one administrator is not enough"
    );
    confirm(&app.staff(Role::Admin).await, &made).await
}

async fn confirm(admin: &Person, made: &Answer) -> Answer {
    admin
        .act(&format!("{PATH}/{}/confirmation", text(made, "id")))
        .await
}

/// The roles and the appointment in `/me`, read in a new session of `person`.
async fn standing(app: &TestApp, person: &Person) -> (Value, Value) {
    let me = another_session(app, person).await.get("/api/v1/me").await;
    (me.body["roles"].clone(), me.body["acting"].clone())
}

#[actix_web::test]
async fn an_appointment_counts_from_its_first_to_its_last_day_in_palembang() {
    let app = TestApp::start().await;
    let (admin, lead) = (app.staff(Role::Admin).await, app.staff(Role::SsLead).await);
    let made = appointed(&app, &admin, &lead, "plh", "2026-07-07", "2026-07-08").await;
    assert_eq!((made.status, &made.body["in_force"]), (200, &json!(false)));
    assert_eq!(
        standing(&app, &lead).await,
        (json!(["ss_lead"]), json!(null)),
        "the day before"
    );
    // From Monday 08:00 to Tuesday 00:00 WIB.
    app.clock.advance(TimeDelta::hours(16));
    let acting = json!({"appointment_id": made.body["id"], "kind": "plh", "role": "head"});
    assert_eq!(
        standing(&app, &lead).await,
        (json!(["head", "ss_lead"]), acting.clone()),
        "the first minute"
    );
    app.clock
        .advance(TimeDelta::hours(48) - TimeDelta::seconds(1));
    assert_eq!(
        standing(&app, &lead).await,
        (json!(["head", "ss_lead"]), acting),
        "the last second"
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        standing(&app, &lead).await,
        (json!(["ss_lead"]), json!(null)),
        "the day after"
    );
}

#[actix_web::test]
async fn an_appointment_begins_and_ends_within_a_session() {
    let app = TestApp::start().await;
    let (admin, lead) = (app.staff(Role::Admin).await, app.staff(Role::SsLead).await);
    assert_eq!(lead.get("/api/v1/me").await.body["acting"], json!(null));
    let made = appointed(&app, &admin, &lead, "plt", "2026-07-06", "2026-07-31").await;
    assert_eq!(lead.get("/api/v1/me").await.body["acting"]["kind"], "plt");
    // Deactivating the deputy ends the rights of a head, so it needs two administrators.
    let kept = admin
        .patch(
            &format!("/api/v1/users/{}", lead.id),
            json!({"active": false}),
            Some("*"),
        )
        .await;
    assert_eq!(
        (
            &kept.body["active"],
            &kept.body["pending_activity"]["active"]
        ),
        (&json!(true), &json!(false))
    );
    let revocation = format!("{PATH}/{}/revocation", text(&made, "id"));
    for _ in 0..2 {
        let proposed = admin
            .post(&revocation, json!({"reason": "Kepala Balai kembali"}))
            .await;
        assert_eq!(
            (proposed.status, &proposed.body["in_force"]),
            (200, &json!(true))
        );
        assert_eq!(
            (
                &proposed.body["revocation_proposed_by"],
                &proposed.body["revoked_at"]
            ),
            (&json!(admin.id), &Value::Null)
        );
    }
    let revoked = app
        .staff(Role::Admin)
        .await
        .post(&revocation, json!({"reason": "Kepala Balai kembali"}))
        .await;
    assert_eq!(
        (revoked.status, &revoked.body["in_force"]),
        (200, &json!(false))
    );
    assert_eq!(
        lead.get("/api/v1/me").await.body["roles"],
        json!(["ss_lead"])
    );
    assert_eq!(
        (
            journal(&app, "appoint_acting").await,
            journal(&app, "revoke_acting").await
        ),
        (1, 1)
    );
}

#[actix_web::test]
async fn one_administrator_makes_nobody_act_for_the_head() {
    let app = TestApp::start().await;
    let (one, other, lead) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::SsLead).await,
    );
    let made = appoint(&one, &lead, "plh", "2026-07-06", "2026-07-10").await;
    assert_eq!(
        lead.get("/api/v1/me").await.body["roles"],
        json!(["ss_lead"]),
        "a proposed appointment does not count"
    );
    let own = confirm(&one, &made).await;
    assert_eq!(
        (own.status, text(&own, "code")),
        (403, "forbidden"),
        "the proposer cannot confirm"
    );
    let to_itself = appoint(&one, &other, "plh", "2026-07-11", "2026-07-12").await;
    assert_eq!(
        confirm(&other, &to_itself).await.status,
        403,
        "the deputy cannot confirm"
    );
    assert_eq!(
        confirm(&lead, &made).await.status,
        403,
        "only an administrator can confirm"
    );
    let confirmed = confirm(&other, &made).await;
    assert_eq!(
        (confirmed.status, &confirmed.body["in_force"]),
        (200, &json!(true))
    );
    assert_eq!(
        lead.get("/api/v1/me").await.body["roles"],
        json!(["head", "ss_lead"])
    );
    assert_eq!(confirm(&other, &made).await.status, 409, "once");
    assert_eq!(
        (
            journal(&app, "appoint_acting").await,
            journal(&app, "confirm_acting").await
        ),
        (2, 1)
    );
}

#[actix_web::test]
async fn the_word_of_an_administrator_who_is_none_any_more_appoints_nobody() {
    let app = TestApp::start().await;
    let (one, other, lead) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::SsLead).await,
    );
    let made = appoint(&one, &lead, "plh", "2026-07-06", "2026-07-10").await;
    for by in [&other, &app.staff(Role::Admin).await] {
        assert_eq!(
            super::users::set_roles(by, &one, json!([])).await.status,
            200
        );
    }
    assert_eq!(confirm(&other, &made).await.status, 409);
    let revoked = other
        .post(
            &format!("{PATH}/{}/revocation", text(&made, "id")),
            json!({"reason": "Dimasukkan kembali"}),
        )
        .await;
    assert_eq!(
        (revoked.status, confirm(&other, &made).await.status),
        (200, 409)
    );
}

#[actix_web::test]
async fn two_do_not_act_for_one_chair_on_one_day() {
    let app = TestApp::start().await;
    let (admin, one, other) = (
        app.staff(Role::Admin).await,
        app.staff(Role::SsLead).await,
        app.staff(Role::PjiLead).await,
    );
    let made = appoint(&admin, &one, "plh", "2026-07-06", "2026-07-10").await;
    let clash = appoint(&admin, &other, "plh", "2026-07-10", "2026-07-12").await;
    assert_eq!((clash.status, text(&clash, "code")), (409, "conflict"));
    assert_eq!(
        appoint(&admin, &other, "plh", "2026-07-11", "2026-07-12")
            .await
            .status,
        201
    );
    let reason = json!({"reason": "Tugas dialihkan"});
    assert_eq!(
        admin
            .post(
                &format!("{PATH}/{}/revocation", text(&made, "id")),
                reason.clone()
            )
            .await
            .status,
        200
    );
    assert_eq!(
        admin
            .post(&format!("{PATH}/{}/revocation", text(&made, "id")), reason)
            .await
            .status,
        409,
        "revoked once"
    );
    assert_eq!(
        appoint(&admin, &other, "plh", "2026-07-08", "2026-07-10")
            .await
            .status,
        201,
        "after a revocation the days are free"
    );
}

#[actix_web::test]
async fn only_active_staff_is_appointed_and_by_another() {
    let app = TestApp::start().await;
    let (admin, customer, head) = (
        app.staff(Role::Admin).await,
        app.customer().await,
        app.staff(Role::Head).await,
    );
    assert_eq!(
        appoint(&admin, &admin, "plh", "2026-07-06", "2026-07-06")
            .await
            .status,
        403
    );
    assert_eq!(
        appoint(&admin, &head, "plh", "2026-07-06", "2026-07-06")
            .await
            .status,
        409
    );
    let refusal = appoint(&admin, &customer, "plh", "2026-07-06", "2026-07-06").await;
    assert_eq!(
        (refusal.status, &refusal.body["errors"][0]["pointer"]),
        (422, &json!("/user_id"))
    );
    assert_eq!(
        appoint(&head, &admin, "plh", "2026-07-06", "2026-07-06")
            .await
            .status,
        403
    );
}

#[actix_web::test]
async fn an_appointment_runs_forwards_and_is_not_over() {
    let app = TestApp::start().await;
    let (admin, lead) = (app.staff(Role::Admin).await, app.staff(Role::SsLead).await);
    for (first, last, code) in [
        ("2026-07-08", "2026-07-07", "before_first_day"),
        ("2026-07-01", "2026-07-05", "over"),
    ] {
        let refusal = appoint(&admin, &lead, "plh", first, last).await;
        assert_eq!(
            (refusal.status, &refusal.body["errors"][0]["code"]),
            (422, &json!(code))
        );
    }
}

#[actix_web::test]
async fn appointments_are_listed_the_latest_first() {
    let app = TestApp::start().await;
    let (admin, lead) = (app.staff(Role::Admin).await, app.staff(Role::SsLead).await);
    for day in ["2026-07-06", "2026-07-07", "2026-07-08"] {
        assert_eq!(appoint(&admin, &lead, "plh", day, day).await.status, 201);
        app.clock.advance(TimeDelta::seconds(1));
    }
    let first = admin.get(&format!("{PATH}?limit=2")).await;
    let rest = admin
        .get(&format!(
            "{PATH}?limit=2&cursor={}",
            text(&first, "next_cursor")
        ))
        .await;
    let days: Vec<_> = first.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .chain(rest.body["items"].as_array().unwrap())
        .map(|item| &item["first_day"])
        .collect();
    assert_eq!(days, ["2026-07-08", "2026-07-07", "2026-07-06"]);
    assert_eq!(rest.body["next_cursor"], json!(null));
}
