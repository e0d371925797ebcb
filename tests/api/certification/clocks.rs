//! The two clocks in the API's replies: they count working time only, pause while the customer has
//! the file, and keep their used time.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::Office;
use super::attempts::{Specimen, explained};
use super::office::{Until, mandatory, verification};
use crate::support::{Person, TestApp};

impl Office {
    /// Advances the clock to `moment`, given in WIB.
    async fn until(&mut self, moment: &str) {
        let to: DateTime<Utc> = format!("{moment}:00+07:00").parse().unwrap();
        let minutes = (to - self.app.clock.now()).num_minutes();
        assert!(minutes >= 0, "{moment} is over");
        self.later(minutes).await;
    }
}

/// The clock of the file: used minutes, due time in WIB, overdue.
async fn clock(office: &Office, case: &str) -> (i64, String, bool) {
    let clock = office.customer.get(case).await.expect(200)["clock"].clone();
    let due: DateTime<Utc> = clock["due_at"].as_str().unwrap().parse().unwrap();
    let due = due
        .with_timezone(&chrono::FixedOffset::east_opt(7 * 3600).unwrap())
        .format("%Y-%m-%dT%H:%M")
        .to_string();
    (
        clock["used_minutes"].as_i64().unwrap(),
        due,
        clock["overdue"].as_bool().unwrap(),
    )
}

fn at(used: i64, due: &str, overdue: bool) -> (i64, String, bool) {
    (used, due.to_owned(), overdue)
}

async fn timeline(office: &Office, case: &str) -> Value {
    office
        .customer
        .get(&format!("{case}/timeline"))
        .await
        .expect(200)
}

/// The measured step `no` of `round`.
fn step(timeline: &Value, no: u64, round: u64) -> &Value {
    let steps = timeline["steps"].as_array().unwrap();
    steps
        .iter()
        .find(|step| step["step"] == no && step["round"] == round)
        .unwrap_or_else(|| panic!("no step {no} of round {round}: {timeline:#}"))
}

#[actix_web::test]
async fn what_comes_on_friday_afternoon_is_due_on_monday() {
    let mut office = Office::open().await;
    office.until("2026-07-10T16:25").await;
    let case = office.case(Until::Submitted).await;
    assert_eq!(
        clock(&office, &case).await,
        at(0, "2026-07-13T07:40", false)
    );
    office.until("2026-07-11T10:00").await;
    assert_eq!(
        clock(&office, &case).await,
        at(5, "2026-07-13T07:40", false),
        "the weekend does not count"
    );
    office.until("2026-07-13T07:40").await;
    assert_eq!(
        clock(&office, &case).await,
        at(15, "2026-07-13T07:40", false),
        "the last minute is in time"
    );
    office.until("2026-07-13T07:41").await;
    assert_eq!(
        clock(&office, &case).await,
        at(16, "2026-07-13T07:40", true)
    );
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    let timeline = timeline(&office, &case).await;
    let filing = step(&timeline, 2, 1);
    assert_eq!(
        (
            &filing["used_minutes"],
            &filing["standard_minutes"],
            &filing["on_time"]
        ),
        (&json!(16), &json!(15), &json!(false))
    );
}

#[actix_web::test]
async fn nights_breaks_and_holidays_do_not_count() {
    for (sent, due) in [
        // The examples of the design for step 2, which has a quarter of an hour.
        ("2026-07-08T12:20", "2026-07-08T13:15"),
        ("2026-07-08T15:45", "2026-07-08T16:00"),
        ("2026-07-08T16:00", "2026-07-09T07:45"),
        ("2026-07-08T23:00", "2026-07-09T07:45"),
        ("2026-07-10T11:20", "2026-07-10T13:05"),
        ("2026-07-11T10:00", "2026-07-13T07:45"),
    ] {
        let mut office = Office::open().await;
        office.until(sent).await;
        let case = office.case(Until::Submitted).await;
        assert_eq!(
            clock(&office, &case).await,
            at(0, due, false),
            "sent {sent}"
        );
    }
}

#[actix_web::test]
async fn a_holiday_does_not_count_and_a_year_without_a_decree_is_provisional() {
    let mut office = Office::open().await;
    // Independence Day is a Monday.
    for (moment, due, provisional) in [
        ("2026-08-14T16:25", "2026-08-18T07:40", false),
        ("2026-12-31T15:55", "2027-01-01T07:40", true),
    ] {
        office
            .app
            .clock
            .set(format!("{moment}:00+07:00").parse().unwrap());
        office.customer = signed_in_again(&office.app, &office.customer).await;
        let case = office.case(Until::Submitted).await;
        assert_eq!(clock(&office, &case).await, at(0, due, false));
        assert_eq!(
            office.customer.get(&case).await.expect(200)["clock"]["provisional"],
            provisional,
            "{moment}"
        );
    }
}

