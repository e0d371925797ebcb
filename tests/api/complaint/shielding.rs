//! Concerned persons that the form does not list: deputies of the head, inactive accounts, accounts
//! made later, names in later messages; and a complaint that no user can see.

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::Person;

const MINE: &str = "/api/v1/complaints/mine";

/// A form that names this person, or this post.
fn against(name: &str, position: Option<&str>) -> Value {
    let mut form = form();
    form["content"]["accused"] = json!([{"name": name, "position": position}]);
    form
}

/// A form with `text` added to its account.
fn form_with_text(text: &str) -> Value {
    let mut form = form();
    form["content"]["account"] = json!(format!(
        "Petugas meminta pembayaran tunai di luar tarif. {text}"
    ));
    form
}

/// Two administrators appoint `person` to act for the head this month.
async fn appoint(office: &ComplaintOffice, person: &Person) {
    let form = json!({
        "user_id": person.id, "role": "head", "kind": "plt", "first_day": "2026-07-06", "last_day": "2026-07-31", "decree_number": "B/512/2026",
    });
    let made = office
        .admin
        .post("/api/v1/acting-appointments", form)
        .await
        .expect(201);
    let second = office.another(Role::Admin, "Dewi Lestari").await;
    second
        .act(&format!(
            "/api/v1/acting-appointments/{}/confirmation",
            made["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
}

async fn is_hidden_from(person: &Person, case: &Case) {
    let person = person.sign_in_again().await;
    for end in ["", "/messages", "/timeline"] {
        person
            .get(&format!("{}{end}", case.path))
            .await
            .refused(404, "not_found");
    }
    assert_eq!(
        person
            .get(&format!("/api/v1/complaints?public_number={}", case.number))
            .await
            .expect(200)["items"],
        json!([])
    );
}

async fn stage_of(office: &ComplaintOffice, case: &Case) -> Value {
    office.conflict_officer.get(&case.path).await.expect(200)["stage"].clone()
}

async fn write(office: &ComplaintOffice, case: &Case, text: &str) {
    office
        .sign_in_with_code(&case.code)
        .await
        .post(&format!("{MINE}/messages"), json!({"text": text}))
        .await
        .expect(201);
}

#[actix_web::test]
async fn whoever_acts_for_the_head_does_not_read_the_complaint_against_the_post() {
    let mut office = ComplaintOffice::open().await;
    let acting = office.another(Role::SsLead, "Maya Lestari").await;
    appoint(&office, &acting).await;
    let case = office
        .surfaced(&[against("tidak tahu", Some("Kepala Balai"))])
        .await
        .remove(0);
    assert_eq!(stage_of(&office, &case).await, "referred_externally");
    is_hidden_from(&acting, &case).await;
    is_hidden_from(&office.head, &case).await;
    let other = office.case(Until::Screened).await;
    acting
        .sign_in_again()
        .await
        .get(&other.path)
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_post_is_known_by_each_of_its_wordings_and_in_the_text_too() {
    let mut office = ComplaintOffice::open().await;
    let forms = [
        against("tidak tahu", Some("Plt. Kepala BSPJI Palembang")),
        against("Kepala Kantor", None),
        against("tidak tahu", Some("Kepala")),
        form_with_text("Uang itu disetor kepada PLH KEPALA BALAI."),
        form_with_text("Kepala BSPJI mengetahuinya."),
        against("tidak tahu", Some("Ketua Tim Pengembangan Jasa Industri")),
        form_with_text("Ketua PJI mengetahuinya."),
    ];
    let cases = office.surfaced(&forms).await;
    for (n, case) in cases.iter().enumerate() {
        let concerned = if n < 5 {
            &office.head
        } else {
            &office.pji_lead
        };
        assert_eq!(
            stage_of(&office, case).await,
            "referred_externally",
            "form {n}"
        );
        is_hidden_from(concerned, case).await;
    }
}

#[actix_web::test]
async fn whoever_was_inactive_when_it_surfaced_finds_nothing_when_they_come_back() {
    let mut office = ComplaintOffice::open().await;
    let gone = office.another(Role::PjiLead, "Ratna Dewi").await;
    office
        .app
        .switch(&office.admin, &gone.id.to_string(), false)
        .await
        .expect(200);
    let case = office
        .case_of(against("Ratna Dewi", None), Until::Disposed)
        .await;
    office
        .app
        .switch(&office.admin, &gone.id.to_string(), true)
        .await
        .expect(200);
    is_hidden_from(&gone, &case).await;
    office.pji_lead.get(&case.path).await.expect(200);
}

#[actix_web::test]
async fn whoever_comes_or_is_renamed_later_is_screened_then() {
    let mut office = ComplaintOffice::open().await;
    let renamed = office.another(Role::PjiLead, "Ratna Dewi").await;
    let cases = office
        .surfaced(&[against("Joko Susilo", None), against("Budi Hartono", None)])
        .await;
    for case in &cases {
        office.bring_to(case, Until::Disposed).await;
    }
    let newcomer = office.another(Role::PjiLead, "Joko Susilo").await;
    office
        .admin
        .patch(
            &format!("/api/v1/users/{}", renamed.id),
            json!({"display_name": "Budi Hartono"}),
            Some("*"),
        )
        .await
        .expect(200);
    office.run_due_work().await;
    is_hidden_from(&newcomer, &cases[0]).await;
    is_hidden_from(&renamed, &cases[1]).await;
    assert_eq!(
        office.pji_lead.get(&cases[0].path).await.expect(200)["stage"],
        "disposed",
        "another lead of PJI can act"
    );
    let before = office.pji_lead.get(&cases[0].path).await.etag();
    office.run_due_work().await;
    assert_eq!(
        office.pji_lead.get(&cases[0].path).await.etag(),
        before,
        "a run without new names leaves no trace"
    );
}

#[actix_web::test]
async fn when_somebody_barred_comes_to_act_for_the_head_the_complaint_goes_outside() {
    let mut office = ComplaintOffice::open().await;
    let barred = office.another(Role::SsLead, "Maya Lestari").await;
    let case = office
        .case_of(against("Maya Lestari", None), Until::Forwarded)
        .await;
    appoint(&office, &barred).await;
    office.run_due_work().await;
    is_hidden_from(&barred, &case).await;
    assert_eq!(stage_of(&office, &case).await, "referred_externally");
}

#[actix_web::test]
async fn a_message_is_read_by_nobody_before_it_was_screened_nor_by_whom_it_names() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    write(
        &office,
        &case,
        "Bapak Yusuf Rahman ikut menerima amplop itu.",
    )
    .await;
    office.later(60 * 24).await;
    let messages = format!("{}/messages", case.path);
    assert_eq!(
        office.team_lead.get(&messages).await.expect(200)["items"],
        json!([]),
        "surfaced, and not screened yet"
    );
    office.run_due_work().await;
    is_hidden_from(&office.team_lead, &case).await;
    assert_eq!(
        stage_of(&office, &case).await,
        "referred_externally",
        "the team has no other lead"
    );
    assert_eq!(
        office.external.get(&messages).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let conflicts = office
        .conflict_officer
        .get(&format!("{}/conflicts", case.path))
        .await
        .expect(200);
    assert_eq!(
        (
            &conflicts["items"][0]["user"],
            &conflicts["items"][0]["kind"]
        ),
        (&json!(office.team_lead.id), &json!("suspected"))
    );
}

#[actix_web::test]
async fn what_was_lifted_stays_lifted_until_the_reporter_speaks_of_them_again() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiLead, "Ratna Dewi").await;
    let case = office
        .case_of(
            form_with_text("Hendra Gunawan kebetulan lewat."),
            Until::Disposed,
        )
        .await;
    is_hidden_from(&office.pji_lead, &case).await;
    let lift = json!({"user": office.pji_lead.id, "reason": "Hanya saksi.", "barred": false});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), lift)
        .await
        .expect(204);
    office.another(Role::Treasurer, "Siti Aminah").await;
    write(&office, &case, "Kejadiannya pagi hari.").await;
    office.next_slot().await;
    office.pji_lead.get(&case.path).await.expect(200);
    write(&office, &case, "Ternyata Hendra Gunawan juga menerima.").await;
    office.next_slot().await;
    is_hidden_from(&office.pji_lead, &case).await;
}

