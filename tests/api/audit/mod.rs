//! The audit trail of whistle-blowing: appended by many at once, read by one role, and whatever is done to it behind the service's back is found.

mod appending;
mod reading;
mod tampering;

use chrono::NaiveDate;
use service_desk::audit::{
    Actor, Anchor, Event, Verdict, append, drop_anchor, read_anchors, verify,
};
use service_desk::ids::{OfficeId, UserId};
use uuid::Uuid;

use crate::support::TestApp;

/// The Monday on which every test begins.
fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 6).unwrap()
}

/// Somebody disposes of a complaint.
fn disposal(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        office: OfficeId(office),
        at: Some(app.clock.now() + chrono::TimeDelta::microseconds(123_457)),
        on: monday(),
        actor: Actor::Staff {
            user: UserId(Uuid::from_u128(7)),
            roles: vec!["head".to_owned(), "pji_lead".to_owned()],
            acting: Some("plh"),
        },
        action: "dispose",
        object: [9; 32],
        step: Some(2),
        moved: Some(("screened", "disposed")),
        counted: (1, 2),
        detail: Some("Segera, sebelum libur."),
    }
}

/// The reporter writes.
fn message(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        actor: Actor::Reporter,
        action: "send_message",
        step: None,
        moved: None,
        detail: None,
        ..disposal(app, office)
    }
}

/// The service brings a complaint to light.
fn surfacing(app: &TestApp, office: Uuid) -> Event<'static> {
    Event {
        actor: Actor::Service,
        action: "surface",
        moved: Some(("received", "screened")),
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

/// Appends one after another `times` times the three.
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

async fn verdict(app: &TestApp) -> Verdict {
    let anchors = read_anchors(&app.service.documents).await.unwrap();
    app.database
        .read(async |c| verify(c, &app.service.audit, &anchors).await)
        .await
        .unwrap()
}

async fn anchor(app: &TestApp, day: NaiveDate) -> Option<Anchor> {
    app.database
        .read(async |c| drop_anchor(c, &app.service.audit, &app.service.documents, day).await)
        .await
        .unwrap()
}
