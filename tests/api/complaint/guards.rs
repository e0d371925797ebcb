//! The defences between an insider and a reporter when a role, a setting, a key or a session is
//! abused (abuse cases 9, 20, 46 and 48).

use serde_json::{Value, json};
use service_desk::complaint::custody::custodian::CustodianPublicKey;
use service_desk::complaint::custody::key_file::new_custodian_key;
use service_desk::complaint::services::ComplaintServices;
use service_desk::complaint::vault::pin;
use service_desk::error::Code;
use service_desk::sop::role::Role;

use super::office::{Case, ComplaintOffice, Until};
use crate::support::{Answer, Person, custodian};

async fn set_roles(by: &Person, person: &Person, roles: Value) -> Answer {
    let path = format!("/api/v1/users/{}", person.id);
    let tag = by.get(&path).await.etag();
    by.put(
        &format!("{path}/roles"),
        json!({"roles": roles}),
        Some(&tag),
    )
    .await
}

#[actix_web::test]
async fn an_administrator_lets_neither_themselves_nor_a_puppet_of_theirs_see_a_complaint() {
    let mut office = ComplaintOffice::open().await;
    let other = office.another(Role::Admin, "Fitri Handayani").await;
    let case = office.case(Until::Forwarded).await;
    let roles = [
        "head",
        "external_handler",
        "team_lead",
        "identity_custodian",
        "internal_auditor",
        "conflict_officer",
    ];
    for role in roles {
        set_roles(&office.admin, &office.admin, json!(["admin", role]))
            .await
            .refused(403, "forbidden");
        let own = format!("/api/v1/users/{}", office.admin.id);
        let tag = office.admin.get(&own).await.etag();
        for field in ["roles", "pending_roles", "office_id", "id"] {
            let assigned = office
                .admin
                .patch(&own, json!({field: [role]}), Some(&tag))
                .await;
            assert!(
                (400..500).contains(&assigned.status),
                "{field}: {}",
                assigned.status
            );
        }
        let appointment = json!({"user_id": office.admin.id, "role": role, "kind": "plh", "first_day": "2026-07-06", "last_day": "2026-12-31", "decree_number": "B/1/2026"});
        let appointed = office
            .admin
            .post("/api/v1/acting-appointments", appointment)
            .await;
        assert!(
            [403, 422].contains(&appointed.status),
            "{role}: {}",
            appointed.status
        );
    }
    office
        .admin
        .put(
            &format!("/api/v1/teams/{}", office.team),
            json!({"name": "Tim Pengujian", "active": true, "members": [office.admin.id]}),
            Some("*"),
        )
        .await
        .refused(403, "forbidden");
    office.admin.get(&case.path).await.refused(404, "not_found");

    // An account at the administrator's own address with any role that reads complaints, watches or
    // gives roles: it needs a second administrator, and the proposal alone grants nothing.
    for role in Role::all()
        .filter(|role| role.is_given_by_two())
        .map(Role::code)
    {
        let email = format!("{}@bspji.example", role.replace('_', "."));
        let form = json!({"email": email, "display_name": "Boneka", "roles": [role]});
        let made = office.admin.post("/api/v1/users", form).await.expect(201);
        let acceptance = json!({"token": office.app.invitation(made["id"].as_str().unwrap()).await, "password": "jembatan ampera malam"});
        office
            .nobody
            .post("/api/v1/auth/invitations/acceptance", acceptance)
            .await
            .expect(204);
        assert_eq!(
            (&made["roles"], &made["pending_roles"][0]["role"]),
            (&json!([]), &json!(role))
        );
        let tokens = office
            .nobody
            .post(
                "/api/v1/auth/login",
                json!({"email": email, "password": "jembatan ampera malam"}),
            )
            .await
            .expect(200);
        let puppet = office
            .nobody
            .with_token(tokens["access_token"].as_str().unwrap());
        puppet.get(&case.path).await.refused(404, "not_found");
        puppet
            .get(&format!("{}/conflicts", case.path))
            .await
            .refused(404, "not_found");
        puppet
            .get("/api/v1/disclosures")
            .await
            .refused(403, "forbidden");
        puppet
            .get("/api/v1/audit-trail")
            .await
            .refused(403, "forbidden");
    }
    let journal = "select count(*) from journal where task in ('create_user', 'propose_role') and actor_id = $1";
    let entries: i64 = sqlx::query_scalar(journal)
        .bind(office.admin.id)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert!(entries >= 3, "what they did is in the journal: {entries}");
    let refused = "select task, count(*) from journal where task like '%_refused' and actor_id = $1 and subject_id = $1 group by task order by task";
    let refused: Vec<(String, i64)> = sqlx::query_as(refused)
        .bind(office.admin.id)
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap();
    let expected = [
        ("change_team_refused", 1),
        ("create_acting_appointment_refused", 1),
        ("set_user_roles_refused", 6),
    ];
    assert_eq!(
        refused,
        expected.map(|(task, times)| (task.to_owned(), times)),
        "and what they tried"
    );
    drop(other);
}

