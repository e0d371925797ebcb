//! The inbox: receivers, notifications, and read marks.

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::{Role, Roles};

use super::{inbox, moved, told, waiting};
use crate::certification::Office;
use crate::certification::office::{Until, verification};
use crate::support::Request;

#[actix_web::test]
async fn each_step_is_told_to_whoever_may_take_it_and_each_move_to_the_customer() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    // All notifications have the same time of the test's clock: in any order.
    let all = async |person| {
        let mut all = told(person).await;
        all.sort();
        all
    };
    assert_eq!(
        all(&office.pji_staff).await,
        [waiting(2), waiting(4), waiting(8)]
    );
    assert_eq!(
        all(&office.operations).await,
        [waiting(3), waiting(6)],
        "the customer's answer leads on to step 6 by itself"
    );
    assert_eq!(
        all(&office.ss_lead).await,
        [waiting(6)],
        "a return is not a waiting step"
    );
    assert_eq!(all(&office.pji_lead).await, [waiting(6)]);
    assert_eq!(all(&office.head).await, [waiting(7)]);
    assert!(all(&office.treasurer).await.is_empty());
    let moves = [2, 3, 4, 6, 6, 7, 8].map(|step| {
        if step == 4 {
            waiting(5)
        } else {
            moved(Some(step))
        }
    });
    let mut of_the_customer = moves.to_vec();
    of_the_customer.sort();
    assert_eq!(
        all(&office.customer).await,
        of_the_customer,
        "but not of their own acts"
    );
    let last = inbox(&office.customer)
        .await
        .into_iter()
        .find(|item| item["step"] == 8)
        .unwrap();
    let id = case.rsplit('/').next().unwrap();
    assert_eq!(
        (
            last["application"].as_str(),
            last["link"].as_str(),
            last["stage"].as_str()
        ),
        (Some(id), Some(case.as_str()), Some("notice_sent"))
    );
    assert!(
        last["text"]["id"]
            .as_str()
            .unwrap()
            .starts_with("Permohonan P-2026-00001 telah berpindah tahap"),
        "{last}"
    );
}

/// The head may return a drafted notice, and both leads may return an initialled one, but the file
/// does not wait for that: it is neither on their desks nor in their inboxes.
#[actix_web::test]
async fn a_file_lies_on_the_desks_of_those_that_were_told_and_on_no_other() {
    let office = Office::open().await;
    for (until, stage, awaited) in [
        (
            Until::Drafted,
            "notice_drafted",
            &["ss_lead", "pji_lead"][..],
        ),
        (Until::Initialled, "notice_initialled", &["head"]),
    ] {
        let case = office.case(until).await;
        let id = case.rsplit('/').next().unwrap();
        for (role, person) in [
            ("pji_staff", &office.pji_staff),
            ("operations_staff", &office.operations),
            ("ss_lead", &office.ss_lead),
            ("pji_lead", &office.pji_lead),
            ("head", &office.head),
            ("treasurer", &office.treasurer),
        ] {
            let desk = person.get("/api/v1/desk").await.expect(200);
            let mut items = desk["items"].as_array().unwrap().iter();
            let lies = items.any(|item| item["application"]["id"] == id);
            let told = inbox(person).await.iter().any(|item| {
                item["kind"] == "step_waiting"
                    && item["stage"] == stage
                    && item["application"] == id
            });
            let is_awaited = awaited.contains(&role);
            assert_eq!((lies, told), (is_awaited, is_awaited), "{role} at {stage}");
        }
    }
}

#[actix_web::test]
async fn nobody_else_is_told() {
    let office = Office::open().await;
    let stranger = office.app.customer().await;
    let (admin, auditor) = (
        office.app.staff(Role::Admin).await,
        office.app.staff(Role::InternalAuditor).await,
    );
    office.case(Until::Sent).await;
    for person in [&stranger, &admin, &auditor] {
        assert!(told(person).await.is_empty());
    }
}

#[actix_web::test]
async fn whom_four_eyes_keep_from_signing_is_not_asked_to_sign() {
    let office = Office::open().await;
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::OperationsStaff).with(Role::Head))
        .await;
    let case = office.case(Until::Confirmed).await;
    both.post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    office
        .ss_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "letter"}),
        )
        .await
        .expect(200);
    office
        .pji_lead
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "cost"}),
        )
        .await
        .expect(200);
    assert_eq!(told(&office.head).await, [waiting(7)]);
    assert!(!told(&both).await.contains(&waiting(7)));
}

