//! A user with several roles reads and acts under each role that shows the case; a bar applies to
//! all of them.

use serde_json::{Value, json};
use service_desk::complaint::jobs::release;
use service_desk::sop::role::{Role, Roles};

use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::Person;

async fn items(person: &Person, path: &str) -> Vec<Value> {
    person.get(path).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

async fn in_the_trail(office: &ComplaintOffice, action: &str) -> i64 {
    sqlx::query_scalar("select count(*) from audit.event where action = $1")
        .bind(action)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

async fn warn(office: &ComplaintOffice, case: &Case, person: &Person) -> crate::support::Answer {
    let warning = json!({"warnings": [{"user": person.id, "text": "Pungutan di luar tarif tidak dibenarkan."}]});
    office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning)
        .await
}

/// Declares a conflict of `person`, or lifts it.
async fn declare(
    office: &ComplaintOffice,
    case: &Case,
    person: &Person,
    barred: bool,
) -> crate::support::Answer {
    let form = json!({"user": person.id, "reason": "Saudara kandung.", "barred": barred});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), form)
        .await
}

#[actix_web::test]
async fn who_sees_a_complaint_as_conflict_officer_neither_reads_nor_settles_it_as_lead_of_another_team()
 {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::ConflictOfficer).with(Role::TeamLead))
        .await;
    let read = in_the_trail(&office, "read_complaint").await;
    let seen = both.get(&case.path).await.expect(200);
    assert_eq!(
        (&seen["stage"], &seen["content"], &seen["forwarding"]),
        (&json!("forwarded"), &Value::Null, &Value::Null)
    );
    let of_step = |task: &str| {
        seen["next"]
            .as_array()
            .unwrap()
            .iter()
            .find(|next| next["task"] == task)
            .unwrap()
            .clone()
    };
    assert_eq!(of_step("resolve_complaint")["refusal"], "not_your_step");
    assert_eq!(of_step("declare_conflict")["allowed"], true);
    assert_eq!(
        items(&both, "/api/v1/desk").await,
        Vec::<Value>::new(),
        "it waits for the lead of the assigned team"
    );
    assert_eq!(items(&office.team_lead, "/api/v1/desk").await.len(), 1);
    for end in ["/messages", "/attachments", "/disclosures"] {
        both.get(&format!("{}{end}", case.path))
            .await
            .refused(404, "not_found");
    }
    let resolution = json!({"finding": "proven", "summary": "Pungutan terbukti."});
    both.post(&format!("{}/resolution", case.path), resolution)
        .await
        .refused(403, "not_your_step");
    let request = json!({"fields": ["name"], "purpose": "consent", "reason": "Perlu dihubungi."});
    both.post(&format!("{}/disclosures", case.path), request)
        .await
        .refused(404, "not_found");
    assert_eq!(
        in_the_trail(&office, "read_complaint").await,
        read,
        "nothing was read"
    );
}

#[actix_web::test]
async fn whoever_is_accused_stays_barred_whatever_is_declared_and_lifted_afterwards() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let accused = office.another(Role::PjiStaff, "Doni Saputra").await;
    warn(&office, &case, &accused).await.expect(200);
    declare(&office, &case, &accused, true).await.expect(204);
    declare(&office, &case, &accused, false)
        .await
        .refused(409, "conflict");
    let known = items(
        &office.conflict_officer,
        &format!("{}/conflicts", case.path),
    )
    .await;
    let of_them = known
        .iter()
        .find(|one| one["user"] == json!(accused.id))
        .unwrap();
    assert_eq!(
        (&of_them["kind"], &of_them["lifted"]),
        (&json!("accused"), &json!(false))
    );
}

#[actix_web::test]
async fn the_only_one_who_could_draft_the_answer_is_not_warned_before_there_is_another() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    warn(&office, &case, &office.team_staff)
        .await
        .refused(409, "conflict");
    assert_eq!(
        items(&office.team_staff, "/api/v1/warnings").await,
        Vec::<Value>::new(),
        "nothing has changed"
    );
    let another = office.another(Role::TeamStaff, "Fitri Handayani").await;
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
    warn(&office, &case, &office.team_staff).await.expect(200);
}

#[actix_web::test]
async fn that_a_conflict_officer_read_the_names_is_told_to_the_reporter_and_the_trail_and_to_no_handler()
 {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    let timeline = office
        .head
        .get(&format!("{}/timeline", case.path))
        .await
        .expect(200);
    for _ in 0..2 {
        items(
            &office.conflict_officer,
            &format!("{}/conflicts", case.path),
        )
        .await;
    }
    assert_eq!(in_the_trail(&office, "read_conflicts").await, 1);
    let log = items(
        &office.sign_in_with_code(&case.code).await,
        "/api/v1/complaints/mine/access-log",
    )
    .await;
    assert!(
        log.iter()
            .any(|access| access["role"] == "conflict_officer" && access["people"] == 1),
        "{log:?}"
    );
    assert_eq!(
        office
            .head
            .get(&format!("{}/timeline", case.path))
            .await
            .expect(200),
        timeline
    );
}

#[actix_web::test]
async fn a_complaint_that_cannot_be_opened_keeps_no_other_back() {
    let mut office = ComplaintOffice::open().await;
    let broken = office.case(Until::Signed).await;
    let (_, _, number) = office.submit(form()).await;
    // Its key is replaced by zeros.
    let tampering = "update wbs.complaint set dek_wrapped = decode(repeat('00', octet_length(dek_wrapped)), 'hex') where public_number = $1";
    sqlx::query(tampering)
        .bind(&broken.number)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    office.later(60 * 24).await;
    let (app, service) = (&office.app, &office.app.service);
    let looked = release::run(
        &app.database,
        &service.complaint_services,
        &service.calendars,
        app.clock.now(),
    )
    .await;
    assert!(looked.is_err(), "a failed delivery is reported");
    let found = items(
        &office.head,
        &format!("/api/v1/complaints?public_number={number}"),
    )
    .await;
    assert_eq!(
        found[0]["stage"], "screened",
        "the other complaint has surfaced"
    );
}
