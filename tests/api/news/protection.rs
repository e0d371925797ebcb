//! Notifications reveal nothing of a complaint: not before it surfaces, not to barred users, no
//! number, no text, not in a database dump, not outside the office.

use serde_json::json;
use service_desk::sop::role::{Role, Roles};
use uuid::Uuid;

use super::{inbox, late, told, waiting};
use crate::complaint::office::{Case, ComplaintOffice, Until, form};
use crate::support::{PASSPHRASE, Person, custodian};

async fn count(person: &Person) -> i64 {
    person
        .get("/api/v1/notifications?count=true")
        .await
        .expect(200)["count"]
        .as_i64()
        .unwrap()
}

#[actix_web::test]
async fn each_step_is_told_from_the_surfacing_on_to_whoever_may_take_it_and_only_that_there_is_work()
 {
    let mut office = ComplaintOffice::open().await;
    let (_, code, number) = office.submit(form()).await;
    assert_eq!(count(&office.head).await, 0, "it has not surfaced");
    office.next_slot().await;
    assert_eq!(told(&office.head).await, [waiting(2)]);
    let found = office
        .conflict_officer
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let case = crate::complaint::office::Case {
        code,
        number: number.clone(),
        path: format!("/api/v1/complaints/{id}"),
    };
    office.bring_to(&case, Until::Closed).await;
    assert_eq!(told(&office.head).await, [waiting(2), waiting(6)]);
    assert_eq!(told(&office.pji_lead).await, [waiting(3)]);
    assert_eq!(told(&office.team_lead).await, [waiting(4)]);
    assert_eq!(told(&office.team_staff).await, [waiting(5)]);
    for other in [
        &office.clerk,
        &office.conflict_officer,
        &office.external,
        &office.custodian,
        &office.auditor,
        &office.admin,
    ] {
        assert_eq!(count(other).await, 0);
    }
    for person in [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.team_staff,
    ] {
        let told = json!(inbox(person).await).to_string();
        assert!(
            !told.contains(&number) && !told.contains(&id) && !told.contains("Pungutan"),
            "{told}"
        );
        assert!(told.contains("/api/v1/desk"));
    }
}

#[actix_web::test]
async fn whoever_is_accused_is_never_told_and_the_route_outside_is() {
    let mut office = ComplaintOffice::open().await;
    let mut against_the_head = form();
    against_the_head["content"]["accused"] = json!([{"name": "Sari Puspita"}]);
    office.surfaced(&[against_the_head]).await;
    assert_eq!(
        (
            count(&office.head).await,
            count(&office.pji_lead).await,
            count(&office.external).await
        ),
        (0, 0, 1)
    );

    let accused = office.another(Role::PjiLead, "Budi Darmawan").await;
    let mut against_a_lead = form();
    against_a_lead["content"]["accused"] = json!([{"name": "Budi Darmawan"}]);
    let accused = accused.sign_in_again().await;
    office.case_of(against_a_lead, Until::Disposed).await;
    let accused = accused.sign_in_again().await;
    assert_eq!(
        (count(&accused).await, count(&office.pji_lead).await),
        (0, 1),
        "of two role holders only the one without a conflict"
    );
}

#[actix_web::test]
async fn who_comes_to_be_barred_finds_nothing_of_it_any_more() {
    let mut office = ComplaintOffice::open().await;
    let second = office.another(Role::PjiLead, "Budi Darmawan").await;
    let case = office.case(Until::Disposed).await;
    let second = second.sign_in_again().await;
    assert_eq!(
        (count(&second).await, count(&office.pji_lead).await),
        (1, 1)
    );
    let marked = inbox(&second).await[0]["id"].as_str().unwrap().to_owned();
    second
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Kerabat terlapor."}),
        )
        .await
        .expect(204);
    assert_eq!(
        (count(&second).await, inbox(&second).await.len()),
        (0, 0),
        "as if it had never been"
    );
    let reading = format!("/api/v1/notifications/{marked}/reading");
    let asking = crate::support::Request {
        method: reqwest::Method::PUT,
        path: &reading,
        body: None,
        headers: &[],
    };
    second.ask(&asking).await.refused(404, "not_found");
    assert_eq!(count(&office.pji_lead).await, 1);
    let conflict = json!({"user": office.team_lead.id, "reason": "Atasan terlapor."});
    let another = office.another(Role::TeamLead, "Joko Susilo").await;
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, another.id]});
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            members,
            Some("*"),
        )
        .await
        .expect(200);
    office.bring_to(&case, Until::Screened).await;
    office
        .pji_lead
        .post(
            &format!("{}/forwarding", case.path),
            json!({"team": office.team, "text": "Mohon diselesaikan."}),
        )
        .await
        .expect(200);
    assert_eq!(
        (count(&office.team_lead).await, count(&another).await),
        (1, 1)
    );
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), conflict)
        .await
        .expect(204);
    assert_eq!(
        (count(&office.team_lead).await, count(&another).await),
        (0, 1)
    );
}

