//! Reports of retaliation: reporting, protection, and the users who must not learn of a report
//! (abuse case 38; ISO 37002 8.4.3). `keeping` tests that a report suspends the deletion of the
//! case.

use futures_util::future::join_all;
use serde_json::{Value, json};
use service_desk::ids::UserId;
use service_desk::sop::role::{Role, Roles};
use uuid::Uuid;

use super::office::{Case, ComplaintOffice, Until, form};
use super::sweep::{Target, bare};
use crate::support::Person;

const MINE: &str = "/api/v1/complaints/mine/retaliation-reports";
const WAITING: &str = "/api/v1/retaliation-reports";

fn report() -> Value {
    json!({"kind": "transfer", "text": "Sejak laporan itu saya dipindahkan ke gudang.", "day": "2026-07-03"})
}

fn assessment(finding: &str) -> Value {
    json!({"finding": finding, "text": "Pemindahan Saudara dibatalkan.", "measures": ["restoration", "lpsk_referral"]})
}

/// Reports retaliation as the reporter of `case`; returns the id.
async fn reported(office: &ComplaintOffice, case: &Case, form: Value) -> String {
    let reporter = office.sign_in_with_code(&case.code).await;
    reporter.post(MINE, form).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A case with a released retaliation report, and the path of the assessment.
async fn surfaced(office: &mut ComplaintOffice, until: Until, form: Value) -> (Case, String) {
    let case = office.case(until).await;
    let id = reported(office, &case, form).await;
    office.next_slot().await;
    let path = format!("{}/retaliation-reports/{id}/assessment", case.path);
    (case, path)
}

fn reports_path(case: &Case) -> String {
    format!("{}/retaliation-reports", case.path)
}

async fn items(person: &Person, path: &str) -> Vec<Value> {
    person.get(path).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// The retaliation reports on the desk of `person`.
async fn reports_on_desk(person: &Person) -> Vec<Value> {
    items(person, "/api/v1/desk")
        .await
        .into_iter()
        .filter_map(|item| item.get("retaliation_report").cloned())
        .collect()
}

/// The number of notifications of this kind.
async fn notification_count(person: &Person, kind: &str) -> usize {
    items(person, "/api/v1/notifications?limit=200")
        .await
        .iter()
        .filter(|item| item["kind"] == kind)
        .count()
}

async fn count(office: &ComplaintOffice, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

/// Another conflict officer, signed in at the present time.
async fn deputy(office: &ComplaintOffice) -> Person {
    office
        .another(Role::ConflictOfficer, "Fitri Handayani")
        .await
        .sign_in_again()
        .await
}

#[actix_web::test]
async fn a_report_is_assessed_by_who_protects_watched_and_settled_and_the_reporter_reads_what_was_found()
 {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let made = office
        .sign_in_with_code(&case.code)
        .await
        .post(MINE, report())
        .await
        .expect(201);
    assert_eq!(
        (&made["state"], &made["reported_on"], &made["assessments"]),
        (&json!("open"), &json!("2026-07-06"), &json!([]))
    );
    office.run_due_work().await;
    let officer = &office.conflict_officer;
    assert_eq!(
        (
            items(officer, &reports_path(&case)).await.len(),
            items(officer, WAITING).await.len()
        ),
        (0, 0),
        "the minute is not revealed"
    );
    assert_eq!(notification_count(officer, "retaliation_waits").await, 0);

    office.next_slot().await;
    let officer = &office.conflict_officer;
    let told = items(officer, "/api/v1/notifications")
        .await
        .into_iter()
        .find(|item| item["kind"] == "retaliation_waits")
        .unwrap();
    let text = told.to_string();
    assert!(
        !text.contains(&case.number)
            && !text.contains(case.path.rsplit('/').next().unwrap())
            && !text.contains("gudang"),
        "{text}"
    );
    assert_eq!(
        (&told["sop"], &told["link"]),
        (&json!("wbs"), &json!(WAITING))
    );
    let waiting = items(officer, WAITING).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (&waiting[0]["public_number"], &waiting[0]["state"]),
        (&json!(case.number), &json!("open"))
    );
    assert!(
        !waiting[0].to_string().contains("gudang"),
        "the list contains no text of a report"
    );
    assert_eq!(
        (
            reports_on_desk(officer).await,
            reports_on_desk(&office.head).await
        ),
        (waiting.clone(), vec![]),
        "it is on the desk of the conflict officer, and on no other"
    );
    let read = items(officer, &reports_path(&case)).await;
    assert_eq!(
        (read.len(), &read[0]["text"], &read[0]["kind"]),
        (1, &report()["text"], &json!("transfer"))
    );
    assert_eq!(read[0]["id"], made["id"]);

    let path = format!(
        "{}/{}/assessment",
        reports_path(&case),
        made["id"].as_str().unwrap()
    );
    let watched = officer
        .post(&path, assessment("needs_watch"))
        .await
        .expect(200);
    assert_eq!(
        (
            &watched["state"],
            items(officer, WAITING).await[0]["state"].as_str()
        ),
        (&json!("watched"), Some("watched"))
    );
    assert_eq!(reports_on_desk(officer).await[0]["state"], "watched");
    assert_eq!(
        officer.post(&path, assessment("upheld")).await.expect(200)["state"],
        "settled"
    );
    assert_eq!(reports_on_desk(officer).await, Vec::<Value>::new());
    officer
        .post(&path, assessment("not_upheld"))
        .await
        .refused(409, "conflict");

    let reporter = office.sign_in_with_code(&case.code).await;
    let mine = items(&reporter, MINE).await;
    let found: Vec<_> = mine[0]["assessments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["finding"].as_str().unwrap())
        .collect();
    assert_eq!(
        (mine.len(), &mine[0]["state"], found),
        (1, &json!("settled"), vec!["needs_watch", "upheld"])
    );
    assert_eq!(
        mine[0]["assessments"][1]["measures"],
        json!(["restoration", "lpsk_referral"])
    );
    let log = items(&reporter, "/api/v1/complaints/mine/access-log").await;
    assert!(
        log.iter()
            .any(|access| access["role"] == "conflict_officer" && access["people"] == 1),
        "{log:?}"
    );
    let timeline =
        reporter.get("/api/v1/complaints/mine").await.expect(200)["timeline"].to_string();
    assert!(timeline.contains("report_retaliation"), "{timeline}");
}

#[actix_web::test]
async fn the_trail_holds_the_day_of_the_report_and_who_read_and_assessed_it() {
    let mut office = ComplaintOffice::open().await;
    let (case, path) = surfaced(&mut office, Until::Disposed, report()).await;
    for _ in 0..2 {
        items(&office.conflict_officer, &reports_path(&case)).await;
    }
    office
        .conflict_officer
        .post(&path, assessment("upheld"))
        .await
        .expect(200);
    let mut object = Vec::new();
    for (action, actor) in [
        ("report_retaliation", Value::Null),
        ("read_retaliation", json!(office.conflict_officer.id)),
        ("assess_retaliation", json!(office.conflict_officer.id)),
    ] {
        let events = items(
            &office.auditor,
            &format!("/api/v1/audit-trail?action={action}"),
        )
        .await;
        assert_eq!(events.len(), 1, "{action}: once");
        assert_eq!(
            (&events[0]["actor_id"], events[0]["at"].is_null()),
            (&actor, actor.is_null()),
            "{action}"
        );
        assert!(
            !events[0].to_string().contains("gudang")
                && !events[0].to_string().contains("dibatalkan")
        );
        object.push(events[0]["object_ref"].clone());
    }
    assert!(object.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(
        office
            .auditor
            .get("/api/v1/audit-trail/verification")
            .await
            .expect(200)["intact"],
        true
    );
}

#[actix_web::test]
async fn whoever_handles_the_complaint_is_accused_or_has_no_part_in_it_learns_of_no_report() {
    let mut office = ComplaintOffice::open().await;
    let accused = office.another(Role::PjiStaff, "Doni Saputra").await;
    let mut against = form();
    against["content"]["accused"] = json!([{"name": "Doni Saputra"}]);
    let case = office.case_of(against, Until::Drafted).await;
    for handler in [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.team_staff,
    ] {
        handler.get(&case.path).await.expect(200);
    }
    let seen = office.head.get(&case.path).await;
    let (tag, timeline) = (
        seen.etag(),
        office
            .head
            .get(&format!("{}/timeline", case.path))
            .await
            .expect(200),
    );
    let id = reported(&office, &case, report()).await;
    office.next_slot().await;
    let at = format!("{}/{id}/assessment", reports_path(&case));
    office
        .conflict_officer
        .post(&at, assessment("needs_watch"))
        .await
        .expect(200);

    let accused = accused.sign_in_again().await;
    let handlers = [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.team_staff,
    ];
    let strangers = [
        &office.external,
        &office.clerk,
        &office.custodian,
        &office.auditor,
        &office.admin,
        &accused,
    ];
    let there = Target {
        case: case.path.rsplit('/').next().unwrap().parse().unwrap(),
        report: id.parse().unwrap(),
        ..Target::made_up()
    };
    for person in handlers.into_iter().chain(strangers) {
        let none = Target::made_up();
        let nowhere = format!("/api/v1/complaints/{}/retaliation-reports", none.case);
        let (found, missed) = (
            person.get(&reports_path(&case)).await,
            person.get(&nowhere).await,
        );
        assert_eq!(
            bare(&found, &there),
            bare(&missed, &none),
            "like a complaint that does not exist"
        );
        found.refused(404, "not_found");
        let same_case = Target {
            case: there.case,
            ..Target::made_up()
        };
        let made_up = format!("{}/{}/assessment", reports_path(&case), same_case.report);
        let (found, missed) = (
            person.post(&at, assessment("upheld")).await,
            person.post(&made_up, assessment("upheld")).await,
        );
        assert!([403, 404].contains(&found.status));
        assert_eq!(
            bare(&found, &there),
            bare(&missed, &same_case),
            "like a report that does not exist"
        );
        person.get(WAITING).await.refused(403, "forbidden");
        assert_eq!(
            (
                notification_count(person, "retaliation_waits").await,
                notification_count(person, "reporter_wrote").await
            ),
            (0, 0)
        );
    }
    office
        .nobody
        .get(&reports_path(&case))
        .await
        .refused(401, "unauthenticated");
    assert_eq!(
        office
            .head
            .get(&format!("{}/timeline", case.path))
            .await
            .expect(200),
        timeline,
        "no timeline of other users shows it"
    );
    let version = |tag: &str| tag.split('.').next().unwrap().to_owned();
    assert_eq!(
        version(&office.head.get(&case.path).await.etag()),
        version(&tag),
        "nor does the version change"
    );
    assert_eq!(
        items(&office.conflict_officer, WAITING).await[0]["state"],
        "watched",
        "and nothing came of it"
    );
}

#[actix_web::test]
async fn that_a_report_names_somebody_shows_only_in_whom_it_bars() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiStaff, "Doni Saputra").await;
    let case = office.case(Until::Drafted).await;
    let (tag, path) = (
        office.head.get(&case.path).await.etag(),
        format!("{}/timeline", case.path),
    );
    let timeline = office.head.get(&path).await.expect(200);
    let mut naming = report();
    naming["text"] = json!("Doni Saputra mengancam saya.");
    reported(&office, &case, naming).await;
    office.next_slot().await;
    let barred = "wbs.conflict where not lifted";
    assert_eq!(count(&office, barred).await, 1, "the named user is barred");
    let head = office.head.sign_in_again().await;
    assert_eq!(head.get(&path).await.expect(200), timeline);
    let version = |tag: &str| tag.split('.').next().unwrap().to_owned();
    assert_eq!(version(&head.get(&case.path).await.etag()), version(&tag));
    assert_eq!(notification_count(&head, "reporter_wrote").await, 0);
}

#[actix_web::test]
async fn so_many_reports_wait_and_no_more() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    for _ in 0..50 {
        reporter.post(MINE, report()).await.expect(201);
    }
    reporter.post(MINE, report()).await.refused(409, "conflict");
    assert_eq!(count(&office, "wbs.retaliation").await, 50);
}

#[actix_web::test]
async fn a_conflict_officer_who_handles_has_handled_or_is_barred_protects_nobody() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Resolved).await;
    office.pji_lead.get(&case.path).await.expect(200);
    office
        .team_staff
        .post(&format!("{}/answer", case.path), super::office::answer())
        .await
        .expect(200);
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(Role::ConflictOfficer))
        .await;
    let member = office
        .app
        .staff_with(Roles::NONE.with(Role::TeamLead).with(Role::ConflictOfficer))
        .await;
    let barred = office
        .another(Role::ConflictOfficer, "Fitri Handayani")
        .await;
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": barred.id, "reason": "Saudara kandung."}),
        )
        .await
        .expect(204);
    // The lead of PJI who read the case and the drafter of its answer have become conflict
    // officers.
    for former in [&office.pji_lead, &office.team_staff] {
        let change = "update user_role set role = 'conflict_officer' where user_id = $1";
        sqlx::query(change)
            .bind(former.id)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
    }
    let id = reported(&office, &case, report()).await;
    office.next_slot().await;
    let (both, member, barred) = (
        both.sign_in_again().await,
        member.sign_in_again().await,
        barred.sign_in_again().await,
    );
    let at = format!("{}/{id}/assessment", reports_path(&case));
    for person in [&both, &barred, &office.pji_lead, &office.team_staff] {
        person
            .get(&reports_path(&case))
            .await
            .refused(404, "not_found");
        assert_eq!(
            items(person, WAITING).await,
            [json!(null); 0],
            "the list follows the same rule"
        );
        person
            .post(&at, assessment("not_upheld"))
            .await
            .refused(404, "not_found");
        assert_eq!(notification_count(person, "retaliation_waits").await, 0);
    }
    // The lead of another team has no access to it until that person joins the assigned team.
    assert_eq!(
        (
            items(&member, WAITING).await.len(),
            notification_count(&member, "retaliation_waits").await
        ),
        (1, 1)
    );
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, member.id]});
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            members,
            Some("*"),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            items(&member, WAITING).await.len(),
            notification_count(&member, "retaliation_waits").await
        ),
        (0, 0)
    );
    member
        .get(&reports_path(&case))
        .await
        .refused(404, "not_found");
    assert_eq!(
        (
            items(&office.conflict_officer, WAITING).await.len(),
            notification_count(&office.conflict_officer, "retaliation_waits").await
        ),
        (1, 1)
    );
}

