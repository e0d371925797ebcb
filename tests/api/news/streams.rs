//! `GET /events` over real connections, at replicas that share only the database.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::Role;
use tokio::time::timeout;

use super::listener::Listener;
use super::running::Replica;
use crate::certification::Office;
use crate::certification::office::{Until, application};
use crate::complaint::office::{ComplaintOffice, Until as ComplaintUntil, form};
use crate::support::Request;

#[actix_web::test]
async fn whoever_listens_at_one_replica_hears_what_is_done_at_another_and_misses_nothing_by_coming_back()
 {
    let office = Office::open().await;
    let (one, other) = (
        Replica::start(&office.app.service),
        Replica::start(&office.app.service),
    );
    let mut customer = Listener::open(&one.address, &office.customer, None).await;
    let mut staff = Listener::open(&other.address, &office.pji_staff, None).await;
    let case = office.draft().await;
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    assert_eq!(
        customer.hear(1).await,
        ["application.stage_changed submitted"]
    );
    assert_eq!(
        staff.hear(2).await,
        [
            "application.stage_changed submitted",
            "notification.created step_waiting"
        ]
    );
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    assert_eq!(
        customer.hear(2).await,
        [
            "application.stage_changed filed",
            "notification.created case_moved"
        ]
    );
    let seen = customer.last_id.clone();
    drop(customer);
    office
        .customer
        .post(
            &format!("{case}/withdrawal"),
            json!({"reason": "Dibatalkan."}),
        )
        .await
        .expect(200);
    // The other replica has not served this reader before.
    let mut again = Listener::open(&other.address, &office.customer, Some(&seen)).await;
    assert_eq!(again.hear(1).await, ["application.stage_changed withdrawn"]);
    let event = {
        office.case(Until::Submitted).await;
        again.next().await.unwrap()
    };
    let data = &event.data["data"];
    assert_eq!(
        (
            data["number"].as_str(),
            data["step"].as_i64(),
            data["task"].as_str()
        ),
        (Some("P-2026-00002"), Some(1), Some("submit_application"))
    );
    drop((again, staff));
    one.stop().await;
    other.stop().await;
}

#[actix_web::test]
async fn nobody_hears_of_a_case_they_may_not_see() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    let (stranger, auditor) = (
        office.app.customer().await,
        office.app.staff(Role::InternalAuditor).await,
    );
    let mut ears = Vec::new();
    for person in [&stranger, &auditor, &office.treasurer] {
        ears.push(Listener::open(&running.address, person, None).await);
    }
    office.case(Until::Filed).await;
    stranger
        .post("/api/v1/applications", application())
        .await
        .expect(201);
    running.stop().await;
    for ear in ears {
        assert_eq!(
            ear.rest().await,
            [],
            "a file is visible from the first stage that names the role"
        );
    }
}

#[actix_web::test]
async fn what_is_committed_late_comes_late_and_is_not_lost() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    let (case, other) = (office.draft().await, office.draft().await);
    let mut staff = Listener::open(&running.address, &office.pji_staff, None).await;
    // A transaction that began earlier and is still open.
    let mut slow = office.app.sql().await;
    sqlx::query("begin").execute(&mut slow).await.unwrap();
    let id = other.rsplit('/').next().unwrap();
    let shown = format!("update application set visible_to = '{{pji_staff}}' where id = '{id}'");
    sqlx::query(sqlx::AssertSqlSafe(shown))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let writes = format!(
        "insert into event (office_id, kind, application_id, data, at) select office_id, 'application.stage_changed', id, '{{\"stage\": \"slow\"}}', now() from application where id = '{id}'"
    );
    sqlx::query(sqlx::AssertSqlSafe(writes))
        .execute(&mut slow)
        .await
        .unwrap();
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    // A later event is held back until the earlier transaction ends, so a reader misses nothing by
    // disconnecting now.
    assert!(
        timeout(Duration::from_millis(600), staff.next())
            .await
            .is_err()
    );
    let seen = staff.last_id.clone();
    drop(staff);
    sqlx::query("commit").execute(&mut slow).await.unwrap();
    let mut again = Listener::open(&running.address, &office.pji_staff, Some(&seen)).await;
    assert_eq!(
        again.hear(3).await,
        [
            "application.stage_changed slow",
            "application.stage_changed submitted",
            "notification.created step_waiting"
        ]
    );
    drop(again);
    running.stop().await;
}

