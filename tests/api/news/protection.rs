//! What nobody learns of a complaint by being told: not before it surfaces, not who is barred, not a number, not a word, not from a dump, not outside.

use serde_json::json;
use service_desk::sop::role::Role;
use uuid::Uuid;

use super::{inbox, late, told, waiting};
use crate::complaint::wing::{Until, Wing, form};
use crate::support::Person;

async fn count(person: &Person) -> i64 {
    person.get("/api/v1/notifications?count=true").await.expect(200)["count"].as_i64().unwrap()
}

#[actix_web::test]
async fn each_step_is_told_from_the_surfacing_on_to_whoever_may_take_it_and_only_that_there_is_work() {
    let mut wing = Wing::open().await;
    let (_, code, number) = wing.submit(form()).await;
    assert_eq!(count(&wing.head).await, 0, "it has not surfaced");
    wing.next_slot().await;
    assert_eq!(told(&wing.head).await, [waiting(2)]);
    let found = wing.conflict_officer.get(&format!("/api/v1/complaints?public_number={number}")).await.expect(200);
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let case = crate::complaint::wing::Case { code, number: number.clone(), path: format!("/api/v1/complaints/{id}") };
    wing.carry(&case, Until::Closed).await;
    assert_eq!(told(&wing.head).await, [waiting(2), waiting(6)]);
    assert_eq!(told(&wing.pji_lead).await, [waiting(3)]);
    assert_eq!(told(&wing.team_lead).await, [waiting(4)]);
    assert_eq!(told(&wing.team_staff).await, [waiting(5)]);
    for other in [&wing.clerk, &wing.conflict_officer, &wing.external, &wing.custodian, &wing.auditor, &wing.admin] {
        assert_eq!(count(other).await, 0);
    }
    for person in [&wing.head, &wing.pji_lead, &wing.team_lead, &wing.team_staff] {
        let told = json!(inbox(person).await).to_string();
        assert!(!told.contains(&number) && !told.contains(&id) && !told.contains("Pungutan"), "{told}");
        assert!(told.contains("/api/v1/desk"));
    }
}

#[actix_web::test]
async fn whoever_is_accused_is_never_told_and_the_route_outside_is() {
    let mut wing = Wing::open().await;
    let mut against_the_head = form();
    against_the_head["content"]["accused"] = json!([{"name": "Sari Puspita"}]);
    wing.surfaced(&[against_the_head]).await;
    assert_eq!((count(&wing.head).await, count(&wing.pji_lead).await, count(&wing.external).await), (0, 0, 1));

    let accused = wing.another(Role::PjiLead, "Budi Darmawan").await;
    let mut against_a_lead = form();
    against_a_lead["content"]["accused"] = json!([{"name": "Budi Darmawan"}]);
    let accused = accused.sign_in_again().await;
    wing.case_of(against_a_lead, Until::Disposed).await;
    let accused = accused.sign_in_again().await;
    assert_eq!((count(&accused).await, count(&wing.pji_lead).await), (0, 1), "of two holders only the one who may know");
}

#[actix_web::test]
async fn who_comes_to_be_barred_finds_nothing_of_it_any_more() {
    let mut wing = Wing::open().await;
    let second = wing.another(Role::PjiLead, "Budi Darmawan").await;
    let case = wing.case(Until::Disposed).await;
    let second = second.sign_in_again().await;
    assert_eq!((count(&second).await, count(&wing.pji_lead).await), (1, 1));
    let marked = inbox(&second).await[0]["id"].as_str().unwrap().to_owned();
    second.post(&format!("{}/recusal", case.path), json!({"text": "Kerabat terlapor."})).await.expect(204);
    assert_eq!((count(&second).await, inbox(&second).await.len()), (0, 0), "as if it had never been");
    let reading = format!("/api/v1/notifications/{marked}/reading");
    let asking = crate::support::Asking { method: reqwest::Method::PUT, path: &reading, body: None, headers: &[] };
    second.ask(&asking).await.refused(404, "not_found");
    assert_eq!(count(&wing.pji_lead).await, 1);
    let conflict = json!({"user": wing.team_lead.id, "reason": "Atasan terlapor."});
    let another = wing.another(Role::TeamLead, "Joko Susilo").await;
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [wing.team_lead.id, wing.team_staff.id, another.id]});
    wing.admin.put(&format!("/api/v1/teams/{}", wing.team), members, Some("*")).await.expect(200);
    wing.carry(&case, Until::Screened).await;
    wing.pji_lead.post(&format!("{}/forwarding", case.path), json!({"team": wing.team, "text": "Mohon diselesaikan."})).await.expect(200);
    assert_eq!((count(&wing.team_lead).await, count(&another).await), (1, 1));
    wing.conflict_officer.post(&format!("{}/conflicts", case.path), conflict).await.expect(204);
    assert_eq!((count(&wing.team_lead).await, count(&another).await), (0, 1));
}

