//! Warnings as they are issued and as the warned person lists them: one per person, paged, and
//! dated by day in an order that reveals no case.

use serde_json::{Value, json};
use service_desk::complaint::sealing::salts::SaltKind;
use service_desk::ids::ComplaintId;
use service_desk::sop::role::Role;

use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::Person;

fn warning(user: uuid::Uuid) -> Value {
    json!({"user": user, "text": "Pungutan di luar tarif tidak dibenarkan."})
}

/// Cases in which `person` was warned today.
async fn warned_in(office: &mut ComplaintOffice, person: &Person, how_many: usize) -> Vec<Case> {
    let cases = office.surfaced(&vec![form(); how_many]).await;
    for case in &cases {
        office.bring_to(case, Until::Forwarded).await;
        office
            .team_lead
            .post(
                &format!("{}/warnings", case.path),
                json!({"warnings": [warning(person.id)]}),
            )
            .await
            .expect(200);
    }
    cases
}

#[actix_web::test]
async fn nobody_is_warned_twice_in_one_request() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let twice = json!([
        warning(office.clerk.id),
        warning(office.admin.id),
        warning(office.clerk.id)
    ]);
    let resolution = json!({"finding": "proven", "summary": "Terbukti.", "warnings": twice});
    for (end, form) in [
        ("warnings", json!({"warnings": twice})),
        ("resolution", resolution),
    ] {
        let refused = office
            .team_lead
            .post(&format!("{}/{end}", case.path), form)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            refused["errors"].as_array().unwrap().len(),
            1,
            "{refused:#}"
        );
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["code"]
            ),
            (&json!("/warnings/2/user"), &json!("duplicate"))
        );
    }
    let warnings: i64 = sqlx::query_scalar("select count(*) from wbs.warning")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(warnings, 0);
}

#[actix_web::test]
async fn warnings_come_in_pages_newest_day_first_and_within_a_day_by_ids_that_were_drawn() {
    let mut office = ComplaintOffice::open().await;
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    warned_in(&mut office, &warned, 3).await;
    office.later(24 * 60).await;
    warned_in(&mut office, &warned, 2).await;
    let warned = warned.sign_in_again().await;
    let (mut pages, mut seen, mut next) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = warned
            .get(&format!("/api/v1/warnings?limit=2{next}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        pages.push(items.len());
        let place = |item: &Value| {
            (
                std::cmp::Reverse(item["issued_on"].as_str().unwrap().to_owned()),
                item["id"].as_str().unwrap().to_owned(),
            )
        };
        seen.extend(items.iter().map(place));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(pages, [2, 2, 1]);
    assert!(
        seen.is_sorted() && seen.windows(2).all(|two| two[0] != two[1]),
        "{seen:?}"
    );
    assert!(seen[0].0 < seen[2].0, "of two days");
    assert_eq!(
        warned.get("/api/v1/warnings").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[actix_web::test]
async fn a_warning_of_a_case_that_is_being_shredded_hides_no_other() {
    let mut office = ComplaintOffice::open().await;
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    let cases = warned_in(&mut office, &warned, 2).await;
    let warned = warned.sign_in_again().await;
    assert_eq!(
        warned.get("/api/v1/warnings").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // The nightly job deletes the salt first, and then the rows.
    let id = ComplaintId(cases[0].path.rsplit('/').next().unwrap().parse().unwrap());
    office
        .app
        .service
        .complaint_services
        .salts
        .shred(id, SaltKind::Content)
        .await
        .unwrap();
    assert_eq!(
        warned.get("/api/v1/warnings").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