/// Signs `person` in again: sessions end after weeks.
async fn signed_in_again(app: &TestApp, person: &Person) -> Person {
    let tokens = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": person.email, "password": person.password}),
        )
        .await
        .expect(200);
    person.with_token(tokens["access_token"].as_str().unwrap())
}

#[actix_web::test]
async fn the_office_clock_stands_still_while_the_customer_holds_the_file() {
    let mut office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    office.later(100).await;
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[wanting]))
        .await
        .expect(200);
    office.later(10).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let asked = timeline(&office, &case).await;
    // The customer takes three days for a step that has half an hour by the printed SOP.
    office.later(3 * 24 * 60).await;
    let view = office.customer.get(&case).await.expect(200);
    assert_eq!(
        (
            &view["clock"]["party"],
            &view["clock"]["step"],
            &view["clock"]["overdue"]
        ),
        (&json!("customer"), &json!(5), &json!(true))
    );
    office
        .customer
        .post(&format!("{case}/completion"), explained(wanting))
        .await
        .expect(200);
    let answered = timeline(&office, &case).await;
    assert_eq!(asked["office_minutes"], 110);
    assert_eq!(
        answered["office_minutes"], asked["office_minutes"],
        "the customer's time does not count for the office"
    );
    assert_eq!(answered["customer_minutes"], 3 * 450, "three working days");
    assert_eq!(
        (
            &step(&answered, 5, 1)["party"],
            &step(&answered, 5, 1)["on_time"]
        ),
        (&json!("customer"), &json!(false))
    );
    // The next round of step 3 has two hours of its own.
    office.later(20).await;
    let view = office.operations.get(&case).await.expect(200);
    assert_eq!(
        (
            &view["clock"]["step"],
            &view["clock"]["used_minutes"],
            &view["clock"]["overdue"]
        ),
        (&json!(3), &json!(20), &json!(false))
    );
    let now = timeline(&office, &case).await;
    assert_eq!(
        (
            &step(&now, 3, 1)["used_minutes"],
            &step(&now, 3, 2)["used_minutes"]
        ),
        (&json!(100), &json!(20))
    );
}

