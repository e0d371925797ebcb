//! Audit teams: people with days, competences and relations; what the database refuses whatever
//! code runs; suggestions; the audit time.

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use serde_json::{Value, json};
use service_desk::certification::sop::Stage;
use service_desk::sop::role::Role;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use uuid::Uuid;

use super::Office;
use super::attempts::{Specimen, audit_time, id_of};
use super::drafts::faults;
use super::office::{Until, auditor, completion};
use crate::support::Answer;

/// Simultaneous writers of one race.
const WRITERS: usize = 32;
/// Races at the database.
const RACES: usize = 1000;
/// Races over HTTP.
const HTTP_RACES: usize = 3;
/// Files that move their team at once.
const MOVERS: usize = 12;

async fn apart() -> Office {
    Office::open_keeping_days_apart(&[]).await
}

async fn add(office: &Office, form: Value) -> String {
    let view = office
        .ss_lead
        .post("/api/v1/auditors", form)
        .await
        .expect(201);
    format!("/api/v1/auditors/{}", view["id"].as_str().unwrap())
}

/// Changes an auditor, with the version it has now.
async fn change(office: &Office, path: &str, changes: Value) -> Answer {
    let etag = office.ss_lead.get(path).await.etag();
    office.ss_lead.patch(path, changes, Some(&etag)).await
}

fn auditor_path(office: &Office, which: usize) -> String {
    format!("/api/v1/auditors/{}", office.auditors[which])
}

async fn customer_of(office: &Office, case: &str) -> Value {
    office.pji_staff.get(case).await.expect(200)["customer"]["id"].clone()
}

async fn propose(office: &Office, case: &str, dates: &[&str]) -> Answer {
    let mut proposal = office.proposal();
    proposal["proposed_dates"] = json!(dates);
    proposal["audit_days"] = json!(2);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), proposal)
        .await
}

/// The bookings of a person: kind, first and last day.
async fn days_of(office: &Office, which: usize) -> Vec<(String, String, String)> {
    let path = format!(
        "{}/calendar?from=2026-07-01&to=2026-12-31",
        auditor_path(office, which)
    );
    let calendar = office.pji_staff.get(&path).await.expect(200);
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = calendar["items"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| {
            (
                text(entry, "kind"),
                text(entry, "first_day"),
                text(entry, "last_day"),
            )
        })
        .collect()
}

fn booked(kind: &str, first: &str, last: &str) -> (String, String, String) {
    (kind.to_owned(), first.to_owned(), last.to_owned())
}

#[actix_web::test]
async fn the_days_of_a_team_follow_the_file_from_proposal_to_agreement_and_to_its_end() {
    let office = apart().await;
    let (first, second) = (
        office.case(Until::Verified).await,
        office.case(Until::Verified).await,
    );
    // Both dates are tentative; the second proposal for the same days is refused by name.
    propose(&office, &first, &["2026-08-03", "2026-08-10"])
        .await
        .expect(200);
    assert_eq!(
        days_of(&office, 0).await,
        [
            booked("tentative", "2026-08-03", "2026-08-04"),
            booked("tentative", "2026-08-10", "2026-08-11")
        ]
    );
    let refusal = propose(&office, &second, &["2026-08-11"])
        .await
        .refused(409, "schedule_conflict");
    assert_eq!(
        faults(&refusal),
        [
            ("/proposed_team/0/auditor_id", "not_free"),
            ("/proposed_team/1/auditor_id", "not_free")
        ]
    );
    let number = office.pji_staff.get(&first).await.expect(200)["number"].clone();
    let said = refusal["errors"][0].to_string();
    assert!(said.contains(number.as_str().unwrap()), "{said}");
    let waiting = office.pji_staff.get(&second).await.expect(200);
    assert_eq!(
        waiting["stage"], "verified",
        "a refused proposal changes nothing"
    );
    // The customer chooses: the other date is free again, the chosen one is firm.
    office
        .customer
        .post(&format!("{first}/completion"), completion())
        .await
        .expect(200);
    assert_eq!(
        days_of(&office, 0).await,
        [booked("firm", "2026-08-03", "2026-08-04")]
    );
    propose(&office, &second, &["2026-08-10"]).await.expect(200);
    // The end of a file frees the days.
    let reason = json!({"reason": "Rencana produksi berubah."});
    office
        .customer
        .post(&format!("{first}/withdrawal"), reason)
        .await
        .expect(200);
    assert_eq!(
        days_of(&office, 1).await,
        [booked("tentative", "2026-08-10", "2026-08-11")]
    );
}

