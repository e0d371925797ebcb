//! Changes to the trail from outside the service. PostgreSQL refuses the application's role, and
//! while the triggers are enabled it refuses every role; the verification finds every change that
//! succeeded.

use service_desk::audit::{AuditKey, Breach, append};
use service_desk::secrecy::MasterKey;
use sqlx::Executor as _;

use super::{anchor, disposal, fill, monday, verdict};
use crate::support::TestApp;

/// Runs `statement` as the superuser with the triggers disabled.
async fn tamper(app: &TestApp, statement: &str) {
    let mut superuser = app.sql().await;
    superuser
        .execute("alter table audit.event disable trigger user")
        .await
        .unwrap();
    superuser
        .execute(sqlx::AssertSqlSafe(statement.to_owned()))
        .await
        .unwrap();
    superuser
        .execute("alter table audit.event enable always trigger event_only_at_the_end")
        .await
        .unwrap();
    superuser
        .execute("alter table audit.event enable always trigger event_is_append_only")
        .await
        .unwrap();
}

async fn broken(app: &TestApp) -> (i64, Option<i64>, Option<Breach>) {
    let found = verdict(app).await;
    assert_eq!(found.intact, found.reason.is_none());
    (found.events, found.first_broken_seq, found.reason)
}

#[actix_web::test]
async fn neither_the_application_nor_the_owner_rewrites_history() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    let rewriting = [
        "update audit.event set action = 'nothing' where seq = 2",
        "update audit.event set action = action",
        "delete from audit.event where seq = 3",
        "delete from audit.event where false",
        "truncate audit.event",
    ];
    for statement in rewriting {
        for role in ["desk_app", "desk_vault", "desk_owner", "postgres"] {
            let mut connection = app.sql().await;
            connection
                .execute(sqlx::AssertSqlSafe(format!("set role {role}")))
                .await
                .unwrap();
            let refusal = connection.execute(statement).await.unwrap_err();
            assert_eq!(
                refusal.as_database_error().unwrap().code().unwrap(),
                "42501",
                "{role}: {statement}: {refusal}"
            );
        }
    }
    let mut application = app.sql().await;
    application.execute("set role desk_app").await.unwrap();
    for statement in [
        "alter table audit.event disable trigger user",
        "drop table audit.event",
        "create table audit.other ()",
    ] {
        assert!(application.execute(statement).await.is_err(), "{statement}");
    }
    let mut superuser = app.sql().await;
    superuser
        .execute("set session_replication_role = replica")
        .await
        .unwrap();
    assert!(
        superuser.execute("delete from audit.event").await.is_err(),
        "nor where triggers are switched off for a session"
    );
    let mut vault = app.sql().await;
    vault.execute("set role desk_vault").await.unwrap();
    assert!(
        vault
            .execute("select count(*) from audit.event")
            .await
            .is_err()
    );
    assert_eq!(broken(&app).await, (3, None, None));
}

#[actix_web::test]
async fn an_event_goes_to_the_end_of_the_chain_or_nowhere() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    for (seq, previous) in [
        ("9", "hash"),
        ("4", "prev_hash"),
        ("3", "hash"),
        ("0", "hash"),
    ] {
        let copy = format!(
            "insert into audit.event (seq, office_id, at, on_date, actor_id, actor_kind, actor_roles, acting, action, object_ref, step, from_stage,
                to_stage, round, draft, detail, prev_hash, hash, mac)
            select {seq}, office_id, at, on_date, actor_id, actor_kind, actor_roles, acting, action, object_ref, step, from_stage,
                to_stage, round, draft, detail, {previous}, hash, mac
            from audit.event where seq = 3"
        );
        let mut application = app.sql().await;
        application.execute("set role desk_app").await.unwrap();
        let refusal = application
            .execute(sqlx::AssertSqlSafe(copy))
            .await
            .unwrap_err();
        assert_eq!(
            refusal.as_database_error().unwrap().code().unwrap(),
            "40001",
            "{seq}, {previous}: {refusal}"
        );
    }
}

#[actix_web::test]
async fn a_deleted_event_is_missed() {
    let app = TestApp::start().await;
    fill(&app, 3).await;
    tamper(&app, "delete from audit.event where seq = 5").await;
    assert_eq!(broken(&app).await, (4, Some(5), Some(Breach::Missing)));
    tamper(&app, "delete from audit.event where seq = 1").await;
    assert_eq!(broken(&app).await, (0, Some(1), Some(Breach::Missing)));
}

#[actix_web::test]
async fn events_closed_up_over_a_gap_do_not_hang_together() {
    let app = TestApp::start().await;
    fill(&app, 2).await;
    tamper(&app, "delete from audit.event where seq = 4; update audit.event set seq = 4 where seq = 5; update audit.event set seq = 5 where seq = 6")
        .await;
    assert_eq!(broken(&app).await, (3, Some(4), Some(Breach::Changed)));
}