#[actix_web::test]
async fn a_team_that_does_not_have_it_is_not_told() {
    let mut wing = Wing::open().await;
    let (lead, staff) = (wing.another(Role::TeamLead, "Joko Susilo").await, wing.another(Role::TeamStaff, "Maya Sari").await);
    wing.admin.post("/api/v1/teams", json!({"name": "Tim Kalibrasi", "members": [lead.id, staff.id]})).await.expect(201);
    wing.case(Until::Drafted).await;
    for person in [lead, staff] {
        assert_eq!(count(&person.sign_in_again().await).await, 0);
    }
    assert_eq!((count(&wing.team_lead).await, count(&wing.team_staff).await), (1, 1));
}

#[actix_web::test]
async fn a_dump_names_nobody_who_was_told_of_a_complaint() {
    let mut wing = Wing::open().await;
    wing.case(Until::Answered).await;
    let rows: Vec<(Option<Uuid>, Option<Vec<u8>>)> = sqlx::query_as("select user_id, person_tag from notification where complaint_id is not null")
        .fetch_all(&mut wing.app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|(user, tag)| user.is_none() && tag.as_ref().is_some_and(|tag| tag.len() == 32)));
    let jobs: i64 = sqlx::query_scalar("select count(*) from graphile_worker.jobs where task_identifier in ('spread_event', 'mail_notification')")
        .fetch_one(&mut wing.app.sql().await)
        .await
        .unwrap();
    let events: i64 = sqlx::query_scalar("select count(*) from event where data is not null").fetch_one(&mut wing.app.sql().await).await.unwrap();
    assert_eq!((jobs, events), (0, 0), "nothing of it goes outside");
}

#[actix_web::test]
async fn a_connection_that_does_not_say_who_asks_sees_no_notification_of_a_complaint() {
    let mut wing = Wing::open().await;
    wing.case(Until::Disposed).await;
    let seen =
        wing.app.database.read(async |c| Ok(sqlx::query_scalar::<_, i64>("select count(*) from notification").fetch_one(c).await?)).await.unwrap();
    assert_eq!(seen, 0);
}

#[actix_web::test]
async fn a_late_complaint_is_heard_only_by_those_who_may_know_of_it() {
    let mut wing = Wing::open().await;
    let barred = wing.another(Role::TeamLead, "Joko Susilo").await;
    let members = json!({"name": "Tim Pengujian", "active": true, "members": [wing.team_lead.id, wing.team_staff.id, barred.id]});
    wing.admin.put(&format!("/api/v1/teams/{}", wing.team), members, Some("*")).await.expect(200);
    let case = wing.case(Until::Forwarded).await;
    wing.conflict_officer.post(&format!("{}/conflicts", case.path), json!({"user": barred.id, "reason": "Terkait."})).await.expect(204);
    wing.later(60 * 24 * 10).await;
    let service = &wing.app.service;
    service_desk::escalation::look(&wing.app.database, &service.cabinet, &service.calendars, wing.app.clock.now()).await.unwrap();
    assert_eq!(told(&wing.team_lead).await, [waiting(4), late(4, 75)]);
    assert_eq!(told(&wing.head).await, [waiting(2), late(4, 100)], "who leads the team leads");
    assert_eq!(count(&barred.sign_in_again().await).await, 0);
    assert_eq!((count(&wing.external).await, count(&wing.conflict_officer).await), (0, 0));
}
