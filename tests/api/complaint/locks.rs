//! The second line of defence: statements that the database itself refuses, independently of the
//! application (abuse cases 21, 40, 46).

use super::office::{ComplaintOffice, Until};

#[actix_web::test]
async fn a_connection_that_does_not_say_who_asks_sees_nothing() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    office.head.get(&case.path).await.expect(200);
    let tables = [
        "complaint",
        "content",
        "paper",
        "message",
        "attachment",
        "attachment_chunk",
        "opening",
        "outbox",
        "warning",
        "disclosure",
        "conflict",
        "breach",
        "breach_case",
        "retaliation",
    ];
    for table in tables {
        let count = format!("select count(*) from wbs.{table}");
        // One after another over the application's pool, whose connections have served requests of
        // users with wide rights.
        for _ in 0..4 {
            let seen: i64 = office
                .app
                .database
                .read(async |c| {
                    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(count.clone()))
                        .fetch_one(c)
                        .await?)
                })
                .await
                .unwrap();
            assert_eq!(seen, 0, "{table}");
        }
    }
    let all: i64 = sqlx::query_scalar("select count(*) from wbs.complaint")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(all, 1, "there are rows to see");
}

#[actix_web::test]
async fn the_application_can_neither_read_nor_delete_an_identity_nor_bar_by_hand() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Screened).await;
    for statement in [
        "select count(*)::int from vault.identity",
        "with gone as (delete from vault.identity returning 1) select count(*)::int from gone",
        "with gone as (delete from wbs.conflict returning 1) select count(*)::int from gone",
        "with made as (insert into wbs.conflict (case_id, person_tag, kind, sealed, on_date) select id, 'x', 'declared', 'x', now() from wbs.complaint returning 1) select count(*)::int from made",
        "with freed as (update wbs.complaint set barred = '{}' returning 1) select count(*)::int from freed",
        "with made as (insert into vault.identity values ('x', 'x', 'x') returning 1) select count(*)::int from made",
        "with gone as (delete from audit.event returning 1) select count(*)::int from gone",
    ] {
        let refused = office
            .app
            .database
            .read(async |c| Ok(sqlx::query_scalar::<_, i32>(statement).fetch_one(c).await))
            .await
            .unwrap();
        let code = refused
            .unwrap_err()
            .into_database_error()
            .unwrap()
            .code()
            .unwrap()
            .into_owned();
        assert_eq!(code, "42501", "{statement}");
    }
}

#[actix_web::test]
async fn what_was_sealed_for_one_row_opens_in_no_other() {
    let mut office = ComplaintOffice::open().await;
    let (one, other) = (
        office.case(Until::Resolved).await,
        office.case(Until::Resolved).await,
    );
    let mut sql = office.app.sql().await;
    for swap in [
        "update wbs.content x set sealed = (select y.sealed from wbs.content y where y.case_id <> x.case_id limit 1)",
        "update wbs.paper x set sealed = (select y.sealed from wbs.paper y where y.kind <> x.kind and y.case_id = x.case_id limit 1)",
        "update wbs.complaint x set dek_wrapped = (select y.dek_wrapped from wbs.complaint y where y.id <> x.id limit 1)",
    ] {
        sqlx::query("begin").execute(&mut sql).await.unwrap();
        sqlx::query(swap).execute(&mut sql).await.unwrap();
        sqlx::query("commit").execute(&mut sql).await.unwrap();
        for case in [&one, &other] {
            let refused = office.head.get(&case.path).await;
            assert_eq!(
                (refused.status, refused.code()),
                (500, "internal_error"),
                "{swap}"
            );
            assert!(
                !String::from_utf8_lossy(&refused.bytes).contains("Pungutan"),
                "none of it is returned"
            );
        }
    }
}