#[actix_web::test]
async fn a_change_of_any_column_is_seen() {
    let changes = [
        ("office_id", "gen_random_uuid()", Breach::Changed),
        ("at", "at + interval '1 microsecond'", Breach::Changed),
        ("on_date", "on_date + 1", Breach::Changed),
        ("actor_id", "gen_random_uuid()", Breach::Changed),
        ("actor_roles", "'{head}'", Breach::Changed),
        ("acting", "null", Breach::Changed),
        ("action", "'forward'", Breach::Changed),
        (
            "object_ref",
            "decode(repeat('0a', 32), 'hex')",
            Breach::Changed,
        ),
        ("step", "3", Breach::Changed),
        ("from_stage", "null", Breach::Changed),
        ("to_stage", "'forwarded'", Breach::Changed),
        ("round", "round + 1", Breach::Changed),
        ("draft", "draft + 1", Breach::Changed),
        ("detail", "null", Breach::Changed),
        (
            "prev_hash",
            "decode(repeat('0a', 32), 'hex')",
            Breach::Changed,
        ),
        ("hash", "decode(repeat('0a', 32), 'hex')", Breach::Changed),
        ("mac", "decode(repeat('0a', 32), 'hex')", Breach::Forged),
    ];
    let app = TestApp::start().await;
    fill(&app, 3).await;
    tamper(
        &app,
        "alter table audit.event drop constraint event_office_id_fkey",
    )
    .await;
    tamper(
        &app,
        "create table audit.kept as select * from audit.event where seq = 4",
    )
    .await;
    for (column, value, breach) in changes {
        tamper(
            &app,
            &format!("update audit.event set {column} = {value} where seq = 4"),
        )
        .await;
        assert_eq!(broken(&app).await, (3, Some(4), Some(breach)), "{column}");
        tamper(&app, &format!("update audit.event e set {column} = k.{column} from audit.kept k where e.seq = k.seq")).await;
        assert_eq!(broken(&app).await, (9, None, None), "{column} is as it was");
    }
}

#[actix_web::test]
async fn an_event_written_without_the_key_is_forged() {
    let app = TestApp::start().await;
    let office = fill(&app, 1).await;
    // As the application's role may: with another key, but according to the chain's own rules.
    let other = AuditKey::new(MasterKey::random().derive("other"));
    let mut transaction = app.database.begin().await.unwrap();
    append(&mut transaction, &other, &[disposal(&app, office)])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(broken(&app).await, (3, Some(4), Some(Breach::Forged)));
}

#[actix_web::test]
async fn a_cut_end_is_missed_by_the_anchor() {
    let app = TestApp::start().await;
    assert_eq!(
        anchor(&app, monday()).await,
        None,
        "there is nothing to anchor yet"
    );
    fill(&app, 2).await;
    let dropped = anchor(&app, monday()).await.unwrap();
    assert_eq!(dropped.seq, 6);
    let office = fill(&app, 1).await;
    assert_eq!(
        anchor(&app, monday()).await.unwrap(),
        dropped,
        "the day's first anchor stays"
    );
    assert_eq!(
        anchor(&app, monday().succ_opt().unwrap())
            .await
            .unwrap()
            .seq,
        9
    );
    assert_eq!(broken(&app).await, (9, None, None));

    tamper(&app, "delete from audit.event where seq > 7").await;
    assert_eq!(broken(&app).await, (7, Some(8), Some(Breach::Cut)));
    tamper(&app, "delete from audit.event where seq > 4").await;
    assert_eq!(broken(&app).await, (4, Some(5), Some(Breach::Cut)));

    // A writer with the right key continues the chain after the forged events.
    let mut transaction = app.database.begin().await.unwrap();
    let again: Vec<_> = (0..5).map(|_| disposal(&app, office)).collect();
    append(&mut transaction, &app.service.audit, &again)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(broken(&app).await, (5, Some(6), Some(Breach::Rewritten)));

    tamper(&app, "truncate audit.event").await;
    assert_eq!(broken(&app).await, (0, Some(1), Some(Breach::Cut)));
}

#[actix_web::test]
async fn a_changed_anchor_is_nobodys() {
    let app = TestApp::start().await;
    fill(&app, 2).await;
    anchor(&app, monday()).await.unwrap();
    let documents = &app.service.documents;
    let name = "audit/anchor-2026-07-06";
    let written = String::from_utf8(documents.read_whole(name).await.unwrap().unwrap()).unwrap();
    for changed in [
        written.replace("\"seq\":6", "\"seq\":3"),
        "rubbish".to_owned(),
        String::new(),
    ] {
        documents.put(name, changed.into_bytes()).await.unwrap();
        assert_eq!(broken(&app).await, (6, None, Some(Breach::AnchorForged)));
    }
    documents
        .put(name, written.clone().into_bytes())
        .await
        .unwrap();
    assert_eq!(broken(&app).await, (6, None, None));
    documents
        .put("audit/anchor-2026-07-07", written.into_bytes())
        .await
        .unwrap();
    assert_eq!(
        broken(&app).await,
        (6, None, Some(Breach::AnchorForged)),
        "an anchor is of its own day only"
    );
}
