//! Teams: creation, membership, and visibility for others.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use service_desk::identity::{roster, teams};
use service_desk::ids::{OfficeId, TeamId, UserId};
use service_desk::sop::role::{Role, Roles};
use uuid::Uuid;

use super::{journal, text};
use crate::support::{Answer, Person, Request, TestApp};

const PATH: &str = "/api/v1/teams";

/// A team of these people, made by `admin`.
async fn team(admin: &Person, name: &str, members: &[&Person]) -> Answer {
    let members: Vec<_> = members.iter().map(|person| person.id).collect();
    admin
        .post(PATH, json!({"name": name, "members": members}))
        .await
}

/// Changes a team as `admin`; `of` shows the team.
async fn change(
    admin: &Person,
    of: &Answer,
    name: &str,
    active: bool,
    members: &[&Person],
) -> Answer {
    let path = format!("{PATH}/{}", text(of, "id"));
    let (tag, members) = (
        admin.get(&path).await.etag(),
        members.iter().map(|person| person.id).collect::<Vec<_>>(),
    );
    admin
        .put(
            &path,
            json!({"name": name, "active": active, "members": members}),
            Some(&tag),
        )
        .await
}

fn people(team: &Answer) -> Vec<&str> {
    let mut ids: Vec<_> = team.body["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["user_id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

fn ids(people: &[&Person]) -> Vec<String> {
    let mut ids: Vec<_> = people.iter().map(|person| person.id.to_string()).collect();
    ids.sort_unstable();
    ids
}

async fn office(app: &TestApp) -> OfficeId {
    OfficeId(
        sqlx::query_scalar("select id from office")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap(),
    )
}

#[actix_web::test]
async fn an_administrator_makes_a_team_and_all_staff_see_who_is_in_it() {
    let app = TestApp::start().await;
    let (admin, lead, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamLead).await,
        app.staff(Role::TeamStaff).await,
    );
    let both = app
        .staff_with(Roles::NONE.with(Role::TeamStaff).with(Role::Treasurer))
        .await;
    let made = team(
        &admin,
        "Tim Pengujian dan Kalibrasi",
        &[&lead, &staff, &both],
    )
    .await;
    assert_eq!(
        (made.status, text(&made, "name"), &made.body["active"]),
        (201, "Tim Pengujian dan Kalibrasi", &json!(true))
    );
    assert_eq!(people(&made), ids(&[&lead, &staff, &both]));
    let roles = |person: &Person| {
        let members = made.body["members"].as_array().unwrap();
        members
            .iter()
            .find(|member| member["user_id"] == json!(person.id))
            .unwrap()["roles"]
            .clone()
    };
    assert_eq!(
        (roles(&lead), roles(&both)),
        (json!(["team_lead"]), json!(["team_staff"])),
        "a team's view shows no other roles"
    );
    let shown = staff.get(made.header("location").unwrap()).await;
    assert_eq!((&shown.body, shown.etag()), (&made.body, made.etag()));
    assert_eq!(
        app.staff(Role::Treasurer).await.get(PATH).await.body["items"],
        json!([made.body])
    );
    assert_eq!(
        (
            journal(&app, "create_team").await,
            journal(&app, "join_team").await
        ),
        (1, 3)
    );
}

#[actix_web::test]
async fn members_come_and_go_and_a_dissolved_team_stays_to_be_read() {
    let app = TestApp::start().await;
    let (admin, lead, one, other) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamLead).await,
        app.staff(Role::TeamStaff).await,
        app.staff(Role::TeamStaff).await,
    );
    let made = team(&admin, "Tim Pengujian", &[&lead, &one]).await;
    let changed = change(&admin, &made, "Tim Kalibrasi", true, &[&lead, &other]).await;
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        (changed.status, text(&changed, "name"), people(&changed)),
        (
            200,
            "Tim Kalibrasi",
            ids(&[&lead, &other]).iter().map(String::as_str).collect()
        )
    );
    assert_eq!(
        (
            journal(&app, "change_team").await,
            journal(&app, "join_team").await,
            journal(&app, "leave_team").await
        ),
        (1, 3, 1)
    );
    let dissolved = change(&admin, &made, "Tim Kalibrasi", false, &[&lead, &other]).await;
    assert_eq!(
        (dissolved.status, &dissolved.body["active"]),
        (200, &json!(false))
    );
    assert_eq!(
        lead.get(&format!("{PATH}?active=true")).await.body["items"],
        json!([])
    );
    assert_eq!(
        lead.get(&format!("{PATH}?active=false")).await.body["items"],
        json!([dissolved.body])
    );
    let notes: Vec<Option<String>> =
        sqlx::query_scalar("select note from journal where task = 'change_team' order by at")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(
        notes,
        [Some("renamed".to_owned()), Some("dissolved".to_owned())]
    );
}