#[actix_web::test]
async fn a_stream_ends_with_its_session_and_others_of_the_person_go_on() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    let elsewhere = office.pji_staff.sign_in_again().await;
    let ended = Listener::open(&running.address, &office.pji_staff, None).await;
    let mut goes_on = Listener::open(&running.address, &elsewhere, None).await;
    assert_eq!(
        office.pji_staff.act("/api/v1/auth/logout").await.status,
        204
    );
    assert_eq!(
        timeout(Duration::from_secs(5), ended.rest()).await.unwrap(),
        []
    );
    office.case(Until::Submitted).await;
    assert_eq!(
        goes_on.hear(1).await,
        ["application.stage_changed submitted"]
    );
    let admin = office.app.staff(Role::Admin).await;
    admin
        .patch(
            &format!("/api/v1/users/{}", office.pji_staff.id),
            json!({"active": false}),
            Some("*"),
        )
        .await
        .expect(200);
    assert_eq!(
        timeout(Duration::from_secs(5), goes_on.rest())
            .await
            .unwrap()
            .len(),
        1,
        "the notification, and then no more"
    );
    running.stop().await;
}

#[actix_web::test]
async fn a_stop_ends_the_streams_at_once_and_nothing_is_lost_by_it() {
    let office = Office::open().await;
    let first = Replica::start(&office.app.service);
    let mut staff = Listener::open(&first.address, &office.pji_staff, None).await;
    office.case(Until::Submitted).await;
    assert_eq!(staff.hear(2).await.len(), 2);
    timeout(Duration::from_secs(10), first.stop())
        .await
        .unwrap();
    let seen = staff.last_id.clone();
    assert_eq!(staff.rest().await, []);
    office.case(Until::Submitted).await;
    let second = Replica::start(&office.app.service);
    let mut staff = Listener::open(&second.address, &office.pji_staff, Some(&seen)).await;
    assert_eq!(
        staff.hear(2).await,
        [
            "application.stage_changed submitted",
            "notification.created step_waiting"
        ]
    );
    drop(staff);
    second.stop().await;
}

#[actix_web::test]
async fn a_listener_that_is_cut_off_from_the_database_comes_back() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    let mut staff = Listener::open(&running.address, &office.pji_staff, None).await;
    let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()";
    let mut cut_off = 0;
    while cut_off == 0 {
        cut_off = sqlx::query_scalar::<_, i64>(cut)
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    office.case(Until::Submitted).await;
    assert_eq!(
        staff.hear(2).await,
        [
            "application.stage_changed submitted",
            "notification.created step_waiting"
        ]
    );
    drop(staff);
    running.stop().await;
}

#[actix_web::test]
async fn an_id_that_is_not_ours_or_too_old_is_answered_with_a_reset() {
    let office = Office::open().await;
    office.case(Until::Submitted).await;
    for id in ["", "x", "1.1.1", "999999999999.0.1783299600"] {
        let headers = [("last-event-id", id)];
        let answer = office
            .pji_staff
            .ask(&Request {
                method: Method::GET,
                path: "/api/v1/events",
                body: None,
                headers: &headers,
            })
            .await;
        let text = String::from_utf8(answer.bytes).unwrap();
        assert!(
            answer.status == 200
                && text.contains("event: reset\n")
                && !text.contains("stage_changed"),
            "{id}: {text}"
        );
    }
}

#[actix_web::test]
async fn a_dump_that_was_restored_elsewhere_brings_its_events_before_all_others() {
    let office = Office::open().await;
    office.case(Until::Submitted).await;
    sqlx::query("update event set xid = '900000000000'")
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let running = Replica::start(&office.app.service);
    let mut staff = Listener::open(&running.address, &office.pji_staff, None).await;
    office.case(Until::Submitted).await;
    assert_eq!(
        staff.hear(2).await,
        [
            "application.stage_changed submitted",
            "notification.created step_waiting"
        ]
    );
    drop(staff);
    running.stop().await;
    let foreign: i64 = sqlx::query_scalar("select count(*) from event where xid > '800000000000'")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(foreign, 0);
}

#[actix_web::test]
async fn one_person_has_six_streams_and_no_seventh() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(Listener::open(&running.address, &office.pji_staff, None).await);
    }
    let ask = async || {
        let url = format!("http://{}/api/v1/events", running.address);
        reqwest::Client::new()
            .get(url)
            .bearer_auth(office.pji_staff.token.as_ref().unwrap())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    // All workers of a replica share the count.
    assert_eq!(ask().await, 429);
    drop(open);
    running.stop().await;
}

