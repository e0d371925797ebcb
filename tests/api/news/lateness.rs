//! Escalation to the person, the lead and the head: each level of a step once, by working time,
//! from the ledger.

use futures_util::future::join_all;
use serde_json::json;
use service_desk::database::Database;
use service_desk::{casework, escalation};

use super::{late, told};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::office::{ComplaintOffice, Until as ComplaintUntil};
use crate::support::Person;

impl Office {
    /// Runs the escalation, as the job does every minute.
    async fn run_escalation(&self) {
        let (app, service) = (&self.app, &self.app.service);
        escalation::escalate_late_files(
            &app.database,
            &service.complaint_services,
            &service.calendars,
            app.clock.now(),
        )
        .await
        .unwrap();
    }
}

async fn late_notices(person: &Person) -> Vec<(String, Option<i64>, Option<i64>)> {
    told(person)
        .await
        .into_iter()
        .filter(|one| one.0 == "step_late")
        .collect()
}

#[actix_web::test]
async fn the_person_the_lead_and_the_head_are_told_one_after_the_other_and_each_once() {
    let mut office = Office::open().await;
    office.case(Until::Filed).await;
    // Step 3 has two hours: 08:00 to 10:00.
    for (minutes, person, lead, head) in [
        (89, 0, 0, 0),
        (1, 1, 0, 0),
        (29, 1, 0, 0),
        (1, 1, 1, 0),
        (59, 1, 1, 0),
        (1, 1, 1, 1),
        (60, 1, 1, 1),
    ] {
        office.later(minutes).await;
        office.run_escalation().await;
        office.run_escalation().await;
        let heard = (
            late_notices(&office.operations).await.len(),
            late_notices(&office.ss_lead).await.len(),
            late_notices(&office.head).await.len(),
        );
        assert_eq!(heard, (person, lead, head), "at {}", office.app.clock.now());
    }
    assert_eq!(late_notices(&office.operations).await, [late(3, 75)]);
    assert_eq!(late_notices(&office.ss_lead).await, [late(3, 100)]);
    assert_eq!(late_notices(&office.head).await, [late(3, 150)]);
    for other in [
        &office.customer,
        &office.pji_staff,
        &office.pji_lead,
        &office.treasurer,
    ] {
        assert!(late_notices(other).await.is_empty());
    }
}

