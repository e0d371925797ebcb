//! Sign-ins are kept in memory for reads, and a revocation takes effect at once all the same.

use std::time::{Duration, Instant};

use serde_json::json;
use service_desk::sop::role::Role;
use sqlx::AssertSqlSafe;
use tokio::time::sleep;

use crate::support::statements::Statements;
use crate::support::{Person, TestApp};

/// The time after which a change by another process is in effect.
const BOUND: Duration = Duration::from_millis(100);

const READ: &str = "/api/v1/applications";

/// Reads until a read runs one statement: the sign-in is kept.
async fn keep(statements: &Statements, person: &Person) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while Instant::now() < deadline {
        statements.take();
        person.get(READ).await.expect(200);
        if statements.take().len() == 1 {
            return;
        }
    }
    panic!("the sign-in is never kept");
}

async fn run(app: &TestApp, statement: &str, person: &Person) {
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .bind(person.id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
}

/// Each change of what a sign-in says, as another process makes it, with the statement that undoes
/// it. `$1` is the user.
const CHANGES: [(&str, &str); 4] = [
    (
        "update session set revoked_at = now(), revoked_for = 'logout' where user_id = $1",
        "update session set revoked_at = null, revoked_for = null where user_id = $1",
    ),
    (
        "update app_user set active = false where id = $1",
        "update app_user set active = true where id = $1",
    ),
    (
        "update session set expires_at = started_at where user_id = $1",
        "update session set expires_at = started_at + interval '30 days' where user_id = $1",
    ),
    ("delete from session where user_id = $1", "select $1::uuid"),
];

#[actix_web::test]
async fn a_revocation_by_another_process_takes_effect_within_a_tenth_of_a_second() {
    let app = TestApp::start().await;
    app.keep_sign_ins(&app.service.database);
    let (statements, address) = app.recorded_instance();
    let person = app.staff(Role::PjiStaff).await.at(&address);
    for _ in 0..5 {
        for (change, undo) in &CHANGES[..3] {
            keep(&statements, &person).await;
            run(&app, change, &person).await;
            sleep(BOUND).await;
            person.get(READ).await.refused(401, "unauthenticated");
            run(&app, undo, &person).await;
            sleep(BOUND).await;
        }
    }
    keep(&statements, &person).await;
    run(&app, CHANGES[3].0, &person).await;
    sleep(BOUND).await;
    person.get(READ).await.refused(401, "unauthenticated");
}

#[actix_web::test]
async fn roles_names_and_factors_change_within_a_tenth_of_a_second_too() {
    let app = TestApp::start().await;
    app.keep_sign_ins(&app.service.database);
    let (statements, address) = app.recorded_instance();
    let person = app.staff(Role::PjiStaff).await.at(&address);
    let me = async || person.get("/api/v1/me").await.expect(200);
    let seen = async |change: &str| {
        keep(&statements, &person).await;
        run(&app, change, &person).await;
        sleep(BOUND).await;
        me().await
    };
    let me =
        seen("insert into user_role (user_id, role, granted_at) values ($1, 'treasurer', now())")
            .await;
    assert!(me["roles"].to_string().contains("treasurer"), "{me:#}");
    let me = seen("delete from user_role where user_id = $1 and role = 'treasurer'").await;
    assert!(!me["roles"].to_string().contains("treasurer"), "{me:#}");
    let me = seen("update app_user set display_name = 'Nama Baru' where id = $1").await;
    assert_eq!(me["display_name"], "Nama Baru");
    let me = seen(
        "insert into acting_appointment (id, office_id, user_id, role, kind, first_day, last_day, decree_number, created_at, created_by, confirmed_at, confirmed_by)
         select gen_random_uuid(), u.office_id, u.id, 'head', 'plh', '2026-07-01', '2026-07-31', '1', now(), u.id, now(), null from app_user u where u.id = $1",
    )
    .await;
    assert!(me["roles"].to_string().contains("head"), "{me:#}");
    let me = seen(
        "update acting_appointment set revoked_at = now(), revoked_by = $1 where user_id = $1",
    )
    .await;
    assert!(!me["roles"].to_string().contains("head"), "{me:#}");
}

#[actix_web::test]
async fn a_sign_out_takes_effect_on_the_next_request_of_the_same_process() {
    let app = TestApp::start().await;
    app.keep_sign_ins(&app.service.database);
    let (statements, address) = app.recorded_instance();
    let person = app.staff(Role::PjiStaff).await.at(&address);
    for _ in 0..10 {
        let session = person.sign_in_again().await;
        keep(&statements, &session).await;
        let body = json!({"refresh_token": session.refresh_token});
        let answer = session.post("/api/v1/auth/logout", body).await;
        assert!(answer.status < 300, "{:#}", answer.body);
        session.get(READ).await.refused(401, "unauthenticated");
    }
}

#[actix_web::test]
async fn a_kept_sign_in_ends_with_its_session_and_with_its_day() {
    let app = TestApp::start().await;
    app.keep_sign_ins(&app.service.database);
    let (statements, address) = app.recorded_instance();
    let person = app.staff(Role::Admin).await.at(&address);
    keep(&statements, &person).await;
    // Administrators may be idle for half an hour.
    app.clock.advance(chrono::TimeDelta::minutes(31));
    person.get(READ).await.refused(401, "unauthenticated");
}

#[actix_web::test]
async fn without_the_listener_each_read_asks_the_database() {
    let app = TestApp::start().await;
    // The line of the listener alone.
    let (line, options) = Statements::of(&app.service.database);
    app.keep_sign_ins(&options);
    let (statements, address) = app.recorded_instance();
    let person = app.staff(Role::PjiStaff).await.at(&address);
    keep(&statements, &person).await;

    // Silent: the connection stays open, and nothing comes.
    line.cut();
    run(&app, CHANGES[1].0, &person).await;
    sleep(BOUND).await;
    person.get(READ).await.refused(401, "unauthenticated");
    run(&app, CHANGES[1].1, &person).await;
    for _ in 0..20 {
        statements.take();
        person.get(READ).await.expect(200);
        assert_eq!(statements.take().len(), 2);
    }

    // Broken, and restarted by the supervisor.
    line.mend();
    app.break_listeners().await;
    keep(&statements, &person).await;
    run(&app, CHANGES[0].0, &person).await;
    sleep(BOUND).await;
    person.get(READ).await.refused(401, "unauthenticated");
}