/// Closed streams, and streams with a broken connection, do not count against a reader.
#[actix_web::test]
async fn whoever_closes_a_stream_and_opens_it_again_is_not_refused() {
    let office = Office::open().await;
    let running = Replica::start(&office.app.service);
    for _ in 0..20 {
        drop(Listener::open(&running.address, &office.pji_staff, None).await);
    }
    // The client disconnects before the reply.
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        office.pji_staff.token.as_ref().unwrap()
    );
    for _ in 0..20 {
        let mut socket = tokio::net::TcpStream::connect(&running.address)
            .await
            .unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut socket, request.as_bytes())
            .await
            .unwrap();
    }
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(Listener::open(&running.address, &office.pji_staff, None).await);
    }
    // The streams that are still open stay open.
    office.case(Until::Submitted).await;
    for listener in &mut open {
        assert_eq!(
            listener.hear(1).await,
            ["application.stage_changed submitted"]
        );
    }
    drop(open);
    running.stop().await;
}

#[actix_web::test]
async fn of_a_complaint_only_whoever_may_know_of_it_hears_and_only_that_there_is_work() {
    let mut office = ComplaintOffice::open().await;
    let running = Replica::start(&office.app.service);
    let mut against = form();
    against["content"]["accused"] = json!([{"name": "Hendra Gunawan"}]);
    let second = office.another(Role::PjiLead, "Budi Darmawan").await;
    let people = [&office.head, &office.pji_lead, &second].map(Clone::clone);
    let mut seen = Vec::new();
    for person in &people {
        seen.push(Listener::open(&running.address, person, None).await.last_id);
    }
    let case = office.case_of(against, ComplaintUntil::Screened).await;
    let [mut head, accused, mut free] = {
        let mut all = Vec::new();
        for (person, seen) in people.iter().zip(&seen) {
            let again = person.sign_in_again().await;
            all.push(Listener::open(&running.address, &again, Some(seen)).await);
        }
        <[Listener; 3]>::try_from(all).ok().unwrap()
    };
    office
        .head
        .post(
            &format!("{}/disposition", case.path),
            json!({"text": "Mohon ditanggapi."}),
        )
        .await
        .expect(200);
    let said = head.next().await.unwrap();
    assert_eq!(
        (said.kind.as_str(), &said.data["data"]["kind"]),
        ("notification.created", &json!("step_waiting"))
    );
    let text = said.data.to_string();
    assert!(
        !text.contains(&case.number) && !text.contains(case.path.rsplit('/').next().unwrap()),
        "{text}"
    );
    assert_eq!(free.hear(1).await, ["notification.created step_waiting"]);
    drop((head, free));
    running.stop().await;
    assert_eq!(accused.rest().await, []);
}

#[actix_web::test]
async fn of_retaliation_only_who_protects_hears_and_only_that_a_report_waits() {
    let mut office = ComplaintOffice::open().await;
    let running = Replica::start(&office.app.service);
    let case = office.case(ComplaintUntil::Screened).await;
    let seen = async |person| Listener::open(&running.address, person, None).await.last_id;
    let of_officer = seen(&office.conflict_officer).await;
    let of_head = seen(&office.head).await;
    let report = json!({"kind": "threat", "text": "Saya diancam dipindahkan."});
    office
        .sign_in_with_code(&case.code)
        .await
        .post("/api/v1/complaints/mine/retaliation-reports", report)
        .await
        .expect(201);
    office.next_slot().await;
    let mut officer = Listener::open(
        &running.address,
        &office.conflict_officer.sign_in_again().await,
        Some(&of_officer),
    )
    .await;
    let head = Listener::open(
        &running.address,
        &office.head.sign_in_again().await,
        Some(&of_head),
    )
    .await;
    let said = officer.next().await.unwrap();
    assert_eq!(
        (said.kind.as_str(), &said.data["data"]["kind"]),
        ("notification.created", &json!("retaliation_waits"))
    );
    let text = said.data.to_string();
    assert!(
        !text.contains(&case.number)
            && !text.contains(case.path.rsplit('/').next().unwrap())
            && !text.contains("diancam"),
        "{text}"
    );
    drop(officer);
    running.stop().await;
    assert_eq!(head.rest().await, []);
    let mails: i64 = sqlx::query_scalar("select count(*) from mail")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!(mails, 0, "and no mail");
}