#[actix_web::test]
async fn a_team_that_does_not_have_it_is_not_told() {
    let mut office = ComplaintOffice::open().await;
    let (lead, staff) = (
        office.another(Role::TeamLead, "Joko Susilo").await,
        office.another(Role::TeamStaff, "Maya Sari").await,
    );
    office
        .admin
        .post(
            "/api/v1/teams",
            json!({"name": "Tim Kalibrasi", "members": [lead.id, staff.id]}),
        )
        .await
        .expect(201);
    office.case(Until::Drafted).await;
    for person in [lead, staff] {
        assert_eq!(count(&person.sign_in_again().await).await, 0);
    }
    assert_eq!(
        (
            count(&office.team_lead).await,
            count(&office.team_staff).await
        ),
        (1, 1)
    );
}

#[actix_web::test]
async fn a_dump_names_nobody_who_was_told_of_a_complaint() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Answered).await;
    let rows: Vec<(Option<Uuid>, Option<Vec<u8>>)> = sqlx::query_as(
        "select user_id, person_tag from notification where complaint_id is not null",
    )
    .fetch_all(&mut office.app.sql().await)
    .await
    .unwrap();
    assert_eq!(rows.len(), 5);
    assert!(
        rows.iter()
            .all(|(user, tag)| user.is_none() && tag.as_ref().is_some_and(|tag| tag.len() == 32))
    );
    let jobs: i64 = sqlx::query_scalar("select count(*) from graphile_worker.jobs where task_identifier in ('spread_event', 'mail_notification')")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let events: i64 = sqlx::query_scalar("select count(*) from event where data is not null")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!((jobs, events), (0, 0), "nothing of it goes outside");
}

#[actix_web::test]
async fn a_connection_that_does_not_say_who_asks_sees_no_notification_of_a_complaint() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Disposed).await;
    let seen = office
        .app
        .database
        .read(async |c| {
            Ok(
                sqlx::query_scalar::<_, i64>("select count(*) from notification")
                    .fetch_one(c)
                    .await?,
            )
        })
        .await
        .unwrap();
    assert_eq!(seen, 0);
}

#[actix_web::test]
async fn a_late_complaint_is_heard_only_by_those_who_may_know_of_it() {
    let mut office = ComplaintOffice::open().await;
    let barred = office.another(Role::TeamLead, "Joko Susilo").await;
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, barred.id]});
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            members,
            Some("*"),
        )
        .await
        .expect(200);
    let case = office.case(Until::Forwarded).await;
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": barred.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    office.later(60 * 24 * 10).await;
    let service = &office.app.service;
    service_desk::escalation::escalate_late_files(
        &office.app.database,
        &service.complaint_services,
        &service.calendars,
        office.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(told(&office.team_lead).await, [waiting(4), late(4, 75)]);
    assert_eq!(
        told(&office.head).await,
        [waiting(2), late(4, 100)],
        "the team's lead is notified"
    );
    assert_eq!(count(&barred.sign_in_again().await).await, 0);
    assert_eq!(
        (
            count(&office.external).await,
            count(&office.conflict_officer).await
        ),
        (0, 0)
    );
}

const MINE: &str = "/api/v1/complaints/mine";

/// The number of notifications of this kind.
async fn notification_count(person: &Person, kind: &str) -> usize {
    inbox(person)
        .await
        .iter()
        .filter(|item| item["kind"] == kind)
        .count()
}