#[actix_web::test]
async fn a_refused_step_tells_nobody() {
    let office = Office::open().await;
    let case = office.case(Until::Filed).await;
    let before = (told(&office.operations).await, told(&office.customer).await);
    office
        .operations
        .post(&format!("{case}/verification"), json!({"items": []}))
        .await
        .refused(422, "invalid_content");
    office
        .pji_staff
        .post(&format!("{case}/verification"), verification(&[]))
        .await
        .refused(403, "not_your_step");
    assert_eq!(
        (told(&office.operations).await, told(&office.customer).await),
        before
    );
    let events: i64 =
        sqlx::query_scalar("select count(*) from event where kind = 'application.stage_changed'")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(events, 2, "submitted and filed");
}

#[actix_web::test]
async fn what_was_read_is_marked_once_and_by_nobody_else() {
    let office = Office::open().await;
    let colleague = office.app.staff(Role::PjiStaff).await;
    office.case(Until::Submitted).await;
    office.case(Until::Submitted).await;
    let counted = office
        .pji_staff
        .get("/api/v1/notifications?count=true&unread=true&limit=1")
        .await
        .expect(200);
    assert_eq!(
        (
            counted["count"].as_i64(),
            counted["items"].as_array().unwrap().len()
        ),
        (Some(2), 1)
    );
    let path = format!(
        "/api/v1/notifications/{}/reading",
        counted["items"][0]["id"].as_str().unwrap()
    );
    let put = async |person: &crate::support::Person, path: &str| {
        person
            .ask(&Request {
                method: Method::PUT,
                path,
                body: None,
                headers: &[],
            })
            .await
    };
    put(&colleague, &path).await.refused(404, "not_found");
    assert_eq!(put(&office.pji_staff, &path).await.status, 204);
    let first = inbox(&office.pji_staff)
        .await
        .into_iter()
        .find(|item| !item["read_at"].is_null())
        .unwrap();
    office.app.clock.advance(chrono::TimeDelta::minutes(1));
    assert_eq!(put(&office.pji_staff, &path).await.status, 204);
    assert!(
        inbox(&office.pji_staff).await.contains(&first),
        "the first reading counts"
    );
    for (query, left) in [("unread=true", 1), ("unread=false", 1), ("", 2)] {
        let page = office
            .pji_staff
            .get(&format!("/api/v1/notifications?count=true&{query}"))
            .await
            .expect(200);
        assert_eq!(page["count"], left, "{query}");
    }
    assert_eq!(told(&colleague).await.len(), 2);
    let all = json!({"until": office.app.clock.now()});
    assert_eq!(
        office
            .pji_staff
            .put("/api/v1/notifications/reading", all, None)
            .await
            .status,
        204
    );
    assert_eq!(
        office
            .pji_staff
            .get("/api/v1/notifications?count=true&unread=true")
            .await
            .expect(200)["count"],
        0
    );
    assert_eq!(
        colleague
            .get("/api/v1/notifications?count=true&unread=true")
            .await
            .expect(200)["count"],
        2
    );
}

#[actix_web::test]
async fn a_walk_through_the_inbox_meets_each_once() {
    let office = Office::open().await;
    for _ in 0..5 {
        office.case(Until::Submitted).await;
    }
    let (mut met, mut at) = (Vec::new(), Some("/api/v1/notifications?limit=2".to_owned()));
    while let Some(path) = at {
        let page = office.pji_staff.get(&path).await.expect(200);
        met.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone()),
        );
        at = page["next_cursor"]
            .as_str()
            .map(|cursor| format!("/api/v1/notifications?limit=2&cursor={cursor}"));
    }
    let whole: Vec<_> = inbox(&office.pji_staff)
        .await
        .iter()
        .map(|item| item["id"].clone())
        .collect();
    assert_eq!((whole.len(), met), (5, whole));
}

#[actix_web::test]
async fn customers_are_mailed_at_first_and_staff_are_not_and_both_may_choose() {
    let office = Office::open().await;
    let path = "/api/v1/notifications/preferences";
    for (person, at_first) in [(&office.customer, true), (&office.pji_staff, false)] {
        assert_eq!(
            person.get(path).await.expect(200),
            json!({"mail": at_first})
        );
        assert_eq!(
            person
                .put(path, json!({"mail": !at_first}), None)
                .await
                .status,
            204
        );
        assert_eq!(
            person.get(path).await.expect(200),
            json!({"mail": !at_first})
        );
    }
}