#[actix_web::test]
async fn whoever_the_report_names_is_kept_from_it_and_where_nobody_protects_the_trail_raises_an_alarm()
 {
    let mut office = ComplaintOffice::open().await;
    let threat = json!({"kind": "threat", "text": "Agus Salim dan Yusuf Rahman mengancam saya."});
    let (case, at) = surfaced(&mut office, Until::Forwarded, threat).await;
    let timeline = office
        .head
        .get(&format!("{}/timeline", case.path))
        .await
        .expect(200)
        .to_string();
    assert!(
        !timeline.contains("retaliation"),
        "a handler does not see the alarm: {timeline}"
    );
    for named in [&office.conflict_officer, &office.team_lead] {
        named.get(&case.path).await.refused(404, "not_found");
        named
            .get(&reports_path(&case))
            .await
            .refused(404, "not_found");
    }
    assert_eq!(
        (
            items(&office.conflict_officer, WAITING).await.len(),
            notification_count(&office.conflict_officer, "retaliation_waits").await
        ),
        (0, 0)
    );
    office
        .conflict_officer
        .post(&at, assessment("not_upheld"))
        .await
        .refused(404, "not_found");
    let alarms = items(&office.custodian, "/api/v1/audit-trail/alarms").await;
    assert!(
        alarms
            .iter()
            .any(|alarm| alarm["kind"] == "retaliation_without_protector"),
        "{alarms:?}"
    );
    assert!(
        notification_count(&office.auditor, "trail_alarm").await >= 1
            && notification_count(&office.admin, "trail_alarm").await >= 1
    );
    // A newly appointed officer sees the report.
    let deputy = deputy(&office).await;
    assert_eq!(items(&deputy, WAITING).await.len(), 1);
    deputy.post(&at, assessment("upheld")).await.expect(200);
}