#[actix_web::test]
async fn that_the_reporter_wrote_is_heard_from_the_surfacing_on_once_and_only_by_who_handles_the_complaint()
 {
    let mut office = ComplaintOffice::open().await;
    let barred = office.another(Role::TeamLead, "Joko Susilo").await;
    let outsider = office.another(Role::TeamLead, "Maya Sari").await;
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, barred.id]});
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            members,
            Some("*"),
        )
        .await
        .expect(200);
    let case = office.case(Until::Forwarded).await;
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": barred.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    let reporter = office.sign_in_with_code(&case.code).await;
    for word in ["Ada kuitansi kedua.", "Nomornya menyusul."] {
        reporter
            .post(&format!("{MINE}/messages"), json!({"text": word}))
            .await
            .expect(201);
    }
    office.run_due_work().await;
    assert_eq!(
        notification_count(&office.team_lead, "reporter_wrote").await,
        0,
        "no notification before it surfaces"
    );
    office.next_slot().await;
    let told = inbox(&office.team_lead)
        .await
        .into_iter()
        .find(|item| item["kind"] == "reporter_wrote")
        .unwrap();
    assert_eq!(
        notification_count(&office.team_lead, "reporter_wrote").await,
        1,
        "two messages in one half-day cause one notification"
    );
    let text = told.to_string();
    assert!(
        !text.contains(&case.number)
            && !text.contains(case.path.rsplit('/').next().unwrap())
            && !text.contains("kuitansi"),
        "{text}"
    );
    assert_eq!(
        (&told["sop"], &told["link"], &told["step"]),
        (&json!("wbs"), &json!("/api/v1/complaints"), &json!(null))
    );
    let (barred, outsider) = (barred.sign_in_again().await, outsider.sign_in_again().await);
    let others = [
        &barred,
        &outsider,
        &office.team_staff,
        &office.head,
        &office.pji_lead,
        &office.external,
        &office.conflict_officer,
        &office.custodian,
        &office.clerk,
    ];
    for other in others {
        assert_eq!(notification_count(other, "reporter_wrote").await, 0);
    }
    office.run_due_work().await;
    assert_eq!(
        notification_count(&office.team_lead, "reporter_wrote").await,
        1
    );
}

#[actix_web::test]
async fn that_a_reporter_said_who_they_are_is_told_to_nobody_and_an_attachment_is() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    reporter
        .post(&format!("{MINE}/identity"), json!({"name": "Siti Rahayu"}))
        .await
        .expect(204);
    office.next_slot().await;
    assert_eq!(
        notification_count(&office.head, "reporter_wrote").await,
        0,
        "a notification without visible news would reveal that an identity exists"
    );
    let reporter = office.sign_in_with_code(&case.code).await;
    let file =
        crate::complaint::attachments::photograph_of(b"loket", "GPS 2.9761 S", "Kamera kantor");
    let path = format!("{MINE}/attachments");
    let body = Some(("application/octet-stream", file));
    reporter
        .ask(&crate::support::Request {
            method: reqwest::Method::POST,
            path: &path,
            body,
            headers: &[],
        })
        .await
        .expect(201);
    office.next_slot().await;
    assert_eq!(notification_count(&office.head, "reporter_wrote").await, 1);
}

#[actix_web::test]
async fn a_drafter_who_reads_only_the_settlement_hears_nothing_of_what_the_reporter_wrote_and_their_lead_does()
 {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Resolved).await;
    office
        .sign_in_with_code(&case.code)
        .await
        .post(
            &format!("{MINE}/messages"),
            json!({"text": "Ada kuitansi kedua."}),
        )
        .await
        .expect(201);
    office.next_slot().await;
    assert_eq!(
        (
            notification_count(&office.team_lead, "reporter_wrote").await,
            notification_count(&office.team_staff, "reporter_wrote").await
        ),
        (1, 0)
    );
}

/// The reporter of `case` writes, and the message surfaces.
async fn the_reporter_writes(office: &mut ComplaintOffice, case: &Case) {
    office
        .sign_in_with_code(&case.code)
        .await
        .post(
            &format!("{MINE}/messages"),
            json!({"text": "Ada kuitansi kedua."}),
        )
        .await
        .expect(201);
    office.next_slot().await;
}