#[actix_web::test]
async fn customers_see_no_teams_and_only_an_administrator_keeps_them() {
    let app = TestApp::start().await;
    let (admin, customer, head) = (
        app.staff(Role::Admin).await,
        app.customer().await,
        app.staff(Role::Head).await,
    );
    let made = team(&admin, "Tim Pengujian", &[]).await;
    let path = format!("{PATH}/{}", text(&made, "id"));
    for at in [PATH, &path] {
        customer.get(at).await.refused(403, "forbidden");
        app.nobody().get(at).await.refused(401, "unauthenticated");
        head.get(at).await.expect(200);
        app.staff_with(Roles::NONE).await.get(at).await.expect(200);
    }
    for other in [&customer, &head] {
        other
            .post(PATH, json!("not a form"))
            .await
            .refused(403, "forbidden");
        other
            .put(&path, json!("not a form"), None)
            .await
            .refused(403, "forbidden");
    }
    assert_eq!(admin.get(&path).await.etag(), made.etag());
}

#[actix_web::test]
async fn only_active_staff_of_the_office_is_in_a_team() {
    let app = TestApp::start().await;
    let (admin, staff, gone, customer) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamStaff).await,
        app.staff(Role::TeamStaff).await,
        app.customer().await,
    );
    app.switch(&admin, &gone.id.to_string(), false)
        .await
        .expect(200);
    let elsewhere = app.staff(Role::TeamStaff).await;
    let move_away = "with other as (insert into office (id, code, name, city, created_at) values (gen_random_uuid(), 'lain', 'Lain', 'Medan', now()) returning id)
        update app_user set office_id = (select id from other) where id = $1";
    // The foreign key is checked when the statement ends.
    sqlx::query(move_away)
        .bind(elsewhere.id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let made = team(&admin, "Tim Pengujian", &[&staff]).await;
    let members = json!([staff.id, gone.id, customer.id, elsewhere.id, Uuid::nil()]);
    let path = format!("{PATH}/{}", text(&made, "id"));
    for refusal in [
        admin
            .post(PATH, json!({"name": "Tim Lain", "members": members}))
            .await,
        admin
            .put(
                &path,
                json!({"name": "Tim Pengujian", "active": true, "members": members}),
                Some("*"),
            )
            .await,
    ] {
        let refusal = refusal.refused(422, "invalid_content");
        let said: Vec<_> = refusal["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["pointer"].as_str().unwrap(),
                    one["code"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                ("/members/1", "not_staff"),
                ("/members/2", "not_staff"),
                ("/members/3", "not_staff"),
                ("/members/4", "not_staff")
            ]
        );
    }
    assert_eq!(
        admin.get(PATH).await.body["items"],
        json!([made.body]),
        "a refused write leaves nothing behind"
    );
    assert_eq!(elsewhere.get(PATH).await.body["items"], json!([]));
    elsewhere.get(&path).await.refused(404, "not_found");
}

#[actix_web::test]
async fn who_is_deactivated_is_shown_as_gone_and_leaves_with_the_next_change() {
    let app = TestApp::start().await;
    let (admin, staff, other) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamStaff).await,
        app.staff(Role::TeamLead).await,
    );
    let made = team(&admin, "Tim Pengujian", &[&staff]).await;
    app.switch(&admin, &staff.id.to_string(), false)
        .await
        .expect(200);
    let shown = other.get(&format!("{PATH}/{}", text(&made, "id"))).await;
    assert_eq!(shown.body["members"][0]["active"], json!(false));
    assert_ne!(
        shown.etag(),
        made.etag(),
        "a derived value has changed, and so has the version"
    );
    change(&admin, &made, "Tim Pengujian", true, &[&staff])
        .await
        .refused(422, "invalid_content");
    let changed = change(&admin, &made, "Tim Pengujian", true, &[&other]).await;
    assert_eq!(people(&changed), ids(&[&other]));
}