#[actix_web::test]
async fn retaliation_is_reported_before_the_office_knows_of_the_complaint_and_after_it_was_closed()
{
    let mut office = ComplaintOffice::open().await;
    let (reporter, code, number) = office.submit(form()).await;
    let next = reporter.get("/api/v1/complaints/mine").await.expect(200)["next"].clone();
    let own = next
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["task"] == "report_retaliation")
        .unwrap();
    assert_eq!(
        (&own["actors"][0], &own["allowed"]),
        (&json!("reporter"), &json!(true))
    );
    let feared = json!({"kind": "dismissal", "text": "Saya takut dipecat bulan depan.", "feared": true, "day": "2026-08-01"});
    reporter.post(MINE, feared).await.expect(201);
    office.run_due_work().await;
    assert_eq!(items(&office.conflict_officer, WAITING).await.len(), 0);
    office.next_slot().await;
    let waiting = items(&office.conflict_officer, WAITING).await;
    assert_eq!(
        (waiting.len(), &waiting[0]["public_number"]),
        (1, &json!(number))
    );
    assert_eq!(
        notification_count(&office.conflict_officer, "retaliation_waits").await,
        1,
        "one notification, though complaint and report surfaced together"
    );
    assert_eq!(
        items(&office.custodian, "/api/v1/audit-trail/alarms")
            .await
            .len(),
        0
    );

    let case = Case {
        code,
        number,
        path: format!(
            "/api/v1/complaints/{}",
            waiting[0]["complaint"].as_str().unwrap()
        ),
    };
    office.bring_to(&case, Until::Closed).await;
    // Two reports in the same half-day cause one notification.
    for _ in 0..2 {
        reported(&office, &case, report()).await;
    }
    office.next_slot().await;
    office.run_due_work().await;
    assert_eq!(
        (
            items(&office.conflict_officer, &reports_path(&case))
                .await
                .len(),
            notification_count(&office.conflict_officer, "retaliation_waits").await
        ),
        (3, 2)
    );
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "closed"
    );
}