#[actix_web::test]
async fn after_a_return_the_clock_of_the_draft_goes_on_with_what_was_left() {
    let mut office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    assert_eq!(
        clock(&office, &case).await,
        at(0, "2026-07-06T08:30", false)
    );
    office.later(20).await;
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    office.later(5).await;
    assert_eq!(
        clock(&office, &case).await,
        at(25, "2026-07-06T08:30", false),
        "the time of the parafs counts for step 6"
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
    assert_eq!(
        clock(&office, &case).await,
        at(0, "2026-07-06T08:40", false),
        "step 7"
    );
    office.later(7).await;
    office
        .head
        .post(
            &format!("{case}/audit-notice/return"),
            json!({"reason": "Tanggal belum ada."}),
        )
        .await
        .expect(200);
    // 08:32: five of the thirty minutes are left.
    assert_eq!(
        clock(&office, &case).await,
        at(25, "2026-07-06T08:37", false)
    );
    office.later(6).await;
    assert_eq!(
        clock(&office, &case).await,
        at(31, "2026-07-06T08:37", true)
    );
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
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
    // 08:38: eight of the head's fifteen minutes are left.
    assert_eq!(
        clock(&office, &case).await,
        at(7, "2026-07-06T08:46", false)
    );
}

#[actix_web::test]
async fn the_figures_of_the_timeline_are_sums_of_its_steps() {
    let mut office = Office::open().await;
    let wanting = mandatory()[1];
    let file = Specimen {
        case: office.draft().await,
        stage: service_desk::certification::sop::Stage::Draft,
        stages: Vec::new(),
        billing: None,
    };
    let case = file.case.clone();
    let mut minutes = 3;
    for (path, body) in [
        ("submission", None),
        ("filing", None),
        ("verification", Some(verification(&[wanting]))),
        ("audit-confirmation", Some(office.proposal())),
        ("completion", Some(explained(wanting))),
        (
            "verification",
            Some(json!({"items": [{"requirement": wanting, "result": "complete"}]})),
        ),
        ("audit-notice", Some(office.notice())),
    ] {
        office.later(minutes).await;
        minutes += 2;
        let person = match path {
            "submission" | "completion" => &office.customer,
            "filing" | "audit-confirmation" => &office.pji_staff,
            _ => &office.operations,
        };
        let path = format!("{case}/{path}");
        if let Some(body) = body {
            person.post(&path, body).await
        } else {
            person.act(&path).await
        }
        .expect(200);
    }
    let timeline = timeline(&office, &case).await;
    let steps = timeline["steps"].as_array().unwrap();
    let sum = |party: &str| -> i64 {
        steps
            .iter()
            .filter(|step| step["party"] == party)
            .map(|step| step["used_minutes"].as_i64().unwrap())
            .sum()
    };
    // 3, 5, 7, … minutes before each step; the customer took the first and the fifth.
    assert_eq!(
        (sum("customer"), sum("office")),
        (3 + 11, 5 + 7 + 9 + 13 + 15)
    );
    assert_eq!(
        (&timeline["customer_minutes"], &timeline["office_minutes"]),
        (&json!(14), &json!(49))
    );
}

#[actix_web::test]
async fn a_new_calendar_moves_open_files_and_leaves_closed_ones() {
    let mut office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    let (open, closed) = (
        office.case(Until::Submitted).await,
        office.case(Until::Filed).await,
    );
    office.later(10).await;
    let reason = json!({"reason": "Di luar lingkup."});
    office
        .ss_lead
        .post(&format!("{closed}/rejection"), reason)
        .await
        .expect(200);
    assert_eq!(
        clock(&office, &open).await,
        at(10, "2026-07-06T08:15", false)
    );
    let before = (
        timeline(&office, &closed).await,
        office.customer.get(&closed).await.body,
    );

    // An administrator declares today a holiday.
    let calendars = admin.get("/api/v1/calendars").await;
    assert_eq!(calendars.status, 200);
    let mut calendar = calendars.body["items"][0]["calendar"].clone();
    let day = json!({"date": "2026-07-06", "name": "Libur daerah", "kind": "holiday"});
    calendar["days_off"].as_array_mut().unwrap().push(day);
    let form = json!({"calendar": calendar, "reason": "Keputusan Gubernur"});
    office
        .head
        .post("/api/v1/calendars", form.clone())
        .await
        .refused(403, "forbidden");
    admin.post("/api/v1/calendars", form).await.expect(201);

    assert_eq!(
        clock(&office, &open).await,
        at(0, "2026-07-07T07:45", false),
        "an open file follows it at once"
    );
    assert_eq!(
        (
            timeline(&office, &closed).await,
            office.customer.get(&closed).await.body
        ),
        before,
        "a closed file keeps its measured calendar"
    );
    assert_eq!(before.0["office_minutes"], 10);
    let list = office.pji_staff.get("/api/v1/desk").await.expect(200);
    assert_eq!(list["items"][0]["application"]["clock"]["used_minutes"], 0);
}

/// The days off of a decreed year stay in the next versions of the calendar.
#[actix_web::test]
async fn a_decreed_year_has_its_days_off_and_stays_decreed() {
    let office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    let known = admin.get("/api/v1/calendars").await.expect(200)["items"][0]["calendar"].clone();
    let told = async |calendar: Value| {
        let refusal = admin
            .post(
                "/api/v1/calendars",
                json!({"calendar": calendar, "reason": "SKB"}),
            )
            .await
            .refused(422, "invalid_content");
        super::drafts::faults(&refusal)
            .into_iter()
            .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
            .collect::<Vec<_>>()
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    let too_few = one("/calendar/days_off", "too_few_days_off");
    let days_off = known["days_off"].as_array().unwrap().clone();
    assert_eq!(days_off.len(), 25);
    let with = |name: &str, value: Value| {
        let mut calendar = known.clone();
        calendar[name] = value;
        calendar
    };
    assert_eq!(
        told(with("days_off", json!([]))).await,
        too_few,
        "the 25 days were left out"
    );
    assert_eq!(told(with("days_off", json!(days_off[..19]))).await, too_few);
    assert_eq!(
        told(with("decreed_years", json!([2026, 2027]))).await,
        too_few,
        "2027 has none"
    );
    let mut forgotten = with("days_off", json!([]));
    forgotten["decreed_years"] = json!([]);
    assert_eq!(
        told(forgotten).await,
        one("/calendar/decreed_years", "decree_dropped")
    );

    // The decree for 2027 is entered, and withdrawn before 2027 begins.
    let next_year =
        days_off.iter().map(|day| json!({"date": day["date"].as_str().unwrap().replace("2026", "2027"), "name": day["name"], "kind": day["kind"]}));
    let mut both = with(
        "days_off",
        days_off.iter().cloned().chain(next_year).collect(),
    );
    both["decreed_years"] = json!([2026, 2027]);
    for calendar in [both, known.clone()] {
        admin
            .post(
                "/api/v1/calendars",
                json!({"calendar": calendar, "reason": "SKB 2027"}),
            )
            .await
            .expect(201);
    }
}
