//! The audit trail of whistle-blowing: many transactions append to the chain at once, only the
//! auditor reads the trail, and every change outside the service is detected.

mod appending;
mod reading;
mod tampering;

use chrono::NaiveDate;
use service_desk::audit::{
    Anchor, Event, StaffMember, Verification, append, read_anchors, verify, write_anchor,
};
use service_desk::ids::{OfficeId, UserId};
use uuid::Uuid;

use crate::support::TestApp;
use service_desk::sop::gate::Principal;

/// The Monday on which every test begins.
fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 6).unwrap()
}

/// The event of a disposition by a member of staff.
fn disposal(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        office: OfficeId(office),
        at: Some(app.clock.now() + chrono::TimeDelta::microseconds(123_457)),
        on: monday(),
        actor: Principal::User(StaffMember {
            user: UserId(Uuid::from_u128(7)),
            roles: vec!["head".to_owned(), "pji_lead".to_owned()],
            acting: Some("plh"),
        }),
        action: "dispose",
        object: [9; 32],
        step: Some(2),
        stages: Some(("screened", "disposed")),
        round_and_draft: (1, 2),
        detail: Some("Segera, sebelum libur."),
    }
}

/// The event of a message from the reporter.
fn message(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        actor: Principal::Reporter,
        action: "send_message",
        step: None,
        stages: None,
        detail: None,
        ..disposal(app, office)
    }
}

/// The event of a complaint that the service releases to the office.
fn surfacing(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        actor: Principal::System,
        action: "surface",
        stages: Some(("received", "screened")),
        detail: None,
        ..disposal(app, office)
    }
}

async fn office(app: &TestApp) -> Uuid {
    sqlx::query_scalar("select id from office")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap()
}

/// Appends the three events in turn, `times` times.
async fn fill(app: &TestApp, times: usize) -> Uuid {
    let office = office(app).await;
    for _ in 0..times {
        let mut transaction = app.database.begin().await.unwrap();
        append(
            &mut transaction,
            &app.service.audit,
            &[
                disposal(app, office),
                message(app, office),
                surfacing(app, office),
            ],
        )
        .await
        .unwrap();
        transaction.commit().await.unwrap();
    }
    office
}

async fn verdict(app: &TestApp) -> Verification {
    let anchors = read_anchors(&app.service.documents).await.unwrap();
    app.database
        .read(async |c| verify(c, &app.service.audit, &anchors).await)
        .await
        .unwrap()
}

async fn anchor(app: &TestApp, day: NaiveDate) -> Option<Anchor> {
    app.database
        .read(async |c| write_anchor(c, &app.service.audit, &app.service.documents, day).await)
        .await
        .unwrap()
}