#[actix_web::test]
async fn a_member_that_the_customer_refuses_is_free_again() {
    let office = apart().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let mut answer = completion();
    answer["confirmation"]["objections"] =
        json!([{"auditor_id": office.auditors[1], "reason": "Bekas konsultan kami."}]);
    let view = office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .expect(200);
    assert_eq!(view["stage"], "verified");
    assert_eq!(days_of(&office, 1).await, []);
    assert_eq!(
        days_of(&office, 0).await,
        [booked("tentative", "2026-08-03", "2026-08-07")],
        "without audit_days a proposal may take a working week"
    );
}

#[actix_web::test]
async fn leave_and_audits_are_kept_apart_in_both_directions() {
    let office = apart().await;
    let (case, lead) = (office.case(Until::Verified).await, auditor_path(&office, 0));
    let leave = json!({"unavailable": [{"kind": "leave", "first_day": "2026-08-04", "last_day": "2026-08-07", "note": "Cuti tahunan"}]});
    change(&office, &lead, leave.clone()).await.expect(200);
    let refusal = propose(&office, &case, &["2026-08-03"])
        .await
        .refused(409, "schedule_conflict");
    assert_eq!(
        faults(&refusal),
        [("/proposed_team/0/auditor_id", "not_free")]
    );
    change(&office, &lead, json!({"unavailable": []}))
        .await
        .expect(200);
    propose(&office, &case, &["2026-08-03"]).await.expect(200);
    let refusal = change(&office, &lead, leave)
        .await
        .refused(409, "schedule_conflict");
    assert_eq!(faults(&refusal), [("/unavailable/0", "not_free")]);
    let overlapping = json!({"unavailable": [
        {"kind": "leave", "first_day": "2026-09-01", "last_day": "2026-09-02"},
        {"kind": "other_work", "first_day": "2026-09-02", "last_day": "2026-09-01"},
    ]});
    let refusal = change(&office, &lead, overlapping)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [
            ("/unavailable/1/last_day", "before_first_day"),
            ("/unavailable/1", "overlapping_periods")
        ]
    );
}

#[actix_web::test]
async fn a_person_related_to_the_customer_within_two_years_does_not_audit_it() {
    let office = apart().await;
    let case = office.case(Until::Verified).await;
    let (member, customer) = (auditor_path(&office, 1), customer_of(&office, &case).await);
    let related = |until: Value| json!({"relations": [{"customer_id": customer, "kind": "consulted_for", "until": until}]});
    for until in [json!(null), json!("2024-08-04")] {
        change(&office, &member, related(until)).await.expect(200);
        let refusal = propose(&office, &case, &["2026-08-03"])
            .await
            .refused(409, "impartiality");
        assert_eq!(
            faults(&refusal),
            [("/proposed_team/1/auditor_id", "related")]
        );
    }
    change(&office, &member, related(json!("2024-08-03")))
        .await
        .expect(200);
    propose(&office, &case, &["2026-08-03"]).await.expect(200);
}

#[actix_web::test]
async fn an_evaluator_or_decider_related_to_the_customer_is_refused_at_step_4() {
    let office = apart().await;
    let case = office.case(Until::Verified).await;
    let mut form = auditor("Dewi Lestari, S.T.", &["quality_iso9001"], &["auditor"]);
    form["relations"] =
        json!([{"customer_id": customer_of(&office, &case).await, "kind": "family"}]);
    let path = add(&office, form).await;
    let outsider = path.rsplit('/').next().unwrap();
    let confirm = format!("{case}/audit-confirmation");
    for role in ["evaluator", "decider"] {
        let mut proposal = office.proposal();
        proposal["proposed_dates"] = json!(["2026-08-03"]);
        let team = proposal["proposed_team"].as_array_mut().unwrap();
        team.push(json!({"auditor_id": outsider, "role": role}));
        let refusal = office.pji_staff.post(&confirm, proposal).await;
        let refusal = refusal.refused(409, "impartiality");
        assert_eq!(
            faults(&refusal),
            [("/proposed_team/2/auditor_id", "related")]
        );
    }
    assert_eq!(days_of(&office, 0).await, []);
}