#[actix_web::test]
async fn a_form_needs_a_name_and_each_member_once() {
    let app = TestApp::start().await;
    let (admin, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamStaff).await,
    );
    for (form, pointers) in [
        (
            json!({"name": " ", "members": [staff.id, staff.id]}),
            vec!["/name", "/members/1"],
        ),
        (json!({"name": "Tim\nX", "members": []}), vec!["/name"]),
        (
            json!({"name": "T".repeat(121), "members": vec![staff.id; 1]}),
            vec!["/name"],
        ),
        (
            json!({"name": "Tim", "members": (0..201u128).map(Uuid::from_u128).collect::<Vec<_>>()}),
            vec!["/members"],
        ),
        (
            json!({"name": "Tim", "members": [], "office_id": staff.id}),
            vec!["/office_id"],
        ),
    ] {
        let refusal = admin.post(PATH, form).await.refused(422, "invalid_content");
        let said: Vec<_> = refusal["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(said, pointers);
    }
}

#[actix_web::test]
async fn nobody_puts_themselves_in_but_others_may_and_whoever_is_in_stays() {
    let app = TestApp::start().await;
    let both = Roles::NONE.with(Role::Admin).with(Role::TeamStaff);
    let (admin, other) = (app.staff_with(both).await, app.staff(Role::Admin).await);
    team(&admin, "Tim Pengujian", &[&admin])
        .await
        .refused(403, "forbidden");
    let made = team(&admin, "Tim Pengujian", &[]).await;
    change(&admin, &made, "Tim Pengujian", true, &[&admin])
        .await
        .refused(403, "forbidden");
    assert_eq!(
        change(&other, &made, "Tim Pengujian", true, &[&admin])
            .await
            .status,
        200
    );
    assert_eq!(
        people(&change(&admin, &made, "Tim Kalibrasi", true, &[&admin]).await),
        ids(&[&admin])
    );
    assert_eq!(
        people(&change(&admin, &made, "Tim Kalibrasi", true, &[]).await),
        [""; 0]
    );
}

#[actix_web::test]
async fn a_name_is_given_once_whatever_its_letters_and_even_after_the_team_is_dissolved() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    let made = team(&admin, "Tim Pengujian", &[]).await;
    let other = team(&admin, "Tim Kalibrasi", &[]).await;
    team(&admin, "TIM PENGUJIAN", &[])
        .await
        .refused(409, "conflict");
    change(&admin, &other, "tim pengujian", true, &[])
        .await
        .refused(409, "conflict");
    assert_eq!(
        change(&admin, &made, "Tim pengujian", false, &[])
            .await
            .status,
        200,
        "a team may keep its own name"
    );
    team(&admin, "Tim Pengujian", &[])
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn a_change_needs_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    let made = team(&admin, "Tim Pengujian", &[]).await;
    let (path, tag) = (format!("{PATH}/{}", text(&made, "id")), made.etag());
    let form = |name: &str| json!({"name": name, "active": true, "members": []});
    admin
        .put(&path, form("Tim A"), None)
        .await
        .refused(428, "precondition_required");
    let (one, other) = futures_util::future::join(
        admin.put(&path, form("Tim A"), Some(&tag)),
        admin.put(&path, form("Tim B"), Some(&tag)),
    )
    .await;
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [200, 412]);
    admin
        .put(&path, form("Tim C"), Some(&tag))
        .await
        .refused(412, "stale_version");
    admin
        .put(&format!("{PATH}/{}", Uuid::nil()), form("Tim C"), Some("*"))
        .await
        .refused(404, "not_found");
    assert_eq!(journal(&app, "change_team").await, 1);
}