#[actix_web::test]
async fn bad_input_is_refused_with_its_place_and_nothing_comes_of_it() {
    let mut office = ComplaintOffice::open().await;
    let (case, at) = surfaced(&mut office, Until::Screened, report()).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let code = case.code.clone();
    for (change, pointer, fault) in [
        (
            json!({"text": format!("Kode saya {code}.")}),
            "/text",
            "receipt_code_in_text",
        ),
        (json!({"text": " \n"}), "/text", "empty"),
        (json!({"text": "x".repeat(5001)}), "/text", "too_long"),
        (
            json!({"text": "Saya\u{202e}diancam"}),
            "/text",
            "misleading_character",
        ),
        (json!({"day": "2026-07-09"}), "/day", "in_the_future"),
    ] {
        let mut form = report();
        form.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let refused = reporter
            .post(MINE, form)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["code"]
            ),
            (&json!(pointer), &json!(fault)),
            "{refused:#}"
        );
        assert!(
            !refused.to_string().contains(&code),
            "a refusal does not repeat the text"
        );
    }
    for form in [
        json!({"text": "x"}),
        json!({"kind": "magic", "text": "x"}),
        json!({"kind": "threat", "text": "x", "name": "Siti"}),
    ] {
        reporter
            .post(MINE, form)
            .await
            .refused(422, "invalid_content");
    }
    for (form, pointer) in [
        (json!({"finding": "upheld", "text": ""}), "/text"),
        (
            json!({"finding": "upheld", "text": format!("Kode {code}")}),
            "/text",
        ),
        (
            json!({"finding": "upheld", "text": "x", "measures": ["separation", "separation"]}),
            "/measures/1",
        ),
        (json!({"finding": "maybe", "text": "x"}), "/finding"),
        (
            json!({"finding": "upheld", "text": "x", "measures": ["magic"]}),
            "/measures/0",
        ),
    ] {
        let refused = office
            .conflict_officer
            .post(&at, form)
            .await
            .refused(422, "invalid_content");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused:#}");
    }
    assert_eq!(
        (
            count(&office, "wbs.retaliation").await,
            count(&office, "wbs.retaliation where state = 'open'").await
        ),
        (1, 1)
    );
    let elsewhere = office.case(Until::Screened).await;
    let crossed = at.replace(&case.path, &elsewhere.path);
    office
        .conflict_officer
        .post(&crossed, assessment("upheld"))
        .await
        .refused(404, "not_found");
}