#[actix_web::test]
async fn the_days_of_a_member_that_declares_a_conflict_before_the_answer_do_not_become_firm() {
    let office = apart().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let declaration = json!({"customer_id": customer_of(&office, &case).await, "conflict": "family", "statement": "Adik saya bekerja di sana."});
    let path = format!("{}/declarations", auditor_path(&office, 1));
    office.ss_lead.post(&path, declaration).await.expect(200);
    let path = format!("{case}/completion");
    let view = office.customer.post(&path, completion()).await.expect(200);
    assert_eq!(view["stage"], "confirmed", "the customer's answer is kept");
    let days = |kind| [booked(kind, "2026-08-03", "2026-08-07")];
    assert_eq!(days_of(&office, 0).await, days("firm"));
    assert_eq!(days_of(&office, 1).await, days("tentative"));
    let made_firm =
        sqlx::query("update auditor_booking set kind = 'firm' where kind = 'tentative'")
            .execute(&mut office.app.sql().await)
            .await
            .unwrap_err();
    let constraint = made_firm
        .as_database_error()
        .and_then(|said| said.constraint());
    assert_eq!(constraint, Some("auditor_booking_is_impartial"));
    let view = office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    assert_eq!(view["stage"], "verified", "another team is proposed");
}

#[actix_web::test]
async fn the_journal_keeps_the_relations_that_a_record_had() {
    let office = apart().await;
    let case = office.case(Until::Filed).await;
    let (member, customer) = (auditor_path(&office, 1), customer_of(&office, &case).await);
    let related = |kind: &str| json!({"relations": [{"customer_id": customer, "kind": kind, "until": "2025-06-30"}]});
    for changes in [
        related("consulted_for"),
        related("family"),
        json!({"relations": []}),
        json!({"name": "Bambang Susilo, M.T."}),
    ] {
        change(&office, &member, changes).await.expect(200);
    }
    let notes: Vec<Option<String>> = sqlx::query_scalar(
        "select note from journal where subject = 'auditor' and task = 'change_auditor' order by seq",
    )
    .fetch_all(&mut office.app.sql().await)
    .await
    .unwrap();
    let customer = customer.as_str().unwrap();
    let line =
        |said: &str, kind: &str| format!("Hubungan {said}: {customer} {kind} s.d. 2025-06-30");
    assert_eq!(
        notes,
        [
            Some(line("ditambah", "consulted_for")),
            Some(format!(
                "{}\n{}",
                line("dihapus", "consulted_for"),
                line("ditambah", "family")
            )),
            Some(line("dihapus", "family")),
            None
        ]
    );
}

#[actix_web::test]
async fn a_team_has_at_most_fifty_members() {
    let office = apart().await;
    let case = office.case(Until::Confirmed).await;
    let member = office.team()[1].clone();
    let (mut notice, mut proposal) = (office.notice(), office.proposal());
    notice["team"] = json!(vec![member.clone(); 51]);
    proposal["proposed_team"] = json!(vec![member; 51]);
    for (person, path, body, pointer) in [
        (&office.operations, "audit-notice", notice, "/team"),
        (
            &office.pji_staff,
            "audit-confirmation",
            proposal,
            "/proposed_team",
        ),
    ] {
        let refusal = person.post(&format!("{case}/{path}"), body).await;
        let refusal = refusal.refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [(pointer, "too_many")]);
    }
}