#[actix_web::test]
async fn a_repeated_request_makes_one_team() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    let make = async |name: &str| {
        let body = Some((
            "application/json",
            serde_json::to_vec(&json!({"name": name, "members": []})).unwrap(),
        ));
        admin
            .ask(&Request {
                method: Method::POST,
                path: PATH,
                body,
                headers: &[("idempotency-key", "tim-1")],
            })
            .await
    };
    let (first, again) = (make("Tim Pengujian").await, make("Tim Pengujian").await);
    assert_eq!(
        (
            first.status,
            &again.bytes,
            again.header("idempotency-replayed")
        ),
        (201, &first.bytes, Some("true"))
    );
    assert_eq!(
        (again.etag(), again.header("location")),
        (first.etag(), first.header("location"))
    );
    make("Tim Kalibrasi")
        .await
        .refused(422, "idempotency_key_reused");
    assert_eq!(journal(&app, "create_team").await, 1);
}

#[actix_web::test]
async fn teams_are_listed_in_pages_the_oldest_first() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    for name in ["Tim C", "Tim A", "Tim B"] {
        assert_eq!(team(&admin, name, &[]).await.status, 201);
        app.clock.advance(TimeDelta::seconds(1));
    }
    let first = admin.get(&format!("{PATH}?limit=2")).await;
    let rest = admin
        .get(&format!(
            "{PATH}?limit=2&cursor={}",
            text(&first, "next_cursor")
        ))
        .await;
    let names: Vec<_> = [&first, &rest]
        .iter()
        .flat_map(|page| page.body["items"].as_array().unwrap())
        .map(|item| &item["name"])
        .collect();
    assert_eq!(names, ["Tim C", "Tim A", "Tim B"]);
    assert_eq!(rest.body["next_cursor"], json!(null));
    let cursor = text(&first, "next_cursor");
    admin
        .get(&format!("{PATH}?active=true&cursor={cursor}"))
        .await
        .refused(400, "invalid_cursor");
}

#[actix_web::test]
async fn a_person_is_in_active_teams_only_and_a_member_tells_what_they_may_do_there() {
    let app = TestApp::start().await;
    let (admin, lead, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::TeamLead).await,
        app.staff(Role::TeamStaff).await,
    );
    let (one, other) = (
        team(&admin, "Tim A", &[&lead, &staff]).await,
        team(&admin, "Tim B", &[&staff]).await,
    );
    let id = |team: &Answer| TeamId(text(team, "id").parse().unwrap());
    let mut transaction = app.database.begin().await.unwrap();
    assert_eq!(
        teams::teams_of(&mut transaction, UserId(staff.id))
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        teams::teams_of(&mut transaction, UserId(lead.id))
            .await
            .unwrap(),
        [id(&one)]
    );
    assert_eq!(
        teams::teams_of(&mut transaction, UserId(admin.id))
            .await
            .unwrap(),
        []
    );
    change(&admin, &other, "Tim B", false, &[&staff])
        .await
        .expect(200);
    app.switch(&admin, &staff.id.to_string(), false)
        .await
        .expect(200);
    assert_eq!(
        teams::teams_of(&mut transaction, UserId(staff.id))
            .await
            .unwrap(),
        [id(&one)]
    );
    let office = office(&app).await;
    let found = teams::find(&mut transaction, office, id(&one))
        .await
        .unwrap()
        .unwrap();
    let member = |person: &Person| {
        found
            .members
            .iter()
            .find(|member| member.user == UserId(person.id))
            .unwrap()
    };
    assert!(
        found.active
            && member(&lead).active
            && member(&lead).roles == Roles::NONE.with(Role::TeamLead)
    );
    assert!(!member(&staff).active && member(&staff).roles == Roles::NONE.with(Role::TeamStaff));
    assert!(
        !teams::find(&mut transaction, office, id(&other))
            .await
            .unwrap()
            .unwrap()
            .active
    );
    assert_eq!(
        teams::find(&mut transaction, OfficeId(Uuid::nil()), id(&one))
            .await
            .unwrap(),
        None
    );
}

