//! Lists: sizes, keyset pages without loss or repetition, and cursors for one list only.

use serde_json::json;
use service_desk::sop::role::{Role, Roles};

use super::operations;
use crate::certification::Office;
use crate::support::{Answer, Person};

/// The path of `Link: rel="next"`.
fn next(answer: &Answer) -> Option<String> {
    let (target, relation) = answer.header("link")?.split_once(">; ")?;
    assert_eq!(relation, "rel=\"next\"");
    Some(target.trim_start_matches('<').to_owned())
}

async fn everything(office: &Office) -> Person {
    office
        .app
        .staff_with(
            [
                Role::Admin,
                Role::Head,
                Role::SsLead,
                Role::Treasurer,
                Role::InternalAuditor,
                Role::IdentityCustodian,
                Role::ConflictOfficer,
            ]
            .into_iter()
            .fold(Roles::NONE, Roles::with),
        )
        .await
}

#[actix_web::test]
async fn a_page_has_1_to_200_items_and_a_cursor_that_is_ours() {
    let office = Office::open().await;
    let all_roles = everything(&office).await;
    let hook = json!({"url": "https://hooks.example/", "events": ["application.stage_changed"]});
    let hook = all_roles.post("/api/v1/webhooks", hook).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // `complaint::messages` tests the messages of a complaint, which few roles read.
    let lists = operations()
        .into_iter()
        .filter(|one| one.takes("cursor") && !one.path.ends_with("/messages"));
    let lists: Vec<_> = lists
        .map(|one| {
            one.path
                .replace("/webhooks/{id}", &format!("/webhooks/{hook}"))
        })
        .collect();
    assert!(lists.len() > 10, "{lists:?}");
    for path in lists {
        for size in ["0", "201", "-1", "x", "1.5", "99999999999999999999", ""] {
            all_roles
                .get(&format!("{path}?limit={size}"))
                .await
                .refused(400, "invalid_parameter");
        }
        for size in [1, 200] {
            let page = all_roles.get(&format!("{path}?limit={size}")).await;
            assert_eq!(
                next(&page).is_some(),
                !page.body["next_cursor"].is_null(),
                "{path}"
            );
            assert!(
                page.expect(200)["items"].as_array().unwrap().len() <= size,
                "{path}"
            );
        }
        for cursor in ["x", "", "AAAA", "bm90IG91cnMgYXQgYWxsLCBidXQgbG9uZw", "%00"] {
            let refusal = all_roles.get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(refusal.status, 400, "{path}?cursor={cursor}");
        }
    }
}

#[actix_web::test]
async fn a_walk_meets_each_row_once_in_order_while_others_come_in() {
    let office = Office::open().await;
    for _ in 0..7 {
        office.bare_draft().await;
        office.app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let ids = |page: &serde_json::Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let whole = ids(&office
        .customer
        .get("/api/v1/applications?limit=200")
        .await
        .expect(200));
    let (mut met, mut at) = (
        Vec::new(),
        Some("/api/v1/applications?limit=1&scheme=quality_iso9001".to_owned()),
    );
    while let Some(path) = at {
        let page = office.customer.get(&path).await;
        assert_eq!(page.body["items"].as_array().unwrap().len(), 1);
        assert!(
            next(&page).is_none_or(|next| next.contains("limit=1&scheme=quality_iso9001&cursor="))
        );
        met.extend(ids(&page.body));
        at = next(&page);
        office.bare_draft().await;
    }
    assert_eq!((whole.len(), met), (7, whole));
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_list_and_filter_and_nothing_else() {
    let office = Office::open().await;
    for _ in 0..3 {
        office.bare_draft().await;
    }
    let all_roles = everything(&office).await;
    let page = office
        .customer
        .get("/api/v1/applications?limit=1&kind=initial")
        .await
        .expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let again = office
        .customer
        .get(&format!(
            "/api/v1/applications?limit=2&kind=initial&count=true&cursor={cursor}"
        ))
        .await
        .expect(200);
    assert_eq!(
        again["items"].as_array().unwrap().len(),
        2,
        "size and count may change from page to page"
    );
    let flipped: String = cursor
        .chars()
        .enumerate()
        .map(|(i, c)| {
            if i == 30 {
                if c == 'A' { 'B' } else { 'A' }
            } else {
                c
            }
        })
        .collect();
    for path in [
        format!("applications?limit=1&cursor={cursor}"),
        format!("applications?limit=1&kind=transfer&cursor={cursor}"),
        format!("applications?limit=1&kind=initial&cursor={flipped}"),
        format!(
            "applications?limit=1&kind=initial&cursor={}",
            &cursor[..cursor.len() - 2]
        ),
        format!("billings?cursor={cursor}"),
    ] {
        office
            .customer
            .get(&format!("/api/v1/{path}"))
            .await
            .refused(400, "invalid_cursor");
    }
    for list in [
        "users",
        "auditors",
        "calendars",
        "audit-notices",
        "acting-appointments",
        "teams",
        "notifications",
        "webhooks",
        "job-failures",
    ] {
        all_roles
            .get(&format!("/api/v1/{list}?cursor={cursor}"))
            .await
            .refused(400, "invalid_cursor");
    }
}

#[actix_web::test]
async fn a_list_counts_only_when_asked() {
    let office = Office::open().await;
    for _ in 0..3 {
        office.bare_draft().await;
    }
    let counted = office
        .customer
        .get("/api/v1/applications?limit=1&count=true")
        .await
        .expect(200);
    assert_eq!(
        (
            counted["count"].as_i64(),
            counted["items"].as_array().unwrap().len()
        ),
        (Some(3), 1)
    );
    for query in ["", "?count=false"] {
        let plain = office
            .customer
            .get(&format!("/api/v1/applications{query}"))
            .await
            .expect(200);
        assert!(plain.get("count").is_none(), "{plain}");
    }
    assert_eq!(
        office
            .customer
            .get("/api/v1/applications?count=true&stage=filed")
            .await
            .expect(200)["count"],
        json!(0)
    );
}