#[actix_web::test]
async fn a_complaint_that_nobody_can_see_raises_an_alarm_that_says_nothing_of_it() {
    let mut office = ComplaintOffice::open().await;
    let deputy = office.another(Role::Admin, "Dewi Lestari").await;
    let mut form = form();
    form["content"]["accused"] =
        json!([{"name": "Sari Puspita"}, {"name": "Lukman Hakim"}, {"name": "Teguh Prakoso"}]);
    let case = office.surfaced(&[form]).await.remove(0);
    is_hidden_from(&office.external, &case).await;
    let alarms = async |person: &Person| -> Vec<Value> {
        let inbox = person
            .sign_in_again()
            .await
            .get("/api/v1/notifications")
            .await
            .expect(200);
        inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["kind"] == "trail_alarm")
            .cloned()
            .collect()
    };
    let told = alarms(&office.auditor).await;
    assert_eq!(
        (told.len(), &told[0]["link"], &told[0]["sop"]),
        (1, &json!("/api/v1/audit-trail/alarms"), &json!(null))
    );
    let said = told[0].to_string();
    assert!(
        !said.contains(&case.number)
            && !said.contains(case.path.rsplit('/').next().unwrap())
            && !said.contains("Sari"),
        "{said}"
    );
    assert_eq!(
        (
            alarms(&deputy).await.len(),
            alarms(&office.admin).await.len(),
            alarms(&office.head).await.len()
        ),
        (1, 0, 0),
        "no barred user"
    );
    let trail = office
        .auditor
        .get("/api/v1/audit-trail?limit=200")
        .await
        .expect(200);
    let events: Vec<_> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["action"] == "complaint_without_handler")
        .collect();
    assert_eq!((events.len(), &events[0]["detail"]), (1, &json!(null)));
    let listed = office
        .auditor
        .get("/api/v1/audit-trail/alarms")
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["kind"], "complaint_without_handler");
    let named: i64 =
        sqlx::query_scalar("select count(*) from notification where user_id is not null")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(named, 0, "a dump does not reveal the receivers");
}