#[actix_web::test]
async fn the_roster_is_all_staff_and_whoever_acts_holds_the_role_that_day() {
    let app = TestApp::start().await;
    let (admin, head, lead) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Head).await,
        app.staff(Role::SsLead).await,
    );
    let (gone, customer) = (app.staff(Role::Head).await, app.customer().await);
    let appointment = json!({"user_id": lead.id, "role": "head", "kind": "plh", "first_day": "2026-07-07", "last_day": "2026-07-08", "decree_number": "B/1/2026"});
    let appointed = admin
        .post("/api/v1/acting-appointments", appointment)
        .await
        .expect(201);
    let confirmation = format!(
        "/api/v1/acting-appointments/{}/confirmation",
        appointed["id"].as_str().unwrap()
    );
    let second = app.staff(Role::Admin).await;
    second.act(&confirmation).await.expect(200);
    for by in [&admin, &second] {
        by.patch(
            &format!("/api/v1/users/{}", gone.id),
            json!({"active": false}),
            Some("*"),
        )
        .await
        .expect(200);
    }
    let (office, mut transaction) = (office(&app).await, app.database.begin().await.unwrap());
    let mut holders = async |role: Role, day: &str| {
        let found = roster::holders(&mut transaction, office, role, day.parse().unwrap())
            .await
            .unwrap();
        let mut ids: Vec<_> = found
            .into_iter()
            .map(|holder| holder.user.to_string())
            .collect();
        ids.sort_unstable();
        ids
    };
    for (day, expected) in [
        ("2026-07-06", ids(&[&head])),
        ("2026-07-07", ids(&[&head, &lead])),
        ("2026-07-08", ids(&[&head, &lead])),
        ("2026-07-09", ids(&[&head])),
    ] {
        assert_eq!(holders(Role::Head, day).await, expected, "{day}");
    }
    assert_eq!(holders(Role::SsLead, "2026-07-07").await, ids(&[&lead]));
    let revocation = format!(
        "/api/v1/acting-appointments/{}/revocation",
        appointed["id"].as_str().unwrap()
    );
    for by in [&admin, &second] {
        by.post(&revocation, json!({"reason": "Kepala Balai kembali"}))
            .await
            .expect(200);
    }
    assert_eq!(holders(Role::Head, "2026-07-07").await, ids(&[&head]));
    let everybody = roster::roster(&mut transaction, office).await.unwrap();
    let mut found: Vec<_> = everybody
        .iter()
        .map(|entry| entry.user.to_string())
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        ids(&[&admin, &second, &head, &lead, &gone]),
        "not {}",
        customer.id
    );
    assert!(
        everybody.iter().all(|entry| entry.active == (entry.user != UserId(gone.id)) && entry.acting.is_empty()),
        "a revoked appointment does not count"
    );
    let entry = everybody
        .iter()
        .find(|entry| entry.user == UserId(head.id))
        .unwrap();
    assert_eq!(
        (entry.display_name.as_str(), entry.roles),
        ("Kepala Balai", Roles::NONE.with(Role::Head))
    );
}

#[actix_web::test]
async fn staff_look_up_whom_a_step_may_name_and_learn_names_and_nothing_else() {
    let app = TestApp::start().await;
    let (admin, customer, asks) = (
        app.staff(Role::Admin).await,
        app.customer().await,
        app.staff(Role::TeamLead).await,
    );
    let (gone, plain) = (
        app.staff(Role::Treasurer).await,
        app.staff_with(Roles::NONE).await,
    );
    admin
        .patch(
            &format!("/api/v1/users/{}", gone.id),
            json!({"active": false}),
            Some("*"),
        )
        .await
        .expect(200);
    let (mut found, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let page = asks
            .get(&format!("/api/v1/colleagues?limit=1{cursor}"))
            .await
            .expect(200);
        let [only] = page["items"].as_array().unwrap().as_slice() else {
            panic!("{page}")
        };
        assert_eq!(
            only.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["display_name", "user_id"]
        );
        found.push((
            only["display_name"].as_str().unwrap().to_owned(),
            only["user_id"].as_str().unwrap().to_owned(),
        ));
        next = page["next_cursor"]
            .as_str()
            .map(|cursor| format!("&cursor={cursor}"));
    }
    assert!(found.is_sorted(), "by name: {found:?}");
    let mut people: Vec<_> = found.into_iter().map(|(_, id)| id).collect();
    people.sort_unstable();
    assert_eq!(people, ids(&[&admin, &asks, &plain]), "current staff only");
    customer
        .get("/api/v1/colleagues")
        .await
        .refused(403, "forbidden");
    app.nobody()
        .get("/api/v1/colleagues")
        .await
        .refused(401, "unauthenticated");
}