fn with_key(office: &ComplaintOffice, key: CustodianPublicKey) -> ComplaintServices {
    let (service, services) = (&office.app.service, &office.app.service.complaint_services);
    ComplaintServices::new(
        &office.app.master_key,
        services.audit.clone(),
        service.documents.clone(),
        key,
        services.vault().clone(),
        services.policy.clone(),
    )
}

#[actix_web::test]
async fn a_service_does_not_start_with_another_custodians_key_whoever_put_it_there() {
    let mut office = ComplaintOffice::open().await;
    let (database, clock) = (office.app.database.clone(), office.app.clock.clone());
    let check = async |services: &ComplaintServices| {
        pin::check(&database, services, clock.now())
            .await
            .map_err(|error| error.code())
    };
    let genuine = with_key(&office, custodian().0.clone());
    assert_eq!(check(&genuine).await, Ok(()));
    let (theirs, _) = new_custodian_key(&"kata sandi penyusup".to_owned().into()).unwrap();
    let thief = with_key(&office, theirs);
    assert_eq!(
        check(&thief).await,
        Err(Some(Code::Conflict)),
        "put into the settings"
    );

    // Write access to the database suffices neither to pin a false custodian's key nor to unpin the
    // real one.
    let sql = &mut office.app.sql().await;
    let fingerprint = thief.custodian().fingerprint();
    let pin = "insert into vault.custodian_key (fingerprint, pinned_on, mac) select $1, pinned_on, mac from vault.custodian_key limit 1";
    sqlx::query(pin)
        .bind(fingerprint.as_slice())
        .execute(&mut *sql)
        .await
        .unwrap();
    assert_eq!(
        check(&thief).await,
        Err(Some(Code::Conflict)),
        "with the mark of another key"
    );
    sqlx::query("delete from vault.custodian_key where fingerprint <> $1")
        .bind(fingerprint.as_slice())
        .execute(&mut *sql)
        .await
        .unwrap();
    assert_eq!(
        check(&thief).await,
        Err(Some(Code::Conflict)),
        "in place of ours"
    );
    assert_eq!(
        check(&genuine).await,
        Err(Some(Code::Conflict)),
        "and ours is missed"
    );
    for statement in [
        "delete from vault.custodian_key",
        "update vault.custodian_key set mac = mac",
    ] {
        let refused = office
            .app
            .database
            .read(async |c| Ok(sqlx::query(statement).execute(c).await))
            .await
            .unwrap();
        assert_eq!(
            refused
                .unwrap_err()
                .into_database_error()
                .unwrap()
                .code()
                .unwrap(),
            "42501",
            "the application cannot: {statement}"
        );
    }
    pin::accept(&office.app.database, &genuine, office.app.clock.now())
        .await
        .unwrap();
    assert_eq!(check(&genuine).await, Ok(()));

    // A missing pin counts as a first start only while nothing is sealed.
    office.case(Until::Forwarded).await;
    sqlx::query("delete from vault.custodian_key")
        .execute(&mut *sql)
        .await
        .unwrap();
    assert_eq!(
        check(&thief).await,
        Err(Some(Code::Conflict)),
        "after the pins were emptied"
    );
    assert_eq!(check(&genuine).await, Err(Some(Code::Conflict)));
}