/// Every receiver of an escalation can open the file.
#[actix_web::test]
async fn whoever_hears_that_a_step_is_late_can_open_the_file() {
    let mut office = Office::open().await;
    let road = [
        Until::Submitted,
        Until::Filed,
        Until::Verified,
        Until::Completed,
        Until::Confirmed,
        Until::Drafted,
        Until::Initialled,
        Until::Signed,
    ];
    for until in road {
        office.case(until).await;
    }
    office.later(24 * 60).await;
    office.run_escalation().await;
    let (mut heard, mut kinds) = (0, std::collections::BTreeSet::new());
    for (_, person) in office.person_of_each_role().await {
        // `inbox` opens the subject of every notification.
        for item in super::inbox(&person).await {
            heard += usize::from(item["kind"] == "step_late");
            kinds.insert(item["kind"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["case_moved", "step_late", "step_waiting"]
    );
    assert!(heard >= 3 * road.len(), "each file at each level: {heard}");
}

#[actix_web::test]
async fn the_night_and_the_weekend_do_not_make_late() {
    let mut office = Office::open().await;
    office.later(4 * 24 * 60 + 8 * 60 + 25).await;
    // Friday 16:25: of its fifteen minutes, five are left before the weekend.
    office.case(Until::Submitted).await;
    office.later(2 * 24 * 60).await;
    office.run_escalation().await;
    assert!(late_notices(&office.pji_staff).await.is_empty());
    office.later(15 * 60 + 12).await;
    office.run_escalation().await;
    assert_eq!(
        late_notices(&office.pji_staff).await,
        [late(2, 75)],
        "Monday 07:37"
    );
    assert!(late_notices(&office.pji_lead).await.is_empty());
}

#[actix_web::test]
async fn the_customers_time_makes_nobody_late_and_the_clock_that_stood_goes_on_where_it_was() {
    let mut office = Office::open().await;
    let (draft, waiting) = (
        office.draft().await,
        office.case(Until::AwaitingCustomer).await,
    );
    office.later(3 * 24 * 60).await;
    office.run_escalation().await;
    for person in [
        &office.customer,
        &office.pji_staff,
        &office.operations,
        &office.head,
        &office.pji_lead,
        &office.ss_lead,
    ] {
        assert!(late_notices(person).await.is_empty(), "{draft} {waiting}");
    }
}

#[actix_web::test]
async fn after_a_return_no_rung_is_told_again() {
    let mut office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    office.later(25).await;
    office.run_escalation().await;
    assert_eq!(late_notices(&office.operations).await, [late(6, 75)]);
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    office.run_escalation().await;
    assert!(
        late_notices(&office.ss_lead).await.is_empty(),
        "the parafs are part of step 6, with its first level notified already"
    );
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
    office
        .head
        .post(
            &format!("{case}/audit-notice/return"),
            json!({"reason": "Tanggal belum ada."}),
        )
        .await
        .expect(200);
    office.run_escalation().await;
    assert_eq!(late_notices(&office.operations).await, [late(6, 75)]);
    office.later(5).await;
    office.run_escalation().await;
    assert_eq!(
        (
            late_notices(&office.operations).await,
            late_notices(&office.ss_lead).await
        ),
        (vec![late(6, 75)], vec![late(6, 100)])
    );
}

#[actix_web::test]
async fn after_a_stop_everything_that_was_reached_is_told_once() {
    let mut office = Office::open().await;
    office.case(Until::Submitted).await;
    office.later(12).await;
    office.run_escalation().await;
    assert_eq!(late_notices(&office.pji_staff).await, [late(2, 75)]);
    // No run for an hour; then the service restarts with empty memory.
    office.later(60).await;
    let (service, fresh) = (
        &office.app.service,
        Database::new(office.app.service.database.clone(), 2),
    );
    escalation::escalate_late_files(
        &fresh,
        &service.complaint_services,
        &casework::calendars::Calendars::default(),
        office.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(late_notices(&office.pji_staff).await, [late(2, 75)]);
    assert_eq!(
        (
            late_notices(&office.pji_lead).await,
            late_notices(&office.head).await
        ),
        (vec![late(2, 100)], vec![late(2, 150)])
    );
}

#[actix_web::test]
async fn of_many_who_look_at_once_one_tells() {
    let mut office = Office::open().await;
    for _ in 0..3 {
        office.case(Until::Submitted).await;
    }
    office.later(30).await;
    join_all((0..4).map(|_| office.run_escalation())).await;
    assert_eq!(
        (
            late_notices(&office.pji_staff).await.len(),
            late_notices(&office.pji_lead).await.len(),
            late_notices(&office.head).await.len()
        ),
        (3, 3, 3)
    );
    let fired: i64 = sqlx::query_scalar("select count(*) from escalation")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(fired, 9);
}

#[actix_web::test]
async fn a_file_that_was_handed_on_in_time_makes_nobody_late() {
    let mut office = Office::open().await;
    let case = office.case(Until::Submitted).await;
    office.later(11).await;
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    office.later(60).await;
    office.run_escalation().await;
    assert!(
        late_notices(&office.pji_staff).await.is_empty()
            && late_notices(&office.operations).await.is_empty()
    );
}

#[actix_web::test]
async fn the_list_of_what_may_be_late_shows_complaints_to_none_but_the_service() {
    let mut office = ComplaintOffice::open().await;
    office.case(ComplaintUntil::Screened).await;
    let count = "select count(*) from waiting_file where subject = 'complaint'";
    let all: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let seen: i64 = office
        .app
        .database
        .read(async |c| Ok(sqlx::query_scalar(count).fetch_one(c).await?))
        .await
        .unwrap();
    assert_eq!((all, seen), (1, 0), "a query without a caller sees nothing");
}