#[actix_web::test]
async fn a_conflict_that_is_declared_after_the_agreement_stops_the_notice() {
    let office = apart().await;
    let member = auditor_path(&office, 1);
    let signing = office.case(Until::Initialled).await;
    let customer = customer_of(&office, &signing).await;
    let declaration = |conflict: Value| json!({"customer_id": customer, "conflict": conflict, "statement": "Adik saya bekerja di sana."});
    let declare = format!("{member}/declarations");
    // A person without an account signs on paper, and the keeper of the list enters it.
    for person in [&office.pji_staff, &office.head] {
        person
            .post(&declare, declaration(json!("family")))
            .await
            .refused(403, "forbidden");
    }
    office
        .customer
        .post(&declare, declaration(json!("family")))
        .await
        .refused(404, "not_found");
    let view = office
        .ss_lead
        .post(&declare, declaration(json!("family")))
        .await
        .expect(200);
    assert_eq!(view["declarations"][0]["conflict"], "family");
    let signature = format!("{signing}/audit-notice/signature");
    office
        .head
        .act(&signature)
        .await
        .refused(409, "impartiality");
    let reason = json!({"reason": "Anggota tim berhubungan dengan pelanggan."});
    office
        .head
        .post(&format!("{signing}/audit-notice/return"), reason)
        .await
        .expect(200);
    let view = office
        .operations
        .post(&format!("{signing}/audit-notice"), office.notice())
        .await
        .expect(200);
    assert_eq!(
        view["stage"], "verified",
        "the customer confirms another team"
    );
    // The latest own declaration counts.
    let mut none = declaration(json!(null));
    none["statement"] = json!("Adik saya sudah berhenti dan saya tidak mempunyai hubungan lain.");
    office.ss_lead.post(&declare, none).await.expect(200);
    propose(&office, &signing, &["2026-08-03"])
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_person_with_an_account_reads_and_declares_about_itself_only() {
    let office = apart().await;
    let person = office.app.staff(Role::TeamStaff).await;
    let mut form = auditor("Rina Marlina, S.T.", &["quality_iso9001"], &["auditor"]);
    form["user_id"] = json!(person.id);
    form["nip"] = json!("197803122005012003");
    let path = add(&office, form.clone()).await;
    office
        .ss_lead
        .post("/api/v1/auditors", form)
        .await
        .refused(409, "conflict");
    assert_eq!(
        person.get(&path).await.expect(200)["nip"],
        "197803122005012003"
    );
    person.get(&format!("{path}/calendar")).await.expect(200);
    let case = office.case(Until::Filed).await;
    let statement = json!({"customer_id": customer_of(&office, &case).await, "statement": "Saya tidak mempunyai hubungan."});
    person
        .post(&format!("{path}/declarations"), statement.clone())
        .await
        .expect(200);
    office
        .ss_lead
        .post(&format!("{path}/declarations"), statement.clone())
        .await
        .refused(403, "forbidden");
    let other = auditor_path(&office, 0);
    for read in [other.clone(), format!("{other}/calendar")] {
        person.get(&read).await.refused(404, "not_found");
    }
    person
        .post(&format!("{other}/declarations"), statement)
        .await
        .refused(404, "not_found");
    // With the account, the person would lose the right to the own declaration.
    let other = office.app.staff(Role::TeamStaff).await;
    for user in [json!(null), json!(other.id)] {
        change(&office, &path, json!({"user_id": user}))
            .await
            .refused(409, "conflict");
    }
    // The record is kept after the person has left.
    sqlx::query("update app_user set active = false where id = $1::uuid")
        .bind(person.id)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    change(&office, &path, json!({"retired_on": "2026-08-01"}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_record_is_changed_by_its_keeper_with_the_version_seen() {
    let office = apart().await;
    let path = auditor_path(&office, 0);
    let retire = json!({"retired_on": "2026-08-01"});
    office
        .ss_lead
        .patch(&path, retire.clone(), None)
        .await
        .refused(428, "precondition_required");
    office
        .pji_staff
        .patch(&path, retire.clone(), Some("*"))
        .await
        .refused(403, "forbidden");
    let etag = office.ss_lead.get(&path).await.etag();
    office
        .ss_lead
        .patch(&path, retire.clone(), Some(&etag))
        .await
        .expect(200);
    office
        .ss_lead
        .patch(&path, retire, Some(&etag))
        .await
        .refused(412, "stale_version");
    let refusal = change(
        &office,
        &path,
        json!({"nip": "12", "competences": [], "relations": [{"customer_id": Uuid::new_v4(), "kind": "family"}]}),
    )
    .await
    .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [("/nip", "not_digits"), ("/competences", "wrong_value")]
    );
    let unknown = json!({"user_id": Uuid::new_v4(), "relations": [{"customer_id": Uuid::new_v4(), "kind": "family"}]});
    let refusal = change(&office, &path, unknown)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [
            ("/user_id", "not_staff"),
            ("/relations/0/customer_id", "unknown_customer")
        ]
    );
    let case = office.case(Until::Verified).await;
    let refusal = propose(&office, &case, &["2026-08-03"])
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [("/proposed_team/0/auditor_id", "retired")]
    );
}

#[actix_web::test]
async fn a_calendar_is_read_by_a_calendar_program() {
    let office = apart().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let path = format!(
        "{}/calendar?from=2026-08-01&to=2026-08-31",
        auditor_path(&office, 0)
    );
    let calendar = office.pji_staff.get(&path).await.expect(200);
    let number = office.pji_staff.get(&case).await.expect(200)["number"].clone();
    assert_eq!(calendar["items"][0]["application_number"], number);
    assert_eq!(calendar["items"][0]["role"], "lead");
    let file = office.pji_staff.get(&format!("{path}&format=ics")).await;
    assert_eq!(
        file.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    let text = file.text();
    for line in [
        "BEGIN:VCALENDAR",
        "NAME;VALUE=TEXT:Ir. Sri Wahyuni\\, M.T.",
        "X-WR-CALNAME:Ir. Sri Wahyuni\\, M.T.",
        "DTSTART;VALUE=DATE:20260803",
        "DTEND;VALUE=DATE:20260808",
        "STATUS:TENTATIVE",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
    }
    let backwards = format!(
        "{}/calendar?from=2026-08-02&to=2026-08-01",
        auditor_path(&office, 0)
    );
    office
        .pji_staff
        .get(&backwards)
        .await
        .refused(400, "invalid_parameter");
}

#[actix_web::test]
async fn a_suggestion_keeps_every_rule_and_names_the_reason_for_each_other_person() {
    let office = apart().await;
    let case = office.case(Until::Verified).await;
    let customer = customer_of(&office, &case).await;
    let mut related = auditor("Siti Aminah, S.T.", &["quality_iso9001"], &["auditor"]);
    related["relations"] = json!([{"customer_id": customer, "kind": "worked_for"}]);
    let mut away = auditor("Rina Marlina, S.T.", &["quality_iso9001"], &["auditor"]);
    away["unavailable"] =
        json!([{"kind": "leave", "first_day": "2026-08-03", "last_day": "2026-08-03"}]);
    let chemist = auditor("Tono, S.Si.", &["product_sni"], &["auditor"]);
    for form in [related, away, chemist] {
        add(&office, form).await;
    }
    let path = format!("{case}/team-suggestions");
    let refusal = office
        .pji_staff
        .post(&path, json!({"first_day": "2026-08-03"}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/audit_days", "missing_field")]);
    let asked = json!({"first_day": "2026-08-03", "audit_days": 2, "auditors": 1});
    let found = office
        .pji_staff
        .post(&path, asked.clone())
        .await
        .expect(200);
    let team: Vec<_> = found["team"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({"auditor_id": one["auditor_id"], "role": one["role"]}))
        .collect();
    assert_eq!(json!(team), office.team());
    let mut reasons: Vec<_> = found["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), &one["reasons"]))
        .collect();
    reasons.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(
        reasons,
        [
            ("Rina Marlina, S.T.", &json!(["not_free"])),
            ("Siti Aminah, S.T.", &json!(["related"])),
            ("Tono, S.Si.", &json!(["not_competent"]))
        ]
    );
    assert_eq!(
        office
            .pji_staff
            .post(&path, asked.clone())
            .await
            .expect(200),
        found
    );
    office
        .customer
        .post(&path, asked)
        .await
        .refused(403, "forbidden");
    // The recorded audit time gives days and people: 5 days by two people are three days.
    office
        .operations
        .post(&format!("{case}/audit-time"), audit_time())
        .await
        .expect(200);
    let asked = json!({"first_day": "2026-08-03", "auditors": 1});
    let found = office.pji_staff.post(&path, asked).await.expect(200);
    assert_eq!(found["last_day"], "2026-08-05");
    assert_eq!(
        found["missing_codes"],
        json!([]),
        "a competence without codes covers every code"
    );
}

#[actix_web::test]
async fn the_audit_time_is_kept_with_the_file_and_shortage_wants_a_reason() {
    let office = apart().await;
    let case = office.case(Until::Verified).await;
    let path = format!("{case}/audit-time");
    office.operations.get(&path).await.refused(404, "not_found");
    let recorded = office
        .operations
        .post(&path, audit_time())
        .await
        .expect(200);
    assert_eq!(recorded["result"]["man_days"], 5.0);
    assert_eq!(recorded["result"]["effective_personnel"], 48);
    assert_eq!(office.customer.get(&path).await.expect(200), recorded);
    let mut reduced = audit_time();
    reduced["adjustments"] = json!([{"code": "known_organisation", "percent": -30, "reason": "Sertifikat lain sejak 2021."}]);
    let recorded = office.operations.post(&path, reduced).await.expect(200);
    assert_eq!(
        (&recorded["seq"], &recorded["result"]["man_days"]),
        (&json!(2), &json!(3.5))
    );
    let mut proposal = office.proposal();
    proposal["audit_days"] = json!(1);
    let confirm = format!("{case}/audit-confirmation");
    let refusal = office
        .pji_staff
        .post(&confirm, proposal.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/reason", "missing_field")]);
    proposal["reason"] = json!("Sisanya audit jarak jauh pada hari lain.");
    office.pji_staff.post(&confirm, proposal).await.expect(200);
    let timeline = office
        .pji_staff
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    let noted = timeline["entries"].to_string();
    assert!(noted.contains("kurang dari waktu audit"), "{noted}");
    let wrong = json!({"rule": "by_hand"});
    let refusal = office
        .operations
        .post(&path, wrong)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [("/reason", "missing_field"), ("/man_days", "missing_field")]
    );
}

#[actix_web::test]
async fn a_lead_that_led_the_last_audits_of_the_customer_wants_a_reason() {
    let office = apart().await;
    let mut last = String::new();
    for day in ["2026-08-03", "2026-08-10"] {
        let case = office.case(Until::Verified).await;
        propose(&office, &case, &[day]).await.expect(200);
        let mut answer = completion();
        answer["confirmation"]["chosen_date"] = json!(day);
        office
            .customer
            .post(&format!("{case}/completion"), answer)
            .await
            .expect(200);
        last = case;
    }
    let case = office.case(Until::Verified).await;
    let refusal = propose(&office, &case, &["2026-08-18"])
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/reason", "missing_field")]);
    let (path, asked) = (
        format!("{case}/team-suggestions"),
        json!({"first_day": "2026-08-18", "audit_days": 2}),
    );
    let found = office
        .pji_staff
        .post(&path, asked.clone())
        .await
        .expect(200);
    assert_eq!(found["warnings"], json!(["rotation"]));
    assert_eq!(found["team"][0]["load_days"], 4);
    // Of an audit that began before the twelve months, the days within them count.
    sqlx::query(
        "insert into auditor_booking (id, office_id, auditor_id, kind, application_id, role, days, created_at)
         select gen_random_uuid(), a.office_id, $1, 'firm', a.id, 'auditor', '[2025-08-11,2025-08-21)', now()
         from application a where a.id = $2",
    )
    .bind(office.auditors[0].parse::<Uuid>().unwrap())
    .bind(id_of(&last))
    .execute(&mut office.app.sql().await)
    .await
    .unwrap();
    let found = office.pji_staff.post(&path, asked).await.expect(200);
    assert_eq!(found["team"][0]["load_days"], 4 + 3);
}

#[actix_web::test]
async fn the_rules_of_teams_have_their_basis_beside_them() {
    let office = apart().await;
    let rules = office
        .pji_staff
        .get("/api/v1/audit-team-rules")
        .await
        .expect(200);
    for rule in rules["roles"]
        .as_array()
        .unwrap()
        .iter()
        .chain(rules["limits"].as_array().unwrap())
    {
        assert!(!rule["basis"]["id"].as_str().unwrap().is_empty(), "{rule}");
    }
    office
        .customer
        .get("/api/v1/audit-team-rules")
        .await
        .refused(403, "forbidden");
}

/// A verified application to copy.
async fn verified(office: &Office) -> Specimen {
    Specimen {
        case: office.case(Until::Verified).await,
        stage: Stage::Verified,
        stages: Vec::new(),
        billing: None,
    }
}

#[actix_web::test]
async fn of_many_files_that_move_their_team_to_the_days_of_one_none_waits_for_another_in_a_circle()
{
    let office = apart().await;
    let file = verified(&office).await;
    let mut files = Vec::new();
    for week in 0..MOVERS {
        let monday = Days::new(u64::try_from(7 * week).unwrap());
        let first = NaiveDate::from_ymd_opt(2026, 9, 7).unwrap() + monday;
        files.push((office.copy_of(&file).await.case, first.to_string()));
    }
    let refuse = async |case: &str, first: &str| {
        let mut answer = completion();
        answer["confirmation"] = json!({"chosen_date": first, "accepts_cost": false});
        let path = format!("{case}/completion");
        office.customer.post(&path, answer).await.expect(200);
    };
    for (case, first) in &files {
        propose(&office, case, &[first]).await.expect(200);
        refuse(case, first).await;
    }
    let (holder, days) = &files[0];
    for _ in 0..HTTP_RACES {
        let moved = files.iter().map(async |(case, _)| {
            let mut proposal = office.proposal();
            proposal["proposed_dates"] = json!([days]);
            proposal["audit_days"] = json!(2);
            proposal["reason"] = json!("Biaya mengikuti tarif.");
            let path = format!("{case}/audit-confirmation");
            office.pji_staff.post(&path, proposal).await
        });
        let answers = join_all(moved).await;
        let said: Vec<_> = answers
            .iter()
            .map(|answer| match answer.status {
                200 => "moved",
                _ => answer.code(),
            })
            .collect();
        let mut wanted = ["schedule_conflict"; MOVERS];
        wanted[0] = "moved";
        assert_eq!(said, wanted);
        refuse(holder, days).await;
    }
}

#[actix_web::test]
async fn of_many_files_that_take_a_team_at_once_one_gets_it() {
    let office = apart().await;
    let file = verified(&office).await;
    for race in 0..HTTP_RACES {
        let mut files = Vec::new();
        for _ in 0..WRITERS {
            files.push(office.copy_of(&file).await.case);
        }
        let day = format!("2026-09-{:02}", 7 + 7 * race);
        let dates = [day.as_str()];
        let answers = join_all(files.iter().map(|case| propose(&office, case, &dates))).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        let lost = answers
            .iter()
            .filter(|answer| answer.code() == "schedule_conflict")
            .count();
        assert_eq!((won, lost), (1, WRITERS - 1));
    }
}

#[actix_web::test]
async fn of_many_writers_at_the_database_one_wins_each_race() {
    let office = apart().await;
    let auditor: Uuid = office.auditors[0].parse().unwrap();
    let file = verified(&office).await;
    // Audits of different applications, leave and other work.
    let mut writers = Vec::new();
    for i in 0..WRITERS {
        let mut writer = office.app.superuser().connect().await.unwrap();
        sqlx::query("set role desk_app")
            .execute(&mut writer)
            .await
            .unwrap();
        let kind = ["leave", "tentative", "other_work", "firm"][i % 4];
        let application = match kind {
            "tentative" | "firm" => Some(id_of(&office.copy_of(&file).await.case)),
            _ => None,
        };
        writers.push((writer, kind, application));
    }
    for race in 0..RACES {
        let insert = async |(writer, kind, application): &mut (
            PgConnection,
            &str,
            Option<Uuid>,
        )| {
            sqlx::query(
                "insert into auditor_booking (id, office_id, auditor_id, kind, application_id, role, days, created_at)
                 select gen_random_uuid(), office_id, id, $4, $5, case when $5 is not null then 'lead' end,
                        daterange($2::date + $3, $2::date + $3 + 2), now()
                 from auditor where id = $1",
            )
            .bind(auditor)
            .bind(NaiveDate::from_ymd_opt(2030, 1, 1).unwrap())
            .bind(i32::try_from(2 * race).unwrap())
            .bind(*kind)
            .bind(*application)
            .execute(writer)
            .await
        };
        let done = join_all(writers.iter_mut().map(insert)).await;
        let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "race {race}");
        for error in lost.into_iter().filter_map(Result::err) {
            let said = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code);
            assert_eq!(said.as_deref(), Some("23P01"), "{error}");
        }
    }
    for (writer, ..) in writers {
        writer.close().await.unwrap();
    }
}

#[actix_web::test]
async fn the_database_refuses_a_related_person_whatever_code_runs() {
    let office = apart().await;
    let case = office.case(Until::Verified).await;
    let customer = customer_of(&office, &case).await;
    change(
        &office,
        &auditor_path(&office, 0),
        json!({"relations": [{"customer_id": customer, "kind": "financial"}]}),
    )
    .await
    .expect(200);
    let mut sql = office.app.sql().await;
    let refused = sqlx::query(
        "insert into auditor_booking (id, office_id, auditor_id, kind, application_id, role, days, created_at)
         select gen_random_uuid(), a.office_id, $1, 'firm', a.id, 'lead', '[2026-08-03,2026-08-05)', now()
         from application a where a.id = $2",
    )
    .bind(office.auditors[0].parse::<Uuid>().unwrap())
    .bind(id_of(&case))
    .execute(&mut sql)
    .await
    .unwrap_err();
    let constraint = refused
        .as_database_error()
        .and_then(|said| said.constraint());
    assert_eq!(constraint, Some("auditor_booking_is_impartial"));
}