#[actix_web::test]
async fn every_reporter_is_told_alike_where_else_to_report() {
    let mut office = ComplaintOffice::open().await;
    let cases = office
        .surfaced(&[form(), against("Sari Puspita", None)])
        .await;
    let mut said = Vec::new();
    for case in &cases {
        said.push(
            office
                .sign_in_with_code(&case.code)
                .await
                .get(MINE)
                .await
                .expect(200)["other_channels"]
                .clone(),
        );
    }
    assert_eq!(said[0], said[1]);
    for channel in ["KPK", "Ombudsman", "LAPOR!"] {
        assert!(said[0].as_str().unwrap().contains(channel));
    }
}

#[actix_web::test]
async fn what_one_lead_let_a_drafter_read_no_other_drafter_reads() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let resolution =
        json!({"finding": "proven", "summary": "Terbukti.", "drafter_reads_complaint": true});
    office
        .team_lead
        .post(&format!("{}/resolution", case.path), resolution)
        .await
        .expect(200);
    assert!(!office.team_staff.get(&case.path).await.expect(200)["content"].is_null());
    let (lead, staff) = (
        office.another(Role::TeamLead, "Maya Lestari").await,
        office.another(Role::TeamStaff, "Bayu Aji").await,
    );
    let other = office
        .admin
        .post(
            "/api/v1/teams",
            json!({"name": "Tim Kalibrasi", "members": [lead.id, staff.id]}),
        )
        .await
        .expect(201);
    let note = json!({"text": "Ada dugaan benturan."});
    office
        .conflict_officer
        .post(&format!("{}/referral", case.path), note.clone())
        .await
        .expect(204);
    assert!(
        office.team_staff.get(&case.path).await.expect(200)["content"].is_null(),
        "it ends with the referral"
    );
    office
        .conflict_officer
        .post(&format!("{}/recall", case.path), note)
        .await
        .expect(200);
    office.team = other["id"].as_str().unwrap().to_owned();
    office.bring_to(&case, Until::Forwarded).await;
    let staff = staff.sign_in_again().await;
    assert!(staff.get(&case.path).await.expect(200)["content"].is_null());
    staff
        .get(&format!("{}/messages", case.path))
        .await
        .refused(404, "not_found");
}