#[actix_web::test]
async fn what_the_reporter_writes_after_the_answer_and_after_the_end_is_heard_by_whoever_could_answer_and_may_know_of_it()
 {
    let mut office = ComplaintOffice::open().await;
    let (barred, outsider) = (
        office.another(Role::TeamLead, "Joko Susilo").await,
        office.another(Role::TeamLead, "Maya Sari").await,
    );
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id, office.team_staff.id, barred.id]});
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            members,
            Some("*"),
        )
        .await
        .expect(200);
    let case = office.case(Until::Answered).await;
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": barred.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(
        (
            notification_count(&office.head, "reporter_wrote").await,
            notification_count(&office.team_lead, "reporter_wrote").await
        ),
        (1, 1),
        "answered"
    );
    office
        .sign_in_with_code(&case.code)
        .await
        .act("/api/v1/complaints/mine/answer/acknowledgement")
        .await
        .expect(200);
    office.next_slot().await;
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "closed"
    );
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(
        (
            notification_count(&office.head, "reporter_wrote").await,
            notification_count(&office.team_lead, "reporter_wrote").await
        ),
        (2, 2),
        "closed"
    );
    let (barred, outsider) = (barred.sign_in_again().await, outsider.sign_in_again().await);
    for other in [
        &barred,
        &outsider,
        &office.team_staff,
        &office.pji_lead,
        &office.external,
        &office.conflict_officer,
        &office.custodian,
        &office.clerk,
    ] {
        assert_eq!(notification_count(other, "reporter_wrote").await, 0);
    }
}

#[actix_web::test]
async fn of_what_is_out_of_scope_the_head_hears_who_could_take_it_up_again_and_of_a_question_whoever_could_ask_on()
 {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    office
        .head
        .post(
            &format!("{}/out-of-scope", case.path),
            json!({"text": "Bukan pelanggaran."}),
        )
        .await
        .expect(200);
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(
        (
            notification_count(&office.head, "reporter_wrote").await,
            notification_count(&office.team_lead, "reporter_wrote").await
        ),
        (1, 0)
    );
    let asked = office.case(Until::Forwarded).await;
    office
        .team_lead
        .post(
            &format!("{}/messages", asked.path),
            json!({"text": "Jam berapa?", "awaits_answer": true}),
        )
        .await
        .expect(201);
    assert_eq!(
        office.team_lead.get(&asked.path).await.expect(200)["stage"],
        "waiting_for_reporter"
    );
    the_reporter_writes(&mut office, &asked).await;
    assert_eq!(
        (
            notification_count(&office.head, "reporter_wrote").await,
            notification_count(&office.team_lead, "reporter_wrote").await
        ),
        (2, 1)
    );
}

#[actix_web::test]
async fn of_what_was_answered_outside_whoever_answered_hears_and_the_accused_head_never() {
    let mut office = ComplaintOffice::open().await;
    let mut against_the_head = form();
    against_the_head["content"]["accused"] = json!([{"name": "Sari Puspita"}]);
    let case = office.surfaced(&[against_the_head]).await.remove(0);
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(
        notification_count(&office.external, "reporter_wrote").await,
        1
    );
    office
        .external
        .post(
            &format!("{}/external-answer", case.path),
            crate::complaint::office::answer(),
        )
        .await
        .expect(200);
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(
        notification_count(&office.external, "reporter_wrote").await,
        2
    );
    for other in [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.team_staff,
        &office.conflict_officer,
        &office.custodian,
    ] {
        assert_eq!(notification_count(other, "reporter_wrote").await, 0);
    }
}

#[actix_web::test]
async fn what_is_written_between_signature_and_delivery_is_heard_after_the_delivery() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Signed).await;
    the_reporter_writes(&mut office, &case).await;
    assert_eq!(notification_count(&office.head, "reporter_wrote").await, 1);
}

#[actix_web::test]
async fn what_is_written_before_a_complaint_surfaces_is_no_news() {
    let mut office = ComplaintOffice::open().await;
    let (reporter, ..) = office.submit(form()).await;
    reporter
        .post(
            &format!("{MINE}/messages"),
            json!({"text": "Saya lupa menyebut harinya."}),
        )
        .await
        .expect(201);
    office.next_slot().await;
    assert_eq!(told(&office.head).await, [waiting(2)]);
}

