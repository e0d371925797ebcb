//! Appending to the audit trail: in the caller's transaction, one event at a time, without a gap in
//! the sequence.

use futures_util::future::join_all;
use service_desk::audit::{append, head};
use sqlx::Row as _;

use super::{disposal, fill, message, office, surfacing, verdict};
use crate::support::TestApp;

#[actix_web::test]
async fn an_empty_trail_is_intact() {
    let app = TestApp::start().await;
    let found = verdict(&app).await;
    assert_eq!((found.intact, found.events, found.head), (true, 0, None));
    let mut transaction = app.database.begin().await.unwrap();
    append(&mut transaction, &app.service.audit, &[])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(verdict(&app).await, found);
}

#[actix_web::test]
async fn what_is_appended_is_kept_to_the_microsecond_and_a_reporter_has_no_time() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    let rows = sqlx::query(
        "select seq, at, actor_id, actor_kind, actor_roles, detail from audit.event order by seq",
    );
    let rows = rows.fetch_all(&mut app.sql().await).await.unwrap();
    let at: Vec<Option<chrono::DateTime<chrono::Utc>>> =
        rows.iter().map(|row| row.get("at")).collect();
    let exact = "2026-07-06T01:00:00.123457Z".parse().ok();
    assert_eq!(at, [exact, None, exact]);
    let kinds: Vec<&str> = rows.iter().map(|row| row.get("actor_kind")).collect();
    assert_eq!(kinds, ["staff", "reporter", "service"]);
    assert_eq!(
        rows[0].get::<Vec<String>, _>("actor_roles"),
        ["head", "pji_lead"]
    );
    assert!(
        rows[1].get::<Option<uuid::Uuid>, _>("actor_id").is_none()
            && rows[1].get::<Vec<String>, _>("actor_roles").is_empty()
    );
    let sealed: Vec<u8> = rows[0].get("detail");
    assert!(!String::from_utf8_lossy(&sealed).contains("Segera"));
    assert!(
        verdict(&app).await.intact,
        "the stored event has the hash of the written one"
    );
}

#[actix_web::test]
async fn many_at_once_make_one_chain_without_a_gap() {
    let app = TestApp::start().await;
    let office = office(&app).await;
    let many = (0..8).map(async |_| {
        for _ in 0..5 {
            let mut transaction = app.database.begin().await.unwrap();
            append(
                &mut transaction,
                &app.service.audit,
                &[disposal(&app, office), message(&app, office)],
            )
            .await
            .unwrap();
            transaction.commit().await.unwrap();
        }
    });
    join_all(many).await;
    let found = verdict(&app).await;
    assert!(found.intact, "{found:?}");
    assert_eq!(
        (found.events, found.head.map(|(seq, _)| seq)),
        (80, Some(80))
    );
}

#[actix_web::test]
async fn a_rollback_leaves_no_gap() {
    let app = TestApp::start().await;
    let office = fill(&app, 1).await;
    let mut transaction = app.database.begin().await.unwrap();
    append(
        &mut transaction,
        &app.service.audit,
        &[surfacing(&app, office)],
    )
    .await
    .unwrap();
    drop(transaction);
    fill(&app, 1).await;
    let found = verdict(&app).await;
    assert_eq!((found.intact, found.events), (true, 6));
    let end = app.database.read(async |c| head(c).await).await.unwrap();
    assert_eq!(end, found.head);
}

#[actix_web::test]
async fn several_appends_of_one_transaction_follow_each_other() {
    let app = TestApp::start().await;
    let office = office(&app).await;
    let mut transaction = app.database.begin().await.unwrap();
    for _ in 0..3 {
        append(
            &mut transaction,
            &app.service.audit,
            &[disposal(&app, office)],
        )
        .await
        .unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(verdict(&app).await.events, 3);
}

#[actix_web::test]
async fn a_chain_longer_than_a_page_is_checked_to_its_end() {
    let app = TestApp::start().await;
    let office = office(&app).await;
    let many: Vec<_> = (0..2001).map(|_| disposal(&app, office)).collect();
    let mut transaction = app.database.begin().await.unwrap();
    append(&mut transaction, &app.service.audit, &many)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let found = verdict(&app).await;
    assert_eq!((found.intact, found.events), (true, 2001));
}

#[actix_web::test]
async fn verifying_while_others_append_finds_nothing_wrong() {
    let app = TestApp::start().await;
    let office = fill(&app, 1).await;
    let appending = async {
        for _ in 0..20 {
            let mut transaction = app.database.begin().await.unwrap();
            append(
                &mut transaction,
                &app.service.audit,
                &[disposal(&app, office)],
            )
            .await
            .unwrap();
            transaction.commit().await.unwrap();
        }
    };
    let verifying = async {
        for _ in 0..20 {
            let found = verdict(&app).await;
            assert!(found.intact && found.events >= 3, "{found:?}");
        }
    };
    tokio::join!(appending, verifying);
    assert_eq!(verdict(&app).await.events, 23);
}