#[actix_web::test]
async fn of_assessments_at_once_one_wins_and_an_old_version_of_the_complaint_is_refused() {
    let mut office = ComplaintOffice::open().await;
    let other = office
        .another(Role::ConflictOfficer, "Fitri Handayani")
        .await;
    for _ in 0..4 {
        let (case, at) = surfaced(&mut office, Until::Screened, report()).await;
        let officers = [office.conflict_officer.clone(), other.sign_in_again().await];
        let stale = crate::support::Request {
            method: reqwest::Method::POST,
            path: &at,
            body: Some((
                "application/json",
                serde_json::to_vec(&assessment("upheld")).unwrap(),
            )),
            headers: &[("if-match", "\"99.000000000000\"")],
        };
        officers[0].ask(&stale).await.refused(412, "stale_version");
        let answers = join_all(
            (0..6).map(|n| officers[n % 2].post(&at, assessment(["upheld", "not_upheld"][n % 2]))),
        )
        .await;
        let won: Vec<_> = answers
            .iter()
            .enumerate()
            .filter(|(_, answer)| answer.status == 200)
            .map(|(n, _)| n)
            .collect();
        assert_eq!(won.len(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert!(
                answer.status == 409 && ["overtaken", "conflict"].contains(&answer.code()),
                "{:#}",
                answer.body
            );
        }
        let read = items(&officers[0], &reports_path(&case)).await;
        let found = read[0]["assessments"].as_array().unwrap();
        assert_eq!(
            (found.len(), &found[0]["finding"]),
            (1, &json!(["upheld", "not_upheld"][won[0] % 2]))
        );
    }
    assert_eq!(
        count(&office, "audit.event where action = 'assess_retaliation'").await,
        4
    );
}

#[actix_web::test]
async fn an_assessment_of_what_was_assessed_meanwhile_is_overtaken_also_where_it_is_only_watched() {
    let mut office = ComplaintOffice::open().await;
    let (_, at) = surfaced(&mut office, Until::Screened, report()).await;
    // Both requests have read the report and wait for the lock on the complaint; then the first
    // writes, and the second detects the conflict.
    let mut sql = office.app.sql().await;
    let mut holding = sqlx::Connection::begin(&mut sql).await.unwrap();
    sqlx::query("select id from wbs.complaint for update")
        .execute(&mut *holding)
        .await
        .unwrap();
    let both =
        join_all((0..2).map(|_| office.conflict_officer.post(&at, assessment("needs_watch"))));
    let let_go = async {
        loop {
            let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            let waiting: i64 = sqlx::query_scalar(waiting)
                .fetch_one(&mut office.app.sql().await)
                .await
                .unwrap();
            if waiting >= 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        holding.commit().await.unwrap();
    };
    let (answers, ()) = tokio::join!(both, let_go);
    let mut codes: Vec<_> = answers
        .iter()
        .map(|answer| (answer.status, answer.code().to_owned()))
        .collect();
    codes.sort();
    assert_eq!(codes, [(200, String::new()), (409, "overtaken".to_owned())]);
}

#[actix_web::test]
async fn the_list_walks_page_by_page_what_waits_oldest_first_and_then_what_is_settled() {
    let mut office = ComplaintOffice::open().await;
    let mut cases = Vec::new();
    for day in 0..4 {
        let (case, at) = surfaced(&mut office, Until::Screened, report()).await;
        if day % 2 == 1 {
            office
                .conflict_officer
                .post(&at, assessment("not_upheld"))
                .await
                .expect(200);
        }
        cases.push(case.number);
        office.later(24 * 60).await;
    }
    let expected = [0, 2, 3, 1].map(|n: usize| cases[n].clone());
    let numbers = |items: &[Value]| {
        items
            .iter()
            .map(|item| item["public_number"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        numbers(&items(&office.conflict_officer, WAITING).await),
        expected
    );
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = office
            .conflict_officer
            .get(&format!("{WAITING}?limit=1{cursor}"))
            .await
            .expect(200);
        walked.extend(numbers(page["items"].as_array().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, expected);
}

/// The number of reports, and of notifications about them, that a transaction with these settings
/// sees.
async fn visible_count(office: &ComplaintOffice, settings: &[(&str, &str)]) -> i64 {
    let mut transaction = office.app.database.begin().await.unwrap();
    for (name, value) in settings {
        sqlx::query("select set_config($1, $2, true)")
            .bind(format!("desk.{name}"))
            .bind(value)
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    let seen = "select (select count(*) from wbs.retaliation) + (select count(*) from notification where kind = 'retaliation_waits')";
    sqlx::query_scalar(seen)
        .fetch_one(&mut *transaction)
        .await
        .unwrap()
}

#[actix_web::test]
async fn the_database_itself_shows_a_report_to_its_reporter_and_to_who_protects() {
    let mut complaint_office = ComplaintOffice::open().await;
    let (case, _) = surfaced(&mut complaint_office, Until::Forwarded, report()).await;
    let office: Uuid = sqlx::query_scalar("select id from office")
        .fetch_one(&mut complaint_office.app.sql().await)
        .await
        .unwrap();
    let (office, id) = (office.to_string(), case.path.rsplit('/').next().unwrap());
    let staff = |person: &Person, roles: &str, team_roles: &str, user: &str| {
        let tag = hex::encode(
            complaint_office
                .app
                .service
                .complaint_services
                .keys
                .person_tag(UserId(person.id)),
        );
        let teams = complaint_office.team.clone();
        let all = [
            ("standing", "staff"),
            ("office", &office),
            ("person", &tag),
            ("roles", roles),
            ("team_roles", team_roles),
            ("teams", &teams),
        ];
        all.into_iter()
            .chain([("user", user)])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>()
    };
    let (officer, somebody) = (
        complaint_office.conflict_officer.id.to_string(),
        Uuid::new_v4().to_string(),
    );
    for (settings, expected) in [
        (
            staff(
                &complaint_office.conflict_officer,
                "conflict_officer",
                "",
                &officer,
            ),
            2,
        ),
        (
            staff(
                &complaint_office.conflict_officer,
                "conflict_officer",
                "",
                "",
            ),
            0,
        ),
        (
            staff(
                &complaint_office.conflict_officer,
                "conflict_officer,head",
                "",
                &officer,
            ),
            0,
        ),
        (
            staff(
                &complaint_office.conflict_officer,
                "conflict_officer",
                "team_lead",
                &officer,
            ),
            0,
        ),
        (staff(&complaint_office.head, "head", "", &somebody), 0),
        (
            staff(
                &complaint_office.head,
                "head,pji_lead,external_handler,internal_auditor,admin",
                "team_lead",
                &somebody,
            ),
            0,
        ),
    ] {
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            visible_count(&complaint_office, &settings).await,
            expected,
            "{settings:?}"
        );
    }
    let nowhere = Uuid::new_v4().to_string();
    assert_eq!(
        visible_count(&complaint_office, &[("standing", "reporter"), ("case", id)]).await,
        1,
        "the report, and no notice"
    );
    assert_eq!(
        visible_count(
            &complaint_office,
            &[("standing", "reporter"), ("case", &nowhere)]
        )
        .await,
        0
    );
    assert_eq!(
        visible_count(&complaint_office, &[("standing", "service")]).await,
        2
    );
    for settings in [&[][..], &[("standing", "clerk")], &[("case", id)]] {
        assert_eq!(
            visible_count(&complaint_office, settings).await,
            0,
            "{settings:?}"
        );
    }
}

#[actix_web::test]
async fn whoever_writes_to_the_database_neither_settles_a_report_unseen_nor_moves_its_words() {
    let mut office = ComplaintOffice::open().await;
    let (one, _) = surfaced(&mut office, Until::Screened, report()).await;
    let (other, at) = surfaced(&mut office, Until::Screened, report()).await;
    office
        .conflict_officer
        .post(&at, assessment("needs_watch"))
        .await
        .expect(200);
    for (change, of_case) in [
        (
            "update wbs.retaliation set state = 'settled' where state = 'watched'",
            &other,
        ),
        (
            "update wbs.retaliation x set sealed = (select y.sealed from wbs.retaliation y where y.id <> x.id)",
            &one,
        ),
    ] {
        sqlx::query(change)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
        let refused = office.conflict_officer.get(&reports_path(of_case)).await;
        assert!(
            !String::from_utf8_lossy(&refused.bytes).contains("gudang"),
            "none of it is returned"
        );
        refused.refused(500, "internal_error");
    }
}

#[actix_web::test]
async fn a_short_report_and_a_long_one_look_alike_whatever_was_done() {
    let office = ComplaintOffice::open().await;
    let (reporter, _, _) = office.submit(form()).await;
    for (kind, text) in [
        ("other", "ya".to_owned()),
        ("disciplinary_action", "x".repeat(100)),
    ] {
        reporter
            .post(MINE, json!({"kind": kind, "text": text}))
            .await
            .expect(201);
    }
    let sizes: Vec<i32> = sqlx::query_scalar("select octet_length(sealed) from wbs.retaliation")
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(sizes.len(), 2);
    assert_eq!(sizes[0], sizes[1]);
    let texts = "select count(*) from information_schema.columns where table_schema = 'wbs' and table_name = 'retaliation' and data_type = 'text'";
    let texts: i64 = sqlx::query_scalar(texts)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(texts, 1, "the state, and not the measures");
}
