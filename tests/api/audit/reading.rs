//! Reading: only the internal auditor reads the trail, and every read is itself an event of the
//! trail.

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::{anchor, fill, monday, verdict};
use crate::support::{Person, TestApp};

const TRAIL: &str = "/api/v1/audit-trail";
const VERIFICATION: &str = "/api/v1/audit-trail/verification";

async fn items(person: &Person, query: &str) -> Vec<Value> {
    person
        .get(&format!("{TRAIL}?limit=200{query}"))
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

fn numbers(items: &[Value]) -> Vec<i64> {
    items
        .iter()
        .map(|item| item["seq"].as_i64().unwrap())
        .collect()
}

#[actix_web::test]
async fn only_the_internal_auditor_reads_the_trail() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    for path in [TRAIL, VERIFICATION, "/api/v1/audit-trail?nonsense=1"] {
        app.nobody().get(path).await.refused(401, "unauthenticated");
        app.customer()
            .await
            .get(path)
            .await
            .refused(403, "forbidden");
        for role in
            Role::all().filter(|role| ![Role::InternalAuditor, Role::Customer].contains(role))
        {
            app.staff(role)
                .await
                .get(path)
                .await
                .refused(403, "forbidden");
        }
    }
    assert_eq!(
        verdict(&app).await.events,
        3,
        "a refused read makes no event in the trail"
    );
    app.staff(Role::InternalAuditor)
        .await
        .get(TRAIL)
        .await
        .expect(200);
}

#[actix_web::test]
async fn each_reading_is_written_into_the_trail() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    let auditor = app.staff(Role::InternalAuditor).await;
    assert_eq!(
        numbers(&items(&auditor, "").await),
        [3, 2, 1],
        "newest first, without the event of this read"
    );
    auditor.get(VERIFICATION).await.expect(200);
    let now = items(&auditor, "&from=2026-07-06").await;
    assert_eq!(numbers(&now), [5, 4, 3, 2, 1]);
    let told = |item: &Value| {
        (
            item["action"].clone(),
            item["actor_id"].clone(),
            item["actor_roles"].clone(),
            item["detail"].clone(),
        )
    };
    assert_eq!(
        told(&now[0]),
        (
            json!("verify_audit_trail"),
            json!(auditor.id),
            json!(["internal_auditor"]),
            json!("intact")
        )
    );
    assert_eq!(
        told(&now[1]),
        (
            json!("read_audit_trail"),
            json!(auditor.id),
            json!(["internal_auditor"]),
            json!("")
        )
    );
    assert_eq!(items(&auditor, "").await[0]["detail"], "from=2026-07-06");
    assert!(verdict(&app).await.intact);
}

#[actix_web::test]
async fn a_reporters_act_has_a_day_and_no_time() {
    let app = TestApp::start().await;
    fill(&app, 1).await;
    let all = items(&app.staff(Role::InternalAuditor).await, "").await;
    let (surfacing, message, disposal) = (&all[0], &all[1], &all[2]);
    assert_eq!(
        (&message["at"], &message["on_date"], &message["actor_kind"]),
        (&json!(null), &json!("2026-07-06"), &json!("reporter"))
    );
    assert_eq!(
        (
            &message["actor_id"],
            &message["actor_roles"],
            &message["detail"]
        ),
        (&json!(null), &json!([]), &json!(null))
    );
    assert_eq!(
        (&disposal["at"], &disposal["detail"]),
        (
            &json!("2026-07-06T01:00:00.123457Z"),
            &json!("Segera, sebelum libur.")
        )
    );
    assert_eq!(
        (
            &disposal["from_stage"],
            &disposal["to_stage"],
            &disposal["step"]
        ),
        (&json!("screened"), &json!("disposed"), &json!(2))
    );
    assert_eq!(
        (&disposal["acting"], &disposal["object_ref"]),
        (&json!("plh"), &json!("09".repeat(32)))
    );
    assert_eq!(
        (&surfacing["actor_kind"], &surfacing["actor_id"]),
        (&json!("service"), &json!(null))
    );
}

#[actix_web::test]
async fn the_trail_is_narrowed_and_paged() {
    let app = TestApp::start().await;
    fill(&app, 3).await;
    let auditor = app.staff(Role::InternalAuditor).await;
    assert_eq!(
        numbers(&items(&auditor, "&action=dispose").await),
        [7, 4, 1]
    );
    assert_eq!(
        items(&auditor, &format!("&object_ref={}", "09".repeat(32)))
            .await
            .len(),
        9
    );
    assert_eq!(
        items(&auditor, &format!("&object_ref={}", "0a".repeat(32)))
            .await
            .len(),
        0
    );
    assert_eq!(
        items(&auditor, "&action=dispose&from=2026-07-06&to=2026-07-06")
            .await
            .len(),
        3
    );
    assert_eq!(
        items(&auditor, "&action=dispose&from=2026-07-07")
            .await
            .len(),
        0
    );
    assert_eq!(
        items(&auditor, "&action=dispose&to=2026-07-05").await.len(),
        0
    );
    let (mut met, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = auditor
            .get(&format!("{TRAIL}?limit=2&action=dispose{cursor}"))
            .await
            .expect(200);
        met.extend(numbers(page["items"].as_array().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(met, [7, 4, 1], "each once, though every page adds an event");
    for query in [
        "object_ref=09",
        "object_ref=zz",
        "from=yesterday",
        "from=%2B262142-01-01",
        &format!("action={}", "x".repeat(101)),
    ] {
        auditor
            .get(&format!("{TRAIL}?{query}"))
            .await
            .refused(400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn the_auditor_is_told_what_was_tampered_with() {
    let app = TestApp::start().await;
    fill(&app, 2).await;
    anchor(&app, monday()).await.unwrap();
    let auditor = app.staff(Role::InternalAuditor).await;
    let found = auditor.get(VERIFICATION).await.expect(200);
    assert_eq!(
        (
            &found["intact"],
            &found["events"],
            &found["first_broken_seq"],
            &found["reason"]
        ),
        (&json!(true), &json!(6), &json!(null), &json!(null))
    );
    assert_eq!(
        (&found["anchors"], &found["anchored_until"]),
        (&json!(1), &json!("2026-07-06"))
    );

    let mut superuser = app.sql().await;
    sqlx::raw_sql(
        "alter table audit.event disable trigger user; delete from audit.event where seq = 3",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    let found = auditor.get(VERIFICATION).await.expect(200);
    assert_eq!(
        (&found["intact"], &found["events"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(
        (&found["first_broken_seq"], &found["reason"]),
        (&json!(3), &json!("missing"))
    );
    let detail = items(&auditor, "&action=verify_audit_trail").await[0]["detail"].clone();
    assert_eq!(detail, "an event is missing");
}