/// The number of complaints and contents that a transaction with these settings sees; and the
/// number that the same connection sees afterwards.
async fn visible_counts(office: &ComplaintOffice, settings: &[(&str, &str)]) -> (i64, i64) {
    let count = "select (select count(*) from wbs.complaint) + (select count(*) from wbs.content)";
    let mut transaction = office.app.database.begin().await.unwrap();
    for (name, value) in settings {
        sqlx::query("select set_config($1, $2, true)")
            .bind(name)
            .bind(value)
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    let within: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let after = office
        .app
        .database
        .read(async |c| Ok(sqlx::query_scalar(count).fetch_one(c).await?))
        .await
        .unwrap();
    (within, after)
}

#[actix_web::test]
async fn wrong_or_half_settings_show_nothing_and_no_setting_outlives_its_transaction() {
    let mut complaint_office = ComplaintOffice::open().await;
    let (one, _other) = (
        complaint_office.case(Until::Forwarded).await,
        complaint_office.case(Until::Forwarded).await,
    );
    let office: uuid::Uuid = sqlx::query_scalar("select id from office")
        .fetch_one(&mut complaint_office.app.sql().await)
        .await
        .unwrap();
    let (office, nowhere, tag) = (
        office.to_string(),
        uuid::Uuid::new_v4().to_string(),
        "00".repeat(32),
    );
    let id = one.path.rsplit('/').next().unwrap();
    let staff = |office: &str, roles: &str, team_roles: &str, teams: &str| {
        let all = [
            ("standing", "staff"),
            ("office", office),
            ("person", &tag),
            ("roles", roles),
            ("team_roles", team_roles),
            ("teams", teams),
        ];
        all.map(|(name, value)| (format!("desk.{name}"), value.to_owned()))
    };
    for (settings, expected) in [
        (staff(&office, "head", "", ""), 4),
        (staff(&nowhere, "head", "", ""), 0),
        (staff(&office, "", "", ""), 0),
        (
            staff(
                &office,
                "admin,internal_auditor,identity_custodian,intake_clerk,customer",
                "",
                "",
            ),
            0,
        ),
        (staff(&office, "", "team_lead", &complaint_office.team), 4),
        (staff(&office, "", "team_lead", &nowhere), 0),
        (staff(&office, "", "head", &nowhere), 0),
    ] {
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            visible_counts(&complaint_office, &settings).await,
            (expected, 0),
            "{settings:?}"
        );
    }
    for (settings, expected) in [
        (&[("desk.standing", "service")][..], 4),
        (&[("desk.standing", "reporter"), ("desk.case", id)], 2),
        (&[("desk.standing", "reporter"), ("desk.case", &nowhere)], 0),
        (&[("desk.standing", "reporter")], 0),
        (&[("desk.standing", "clerk")], 0),
        (&[("desk.standing", "SERVICE")], 0),
        (&[("desk.case", id)], 0),
        (&[], 0),
    ] {
        assert_eq!(
            visible_counts(&complaint_office, settings).await,
            (expected, 0),
            "{settings:?}"
        );
    }
}

#[actix_web::test]
async fn a_role_a_place_in_a_team_a_password_or_a_session_that_is_gone_opens_nothing_at_the_next_call()
 {
    let mut office = ComplaintOffice::open().await;
    let case: Case = office.case(Until::Resolved).await;
    for person in [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.team_staff,
        &office.conflict_officer,
    ] {
        person.get(&case.path).await.expect(200);
    }
    for by in [&office.admin, &office.app.staff(Role::Admin).await] {
        office.pji_lead.get(&case.path).await.expect(200);
        set_roles(by, &office.pji_lead, json!(["pji_staff"]))
            .await
            .expect(200);
    }
    office
        .pji_lead
        .get(&case.path)
        .await
        .refused(404, "not_found");
    assert_eq!(
        office
            .pji_lead
            .get("/api/v1/complaints?count=true")
            .await
            .expect(200)["count"],
        0
    );

    let path = format!("/api/v1/teams/{}", office.team);
    let tag = office.admin.get(&path).await.etag();
    let without =
        json!({"name": "Tim Pengujian", "active": true, "members": [office.team_lead.id]});
    office
        .admin
        .put(&path, without, Some(&tag))
        .await
        .expect(200);
    office
        .team_staff
        .get(&case.path)
        .await
        .refused(404, "not_found");
    office
        .team_staff
        .post(&format!("{}/answer", case.path), super::office::answer())
        .await
        .refused(404, "not_found");
    office.team_lead.get(&case.path).await.expect(200);

    let elsewhere = office.team_lead.sign_in_again().await;
    let change =
        json!({"current_password": elsewhere.password, "new_password": "perahu hijau menuju hulu"});
    assert!(elsewhere.post("/api/v1/me/password", change).await.status < 300);
    office
        .team_lead
        .get(&case.path)
        .await
        .refused(401, "unauthenticated");
    assert!(office.head.act("/api/v1/auth/logout").await.status < 300);
    office
        .head
        .get(&case.path)
        .await
        .refused(401, "unauthenticated");

    office
        .app
        .switch(
            &office.admin,
            &office.conflict_officer.id.to_string(),
            false,
        )
        .await
        .expect(200);
    office
        .conflict_officer
        .get(&format!("{}/conflicts", case.path))
        .await
        .refused(401, "unauthenticated");
    let reporter = office.sign_in_with_code(&case.code).await;
    for path in [
        &case.path,
        "/api/v1/complaints",
        "/api/v1/desk",
        "/api/v1/disclosures",
        "/api/v1/audit-trail",
        "/api/v1/me",
    ] {
        reporter.get(path).await.refused(401, "unauthenticated");
    }
}