#[actix_web::test]
async fn a_request_for_a_disclosure_is_heard_by_who_may_decide_it_and_its_decision_by_who_asked() {
    let office = &mut ComplaintOffice::open().await;
    let barred = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(Role::IdentityCustodian))
        .await;
    let case = office.case(Until::Screened).await;
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": barred.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    let (barred, both) = (barred.sign_in_again().await, both.sign_in_again().await);
    let requests = format!("{}/disclosures", case.path);
    let request =
        json!({"fields": ["name"], "purpose": "consent", "reason": "Pelapor minta dihubungi."});
    let asked = both.post(&requests, request.clone()).await.expect(201);
    let waits = inbox(&office.custodian).await.remove(0);
    let text = waits.to_string();
    assert_eq!(
        (&waits["kind"], &waits["link"]),
        (&json!("disclosure_waits"), &json!("/api/v1/disclosures"))
    );
    for hidden in [
        case.number.as_str(),
        case.path.rsplit('/').next().unwrap(),
        asked["id"].as_str().unwrap(),
        "dihubungi",
        "consent",
    ] {
        assert!(!text.contains(hidden), "{text}");
    }
    for other in [
        &both,
        &barred,
        &office.head,
        &office.pji_lead,
        &office.auditor,
        &office.admin,
    ] {
        assert_eq!(
            notification_count(other, "disclosure_waits").await,
            0,
            "neither the requester, nor a barred user, nor another role"
        );
    }
    let decision = format!("{requests}/{}/decision", asked["id"].as_str().unwrap());
    let denial = json!({"grant": false, "reason": "Dapat melalui portal."});
    office.custodian.post(&decision, denial).await.expect(200);
    let denied = inbox(&both)
        .await
        .into_iter()
        .find(|item| item["kind"] == "disclosure_decided")
        .unwrap();

    let asked = both.post(&requests, request).await.expect(201);
    let grant = json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": custodian().1, "passphrase": PASSPHRASE});
    let decision = format!("{requests}/{}/decision", asked["id"].as_str().unwrap());
    office.custodian.post(&decision, grant).await.expect(200);
    let decided: Vec<_> = inbox(&both)
        .await
        .into_iter()
        .filter(|item| item["kind"] == "disclosure_decided")
        .collect();
    assert_eq!(decided.len(), 2);
    assert!(
        decided
            .iter()
            .all(|one| one["text"]["id"] == denied["text"]["id"] && one["link"] == denied["link"]),
        "granted and denied sound alike"
    );
    assert_eq!(
        (
            notification_count(&office.head, "disclosure_decided").await,
            notification_count(&office.custodian, "disclosure_decided").await
        ),
        (0, 0)
    );

    // After a later bar the user sees no more notifications of it.
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": office.custodian.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    office
        .conflict_officer
        .post(
            &format!("{}/conflicts", case.path),
            json!({"user": both.id, "reason": "Terkait."}),
        )
        .await
        .expect(204);
    assert_eq!(
        (
            count(&office.custodian).await,
            notification_count(&both, "disclosure_decided").await
        ),
        (0, 0)
    );
    let mailed: i64 = sqlx::query_scalar("select count(*) from mail")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let named: i64 =
        sqlx::query_scalar("select count(*) from notification where user_id is not null")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!((mailed, named), (0, 0), "addressed by tag and never mailed");
}

#[actix_web::test]
async fn of_two_custodians_the_second_hears_when_it_is_their_turn() {
    let office = &mut ComplaintOffice::open().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let case = office.case(Until::Screened).await;
    let deputy = deputy.sign_in_again().await;
    let requests = format!("{}/disclosures", case.path);
    let request =
        json!({"fields": ["name"], "purpose": "law_enforcement", "reason": "Surat penyidik."});
    let asked = office.head.post(&requests, request).await.expect(201);
    assert_eq!(
        (
            notification_count(&office.custodian, "disclosure_waits").await,
            notification_count(&deputy, "disclosure_waits").await
        ),
        (1, 1)
    );
    let decision = format!("{requests}/{}/decision", asked["id"].as_str().unwrap());
    office
        .custodian
        .post(&decision, json!({"grant": true, "reason": "Lengkap."}))
        .await
        .expect(200);
    assert_eq!(
        (
            notification_count(&office.custodian, "disclosure_waits").await,
            notification_count(&deputy, "disclosure_waits").await
        ),
        (1, 2)
    );
    assert_eq!(
        notification_count(&office.head, "disclosure_decided").await,
        0,
        "it is not decided yet"
    );
}