/// Two administrators change the name of `person` to `name`.
async fn rename(office: &ComplaintOffice, person: &Person, name: &str) {
    let second = office.another(Role::Admin, "Putri Amelia").await;
    let path = format!("/api/v1/users/{}", person.id);
    for admin in [&office.admin, &second] {
        admin
            .patch(&path, json!({"display_name": name}), Some("*"))
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn a_name_is_changed_by_two_and_the_watchers_hear_of_it() {
    let office = ComplaintOffice::open().await;
    let second = office.another(Role::Admin, "Putri Amelia").await;
    let person = office.another(Role::PjiLead, "Ratna Dewi").await;
    let path = format!("/api/v1/users/{}", person.id);
    let patch = async |admin: &Person, name: &str| {
        admin
            .patch(&path, json!({"display_name": name}), Some("*"))
            .await
            .expect(200)
    };
    let shown = |view: &Value| {
        (
            view["display_name"].clone(),
            view["pending_name"]["display_name"].clone(),
        )
    };
    for _ in 0..2 {
        assert_eq!(
            shown(&patch(&office.admin, "Maya Lestari").await),
            (json!("Ratna Dewi"), json!("Maya Lestari")),
            "one administrator alone changes nothing"
        );
    }
    assert_eq!(
        shown(&patch(&second, "Ratna Dewi").await),
        (json!("Ratna Dewi"), json!(null)),
        "withdrawn"
    );
    assert_eq!(
        shown(&patch(&second, "Maya Lestari").await),
        (json!("Ratna Dewi"), json!("Maya Lestari"))
    );
    assert_eq!(
        shown(&patch(&office.admin, "Joko Susilo").await),
        (json!("Ratna Dewi"), json!("Joko Susilo")),
        "another name starts a new proposal"
    );
    assert_eq!(
        shown(&patch(&second, "Joko Susilo").await),
        (json!("Joko Susilo"), json!(null))
    );
    office.run_due_work().await;
    for watcher in [&office.custodian, &office.auditor] {
        let alarms = watcher.get("/api/v1/audit-trail/alarms").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .clone();
        let kinds: Vec<_> = alarms
            .iter()
            .rev()
            .map(|alarm| alarm["kind"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds,
            [
                "name_proposed",
                "name_proposed",
                "name_proposed",
                "name_changed"
            ]
        );
        let told = watcher.get("/api/v1/notifications").await.expect(200);
        assert!(
            told["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["kind"] == "trail_alarm"),
            "{told}"
        );
    }
    office.run_due_work().await;
    let again = office
        .auditor
        .get("/api/v1/audit-trail/alarms")
        .await
        .expect(200);
    assert_eq!(
        again["items"].as_array().unwrap().len(),
        4,
        "each change is listed once"
    );
}

/// No administrator confirms a change of their own name. One administrator suffices for a customer,
/// because no complaint is about customers.
#[actix_web::test]
async fn nobody_confirms_a_name_of_their_own() {
    let office = ComplaintOffice::open().await;
    let second = office.another(Role::Admin, "Putri Amelia").await;
    let wanted = json!({"display_name": "Putri Kartika"});
    let path = format!("/api/v1/users/{}", second.id);
    office
        .admin
        .patch(&path, wanted.clone(), Some("*"))
        .await
        .expect(200);
    second
        .patch(&path, wanted.clone(), Some("*"))
        .await
        .refused(403, "forbidden");
    let customer = office.app.customer().await;
    let changed = office
        .admin
        .patch(&format!("/api/v1/users/{}", customer.id), wanted, Some("*"))
        .await
        .expect(200);
    assert_eq!(
        (&changed["display_name"], &changed["pending_name"]),
        (&json!("Putri Kartika"), &json!(null))
    );
}

/// Renamed before the complaint arrived or after it surfaced; named in the form or in the text, by
/// name or by address.
#[actix_web::test]
async fn whoever_was_called_so_before_reads_nothing_of_it() {
    let mut office = ComplaintOffice::open().await;
    let renamed = office.another(Role::PjiLead, "Ratna Dewi").await;
    rename(&office, &renamed, "Maya Lestari").await;
    rename(&office, &renamed, "Joko Susilo").await;
    let address = "ratna.dewi@bspji.example";
    for email in [
        address.to_owned(),
        format!("p{}@bspji.example", renamed.id.simple()),
    ] {
        sqlx::query("update app_user set email = $2 where id = $1")
            .bind(renamed.id)
            .bind(email)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
    }
    let forms = [
        against("Ratna Dewi", None),
        against("bu maya", None),
        against("Joko Susilo", None),
        against(address, None),
        form_with_text("Ratna Dewi menerima amplop itu."),
        form_with_text("Surelnya dikirim dari Ratna.Dewi@bspji.example kemarin."),
    ];
    for case in &office.surfaced(&forms).await {
        office.bring_to(case, Until::Disposed).await;
        office.pji_lead.get(&case.path).await.expect(200);
        let conflicts = office
            .conflict_officer
            .get(&format!("{}/conflicts", case.path))
            .await
            .expect(200);
        assert!(
            conflicts["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["user"] == json!(renamed.id)),
            "{conflicts}"
        );
    }
}

/// A renamed head, and a former head.
#[actix_web::test]
async fn a_head_does_not_get_away_by_another_name_nor_a_former_one_by_another_post() {
    let mut office = ComplaintOffice::open().await;
    let old = office.head.get("/api/v1/me").await.expect(200)["display_name"]
        .as_str()
        .unwrap()
        .to_owned();
    let early = office.surfaced(&[against(&old, None)]).await.remove(0);
    rename(&office, &office.head, "Surya Pratama").await;
    office.run_due_work().await;
    let late = office.surfaced(&[against(&old, None)]).await.remove(0);
    for case in [&early, &late] {
        assert_eq!(stage_of(&office, case).await, "referred_externally");
        is_hidden_from(&office.head, case).await;
    }
    let former = office.another(Role::SsLead, "Galih Permana").await;
    for change in [
        "delete from user_role where user_id = $1",
        "insert into user_role (user_id, role, granted_at) values ($1, 'pji_lead', now())",
    ] {
        sqlx::query(change)
            .bind(former.id)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
    }
    let case = office
        .surfaced(&[against("tidak tahu", Some("Ketua Tim SS"))])
        .await
        .remove(0);
    let conflicts = office
        .conflict_officer
        .get(&format!("{}/conflicts", case.path))
        .await
        .expect(200);
    assert!(
        conflicts["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["user"] == json!(former.id)),
        "{conflicts}"
    );
}

/// One of each kind of writing; the crate `names` has the long list.
#[actix_web::test]
async fn however_the_head_is_written_the_head_finds_nothing() {
    let mut office = ComplaintOffice::open().await;
    let forms: Vec<_> = [
        "Puspita, Sari yang menerimanya.",
        "Uang itu untuk S. Puspita.",
        "Katanya untuk Bu Puspita.",
        "Pak Kepala tahu soal ini.",
        "Setoran itu diminta KaBalai.",
        "Setoran itu diminta K.a.B.a.l.a.i.",
        "kata petugas, kabspji yang minta",
        "Yang menerima Pus-\npita sendiri.",
        "Diterima oleh S.a.r.i P.u.s.p.i.t.a.",
        "Diterima oleh Pùspítà.",
        "Diterima oleh \u{420}us\u{440}ita.",
        "Diterima oleh Puspitta.",
        "Diterima oleh saripuspita@gmail.com.",
        "Atasan mereka ikut menikmati.",
    ]
    .into_iter()
    .map(form_with_text)
    .chain([
        against("Puspitta", None),
        against("tidak tahu", Some("orang nomor satu di balai")),
    ])
    .collect();
    let cases = office.surfaced(&forms).await;
    for (n, case) in cases.iter().enumerate() {
        assert_eq!(
            stage_of(&office, case).await,
            "referred_externally",
            "form {n}"
        );
        is_hidden_from(&office.head, case).await;
    }
}

/// Online and on paper.
#[actix_web::test]
async fn what_the_reporter_says_concerns_the_leadership_is_hidden_from_all_who_lead() {
    let mut office = ComplaintOffice::open().await;
    let mut ticked = form();
    ticked["content"]["concerns_leadership"] = json!(true);
    let online = office.surfaced(&[ticked.clone()]).await.remove(0);
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": ticked}))
        .await
        .expect(201);
    office.next_slot().await;
    let number = slip["public_number"].as_str().unwrap().to_owned();
    let found = office
        .external
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    let paper = Case {
        code: String::new(),
        path: format!(
            "/api/v1/complaints/{}",
            found["items"][0]["id"].as_str().unwrap()
        ),
        number,
    };
    for case in [&online, &paper] {
        assert_eq!(stage_of(&office, case).await, "referred_externally");
        for leader in [&office.head, &office.pji_lead, &office.team_lead] {
            is_hidden_from(leader, case).await;
        }
        let told = office
            .conflict_officer
            .get(&format!("{}/conflicts", case.path))
            .await
            .expect(200);
        assert_eq!(told["concerns_leadership"], true);
    }
}

#[actix_web::test]
async fn a_suspicion_hides_the_case_until_the_conflict_officer_has_looked() {
    let mut office = ComplaintOffice::open().await;
    let case = office
        .surfaced(&[form_with_text("Pak Kepala tahu soal ini.")])
        .await
        .remove(0);
    is_hidden_from(&office.head, &case).await;
    let lift = json!({"user": office.head.id, "reason": "Kepala gudang pelapor.", "barred": false});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), lift)
        .await
        .expect(204);
    office
        .conflict_officer
        .post(
            &format!("{}/recall", case.path),
            json!({"text": "Bukan pimpinan kantor ini."}),
        )
        .await
        .expect(200);
    office.run_due_work().await;
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "screened"
    );
}
