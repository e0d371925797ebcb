//! The register of breaches: declaration, suspension of disclosures, notices, visibility and
//! closing (ISO 37002 7.5.5; UU 27/2022 Pasal 46).

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use service_desk::complaint::jobs::retention;
use service_desk::complaint::sealing::salts::SaltKind;
use service_desk::identity::signed_in::today;
use service_desk::ids::ComplaintId;
use service_desk::sop::role::{Role, Roles};
use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use super::disclosures::{
    RequestedDisclosure, ask, assert_no_identity, confidential, decide, grant, office_with_case,
    open, requests_on_the_desk,
};
use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::{Answer, Person};

const REGISTER: &str = "/api/v1/breaches";
const HAPPENED: &str = "Surel berantai menanyakan pelapornya.";

fn id(case: &Case) -> &str {
    case.path.rsplit('/').next().unwrap()
}

/// A declaration of an incident discovered now.
fn declaration(office: &ComplaintOffice, kind: &str, affected: Value) -> Value {
    let mut form =
        json!({"kind": kind, "happened": HAPPENED, "discovered_at": office.app.clock.now()});
    form.as_object_mut()
        .unwrap()
        .extend(affected.as_object().unwrap().clone());
    form
}

/// Declares an attempt that affects these complaints; returns its path.
async fn declare(office: &ComplaintOffice, person: &Person, cases: &[&Case]) -> String {
    let named: Vec<_> = cases.iter().map(|case| id(case)).collect();
    let made = person
        .post(
            REGISTER,
            declaration(office, "attempt_to_identify", json!({"complaints": named})),
        )
        .await;
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(
        path,
        format!("{REGISTER}/{}", made.expect(201)["id"].as_str().unwrap())
    );
    // The register is sorted by time.
    office.app.clock.advance(TimeDelta::seconds(1));
    path
}

async fn close(person: &Person, breach: &str) -> Answer {
    person
        .post(
            &format!("{breach}/closing"),
            json!({"done": "Surel ditarik."}),
        )
        .await
}

async fn notices(office: &ComplaintOffice, code: &str) -> Vec<Value> {
    office
        .sign_in_with_code(code)
        .await
        .get("/api/v1/complaints/mine")
        .await
        .expect(200)["breach_notices"]
        .as_array()
        .unwrap()
        .clone()
}

async fn alarms(person: &Person) -> Vec<String> {
    let found = person
        .get("/api/v1/audit-trail/alarms?limit=200")
        .await
        .expect(200);
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alarm| alarm["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// The number of alarm notices that `person` got.
async fn alarm_count(person: &Person) -> usize {
    let inbox = person
        .get("/api/v1/notifications?limit=200")
        .await
        .expect(200);
    inbox["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "trail_alarm")
        .count()
}

/// The breach and disclosure events of the trail, oldest first.
async fn trail(office: &ComplaintOffice) -> Vec<String> {
    let named = "select action from audit.event where action like '%disclosure' or action like '%breach%' order by seq";
    sqlx::query_scalar(named)
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap()
}

/// Waits until `number` sessions in this database wait for a lock.
async fn wait_for_locks(watch: &mut PgConnection, number: i64) {
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..300 {
        if sqlx::query_scalar::<_, i64>(waits)
            .fetch_one(&mut *watch)
            .await
            .unwrap()
            >= number
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("fewer than {number} sessions wait");
}

#[actix_web::test]
async fn a_breach_stops_disclosures_tells_reporters_and_watchers_and_is_closed_by_another_watcher()
{
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let now = office.app.clock.now();
    let form = declaration(
        &office,
        "identity_known",
        json!({"complaints": [case.number, id(&case), case.number.to_lowercase()]}),
    );
    let declared = office.custodian.post(REGISTER, form).await.expect(201);
    let breach = format!("{REGISTER}/{}", declared["id"].as_str().unwrap());
    assert_eq!(
        (&declared["state"], &declared["kind"], &declared["all"]),
        (&json!("open"), &json!("identity_known"), &json!(false))
    );
    assert_eq!(declared["deadline"], json!(now + TimeDelta::hours(72)));
    assert!(
        !declared.to_string().contains("berantai") && !declared.to_string().contains(&case.number),
        "a stored reply contains neither texts nor numbers"
    );

    // Auditor and custodian.
    let read = office.auditor.get(&breach).await.expect(200);
    assert_eq!(
        (&read["happened"], &read["done"], &read["affected"]),
        (&json!(HAPPENED), &Value::Null, &json!([case.number]))
    );
    assert_eq!(
        (&read["declared_by"], &read["closed_by"]),
        (&json!("Nurul Hidayah"), &Value::Null)
    );
    let listed = office.custodian.get(REGISTER).await.expect(200)["items"].clone();
    assert_eq!(
        (listed[0]["id"].clone(), listed[0]["affected"].clone()),
        (declared["id"].clone(), json!([case.number]))
    );
    assert!(
        listed[0].get("happened").is_none(),
        "a list contains no texts: {listed}"
    );
    assert_eq!(
        (
            alarms(&office.auditor).await,
            alarm_count(&office.auditor).await,
            alarm_count(&office.custodian).await
        ),
        (vec!["breach_declared".to_owned()], 1, 0)
    );
    let inbox = office
        .auditor
        .get("/api/v1/notifications")
        .await
        .expect(200)
        .to_string();
    assert!(
        !inbox.contains(&case.number) && !inbox.contains(id(&case)) && !inbox.contains("berantai"),
        "{inbox}"
    );

    // The reporter.
    let told = notices(&office, &case.code).await;
    assert_eq!(
        (
            told.len(),
            &told[0]["kind"],
            &told[0]["on"],
            &told[0]["closed_on"]
        ),
        (
            1,
            &json!("identity_known"),
            &json!(today(now)),
            &Value::Null
        )
    );
    assert!(
        told[0]["text"]["id"]
            .as_str()
            .unwrap()
            .contains("Identitas Anda")
            && told[0]["text"]["en"]
                .as_str()
                .unwrap()
                .contains("Your identity")
    );

    // The disclosure.
    let waiting = office
        .custodian
        .get("/api/v1/disclosures")
        .await
        .expect(200)["items"][0]
        .clone();
    assert_eq!(
        (&waiting["state"], &waiting["frozen"]),
        (&json!("pending"), &json!(true))
    );
    decide(&office.custodian, &asked, grant())
        .await
        .refused(409, "disclosures_frozen");
    assert_eq!(
        requests_on_the_desk(&office.custodian).await,
        Vec::<Value>::new(),
        "a suspended disclosure is on no desk"
    );

    let closing = format!("{breach}/closing");
    let refused = office
        .auditor
        .post(&closing, json!({"done": "Surel ditarik."}))
        .await
        .refused(422, "invalid_content");
    let missing: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].clone(), one["code"].clone()))
        .collect();
    assert_eq!(
        missing,
        ["/reporters_notified_at", "/authority_notified_at"]
            .map(|at| (json!(at), json!("missing_field")))
    );
    let noticed = office
        .custodian
        .post(
            &format!("{breach}/notices"),
            json!({"to": "authority", "sent_at": now}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &noticed["authority_notified_at"],
            &noticed["reporters_notified_at"]
        ),
        (&json!(now), &Value::Null)
    );
    office
        .auditor
        .post(
            &format!("{breach}/notices"),
            json!({"to": "authority", "sent_at": now}),
        )
        .await
        .refused(409, "conflict");
    let closed = office
        .auditor
        .post(
            &closing,
            json!({"done": "Surel ditarik.", "reporters_notified_at": now}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &closed["state"],
            &closed["closed_by"],
            &closed["reporters_notified_at"]
        ),
        (&json!("closed"), &json!("Bambang Irawan"), &json!(now))
    );
    office
        .auditor
        .post(&closing, json!({"done": "Lagi."}))
        .await
        .refused(409, "conflict");
    office
        .auditor
        .post(
            &format!("{breach}/notices"),
            json!({"to": "reporters", "sent_at": now}),
        )
        .await
        .refused(409, "conflict");
    assert_eq!(
        office.custodian.get(&breach).await.expect(200)["done"],
        "Surel ditarik."
    );
    assert_eq!(
        notices(&office, &case.code).await[0]["closed_on"],
        json!(today(now))
    );

    // The suspended disclosure continues.
    decide(&office.custodian, &asked, grant()).await.expect(200);
    assert_eq!(
        open(&office.head, &asked).await.expect(200)["fields"]["name"],
        "Siti Rahmawati"
    );
    let expected = [
        "request_disclosure",
        "breach_declared",
        "freeze_disclosure",
        "read_breach",
        "read_breaches",
        "record_breach_notice",
        "close_breach",
        "thaw_disclosure",
        "read_breach",
        "grant_disclosure",
        "open_disclosure",
    ];
    assert_eq!(trail(&office).await, expected);
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
async fn who_declared_it_does_not_close_it_whatever_else_they_hold() {
    let (office, case) = office_with_case().await;
    let both = office
        .app
        .staff_with(
            Roles::NONE
                .with(Role::IdentityCustodian)
                .with(Role::InternalAuditor),
        )
        .await;
    for declarer in [&office.custodian, &office.auditor, &both] {
        let breach = declare(&office, declarer, &[&case]).await;
        close(declarer, &breach).await.refused(403, "four_eyes");
    }
    let fourth = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let register = fourth.get(REGISTER).await.expect(200)["items"].clone();
    assert_eq!(register.as_array().unwrap().len(), 3);
    for breach in register.as_array().unwrap() {
        assert_eq!(breach["state"], "open");
        close(
            &fourth,
            &format!("{REGISTER}/{}", breach["id"].as_str().unwrap()),
        )
        .await
        .expect(200);
    }
    // The database refuses it too, also from the superuser.
    let forge = "update wbs.breach set closed_by = declared_by";
    assert!(
        sqlx::query(forge)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap_err()
            .to_string()
            .contains("breach_is_closed_by_another")
    );
}

#[actix_web::test]
async fn requests_decisions_and_openings_stand_still_for_what_is_affected_and_for_nothing_else() {
    let mut office = ComplaintOffice::open().await;
    let cases = office
        .surfaced(&[confidential(), confidential(), confidential()])
        .await;
    let [granted, pending, free] = &cases[..] else {
        panic!()
    };
    let taken = ask(&office.head, granted, "consent", &["name"]).await;
    decide(&office.custodian, &taken, grant()).await.expect(200);
    let waits = ask(&office.head, pending, "consent", &["name"]).await;
    let breach = declare(&office, &office.auditor, &[granted, pending]).await;

    let refusals = [
        open(&office.head, &taken).await,
        office
            .head
            .post(
                &format!("{}/original", taken.path),
                json!({"opening_code": taken.code}),
            )
            .await,
        decide(&office.custodian, &waits, grant()).await,
        decide(
            &office.custodian,
            &waits,
            json!({"grant": false, "reason": "Tidak perlu."}),
        )
        .await,
        office
            .head
            .post(
                &format!("{}/disclosures", pending.path),
                json!({"fields": ["nik"], "purpose": "consent", "reason": "Perlu."}),
            )
            .await,
    ];
    for refusal in refusals {
        assert_no_identity(&refusal);
        refusal.refused(409, "disclosures_frozen");
    }
    office
        .head
        .post(
            &format!("{}/opening", taken.path),
            json!({"opening_code": "bukan kode"}),
        )
        .await
        .refused(409, "disclosures_frozen");
    let other = ask(&office.head, free, "consent", &["name"]).await;
    decide(&office.custodian, &other, grant()).await.expect(200);
    open(&office.head, &other).await.expect(200);
    assert_eq!(
        office
            .head
            .get(&format!("{}/disclosures", free.path))
            .await
            .expect(200)["items"][0]["frozen"],
        false
    );

    // Another head, without access to the disclosure, learns nothing more than before.
    let colleague = office.app.staff(Role::Head).await;
    open(&colleague, &taken).await.refused(404, "not_found");
    office
        .team_lead
        .post(
            &format!("{}/disclosures", pending.path),
            json!({"fields": ["nik"], "purpose": "consent", "reason": "Perlu."}),
        )
        .await
        .refused(404, "not_found");

    // A granted disclosure continues within its quarter of an hour.
    office.later(10).await;
    close(&office.custodian, &breach).await.expect(200);
    assert_eq!(
        open(&office.head, &taken).await.expect(200)["fields"]["name"],
        "Siti Rahmawati"
    );
    decide(&office.custodian, &waits, grant()).await.expect(200);
    // A grant that expires during the breach stays expired.
    let breach = declare(&office, &office.auditor, &[pending]).await;
    office.later(15).await;
    office.run_due_work().await;
    close(&office.custodian, &breach).await.expect(200);
    open(&office.head, &waits).await.refused(409, "conflict");
    let left: i64 =
        sqlx::query_scalar("select count(*) from wbs.disclosure where sealed_fields is not null")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(left, 0);
}

#[actix_web::test]
async fn of_two_breaches_the_last_to_be_closed_lets_disclosures_go_on() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let one = declare(&office, &office.auditor, &[&case]).await;
    let all = office
        .custodian
        .post(
            REGISTER,
            declaration(&office, "attempt_to_identify", json!({"all": true})),
        )
        .await
        .expect(201);
    close(&office.custodian, &one).await.expect(200);
    decide(&office.custodian, &asked, grant())
        .await
        .refused(409, "disclosures_frozen");
    close(
        &office.auditor,
        &format!("{REGISTER}/{}", all["id"].as_str().unwrap()),
    )
    .await
    .expect(200);
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let thawed = trail(&office)
        .await
        .into_iter()
        .filter(|action| action.starts_with("thaw") || action.starts_with("freeze"))
        .collect::<Vec<_>>();
    assert_eq!(
        thawed,
        ["freeze_disclosure", "freeze_disclosure", "thaw_disclosure"]
    );
}

#[actix_web::test]
async fn an_opening_that_meets_a_declaration_waits_for_it_and_opens_nothing() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let (mut sql, mut watch) = (office.app.sql().await, office.app.sql().await);
    // The declaration is written and waits for the lock on the end of the trail.
    let mut chain = sql.begin().await.unwrap();
    sqlx::query("select audit.tail()")
        .execute(&mut *chain)
        .await
        .unwrap();
    let form = declaration(&office, "system_breached", json!({"all": true}));
    let auditor = office.auditor.clone();
    let declaring = actix_web::rt::spawn(async move { auditor.post(REGISTER, form).await });
    wait_for_locks(&mut watch, 1).await;
    let opening = opened_aside(&office, &asked);
    wait_for_locks(&mut watch, 2).await;
    chain.commit().await.unwrap();
    declaring.await.unwrap().expect(201);
    let refusal = opening.await.unwrap();
    assert_no_identity(&refusal);
    refusal.refused(409, "disclosures_frozen");
}

#[actix_web::test]
async fn a_declaration_that_meets_an_opening_waits_for_it() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let (mut sql, mut watch) = (office.app.sql().await, office.app.sql().await);
    let mut chain = sql.begin().await.unwrap();
    sqlx::query("select audit.tail()")
        .execute(&mut *chain)
        .await
        .unwrap();
    let opening = opened_aside(&office, &asked);
    wait_for_locks(&mut watch, 1).await;
    let form = declaration(&office, "system_breached", json!({"all": true}));
    let auditor = office.auditor.clone();
    let declaring = actix_web::rt::spawn(async move { auditor.post(REGISTER, form).await });
    wait_for_locks(&mut watch, 2).await;
    chain.commit().await.unwrap();
    opening.await.unwrap().expect(200);
    declaring.await.unwrap().expect(201);
    assert_eq!(
        trail(&office).await.last_chunk::<2>().unwrap(),
        &["open_disclosure", "breach_declared"],
        "an opened disclosure is not suspended"
    );
}

fn opened_aside(
    office: &ComplaintOffice,
    asked: &RequestedDisclosure,
) -> actix_web::rt::task::JoinHandle<Answer> {
    let (head, path, code) = (office.head.clone(), asked.path.clone(), asked.code.clone());
    actix_web::rt::spawn(async move {
        head.post(&format!("{path}/opening"), json!({"opening_code": code}))
            .await
    })
}

#[actix_web::test]
async fn of_openings_that_race_a_declaration_each_comes_before_it_or_not_at_all() {
    let mut office = ComplaintOffice::open().await;
    let cases = office.surfaced(&vec![confidential(); 6]).await;
    let mut granted = Vec::new();
    for case in &cases {
        let asked = ask(&office.head, case, "consent", &["name"]).await;
        decide(&office.custodian, &asked, grant()).await.expect(200);
        granted.push(asked);
    }
    let form = declaration(&office, "system_breached", json!({"all": true}));
    let (openings, declared) = tokio::join!(
        join_all(granted.iter().map(|asked| open(&office.head, asked))),
        office.auditor.post(REGISTER, form)
    );
    declared.expect(201);
    let mut opened = 0;
    for answer in openings {
        if answer.status == 200 {
            opened += 1;
        } else {
            assert_no_identity(&answer);
            answer.refused(409, "disclosures_frozen");
        }
    }
    let after = "select count(*) filter (where e.seq < d.seq), count(*) filter (where e.seq > d.seq)
                 from audit.event e, audit.event d where e.action = 'open_disclosure' and d.action = 'breach_declared'";
    let (before, after): (i64, i64) = sqlx::query_as(after)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert_eq!((before, after), (opened, 0));
    for asked in &granted {
        assert_eq!(
            open(&office.head, asked).await.status,
            409,
            "and none after"
        );
    }
}

#[actix_web::test]
async fn a_decision_under_way_when_a_breach_is_declared_grants_nothing() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    // Opening the key file takes time: the breach is declared between reading the request and the
    // decision.
    let decision = decide(&office.custodian, &asked, grant());
    let declaring = async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        declare(&office, &office.auditor, &[&case]).await
    };
    let (decided, _) = tokio::join!(decision, declaring);
    assert_no_identity(&decided);
    let trail = trail(&office).await;
    if decided.status == 200 {
        assert_eq!(
            trail,
            [
                "request_disclosure",
                "grant_disclosure",
                "breach_declared",
                "freeze_disclosure"
            ]
        );
    } else {
        decided.refused(409, "disclosures_frozen");
        assert_eq!(
            trail,
            ["request_disclosure", "breach_declared", "freeze_disclosure"]
        );
    }
    open(&office.head, &asked)
        .await
        .refused(409, "disclosures_frozen");
}

#[actix_web::test]
async fn nobody_but_custodians_and_auditors_knows_of_the_register() {
    let (office, case) = office_with_case().await;
    let breach = declare(&office, &office.custodian, &[&case]).await;
    let form = declaration(&office, "key_lost", json!({"all": true}));
    let (people, reporter) = (
        office.person_of_each_role().await,
        office.sign_in_with_code(&case.code).await,
    );
    let watching = [Role::IdentityCustodian, Role::InternalAuditor];
    for (role, person) in people.iter().filter(|(role, _)| !watching.contains(role)) {
        for path in [REGISTER, &breach, &format!("{REGISTER}/{}", Uuid::new_v4())] {
            let refused = person.get(path).await;
            assert_eq!(
                (refused.status, refused.code()),
                (403, "forbidden"),
                "{path} by {}",
                role.code()
            );
        }
        person
            .post(REGISTER, form.clone())
            .await
            .refused(403, "forbidden");
        close(person, &breach).await.refused(403, "forbidden");
        person
            .post(
                &format!("{breach}/notices"),
                json!({"to": "authority", "sent_at": "2026-07-06T01:00:00Z"}),
            )
            .await
            .refused(403, "forbidden");
    }
    for stranger in [&office.nobody, &reporter] {
        stranger.get(REGISTER).await.refused(401, "unauthenticated");
        stranger.get(&breach).await.refused(401, "unauthenticated");
        stranger
            .post(REGISTER, form.clone())
            .await
            .refused(401, "unauthenticated");
        close(stranger, &breach)
            .await
            .refused(401, "unauthenticated");
    }
    let elsewhere = format!("{REGISTER}/{}", Uuid::new_v4());
    for watcher in [&office.custodian, &office.auditor] {
        watcher.get(&elsewhere).await.refused(404, "not_found");
        close(watcher, &elsewhere).await.refused(404, "not_found");
        watcher
            .post(
                &format!("{elsewhere}/notices"),
                json!({"to": "authority", "sent_at": office.app.clock.now()}),
            )
            .await
            .refused(404, "not_found");
    }
}

#[actix_web::test]
async fn a_custodian_who_is_barred_from_a_complaint_finds_neither_it_nor_its_number_in_the_register()
 {
    let mut office = ComplaintOffice::open().await;
    let barred = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let cases = office.surfaced(&[form(), form()]).await;
    let [hidden, seen] = &cases[..] else { panic!() };
    let barred = barred.sign_in_again().await;
    let conflict = json!({"user": barred.id, "reason": "Saudara kandung dari terlapor."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", hidden.path), conflict)
        .await
        .expect(204);
    let one = declare(&office, &office.auditor, &[hidden]).await;
    assert_eq!(
        (
            alarm_count(&barred).await,
            alarm_count(&office.custodian).await
        ),
        (0, 1)
    );
    let both = declare(&office, &office.auditor, &[hidden, seen]).await;
    let all = office
        .auditor
        .post(
            REGISTER,
            declaration(&office, "system_breached", json!({"all": true})),
        )
        .await
        .expect(201);
    let all = format!("{REGISTER}/{}", all["id"].as_str().unwrap());
    assert_eq!(
        (
            alarm_count(&barred).await,
            alarm_count(&office.custodian).await
        ),
        (2, 3)
    );

    // The reply equals the reply for a breach that does not exist.
    let made_up = format!("{REGISTER}/{}", Uuid::new_v4());
    let bare = |answer: &Answer, of: &str| {
        let text = String::from_utf8(answer.bytes.clone())
            .unwrap()
            .replace(of.rsplit('/').next().unwrap(), "id");
        (
            answer.status,
            text.replace(answer.body["trace_id"].as_str().unwrap(), "trace"),
        )
    };
    assert_eq!(
        bare(&barred.get(&one).await, &one),
        bare(&barred.get(&made_up).await, &made_up)
    );
    assert_eq!(
        bare(&close(&barred, &one).await, &one),
        bare(&close(&barred, &made_up).await, &made_up)
    );
    close(&barred, &one).await.refused(404, "not_found");
    barred
        .post(
            &format!("{one}/notices"),
            json!({"to": "reporters", "sent_at": office.app.clock.now()}),
        )
        .await
        .refused(404, "not_found");
    // A breach that affects a hidden and a visible complaint shows the visible one.
    let mixed = barred.get(&both).await.expect(200);
    assert_eq!(
        (&mixed["affected"], &mixed["happened"]),
        (&json!([seen.number]), &Value::Null),
        "the texts may mention a hidden complaint"
    );
    assert_eq!(
        barred.get(&all).await.expect(200)["affected"],
        Value::Null,
        "no count that could be compared with the trail"
    );
    let list = barred.get(REGISTER).await;
    assert!(!String::from_utf8_lossy(&list.bytes).contains(&hidden.number));
    let list = list.expect(200)["items"].clone();
    assert_eq!(
        (
            list.as_array().unwrap().len(),
            &list[0]["affected"],
            &list[1]["affected"]
        ),
        (2, &Value::Null, &json!([seen.number]))
    );
    assert_eq!(alarms(&barred).await.len(), 2);
    // Without a bar a user sees both.
    let mut numbers = vec![hidden.number.clone(), seen.number.clone()];
    numbers.sort();
    for (path, affected) in [(&both, json!(numbers)), (&all, Value::Null)] {
        let read = office.custodian.get(path).await.expect(200);
        assert_eq!(
            (&read["affected"], &read["happened"]),
            (&affected, &json!(HAPPENED))
        );
    }
    assert_eq!(
        (
            office.custodian.get(REGISTER).await.expect(200)["items"]
                .as_array()
                .unwrap()
                .len(),
            alarms(&office.custodian).await.len()
        ),
        (3, 3)
    );

    // Declaring a breach does not reveal the hidden complaint either.
    let unknown = async |named: Value| {
        barred
            .post(
                REGISTER,
                declaration(&office, "key_lost", json!({"complaints": named})),
            )
            .await
            .refused(422, "invalid_content")["errors"]
            .clone()
    };
    assert_eq!(
        unknown(json!([id(hidden)])).await,
        unknown(json!([Uuid::new_v4()])).await
    );
    assert_eq!(
        unknown(json!([hidden.number])).await,
        unknown(json!(["WBS-2026-0000000"])).await
    );
    assert_eq!(
        unknown(json!([id(seen), id(hidden)])).await[0]["pointer"],
        "/complaints/1"
    );
    // Nor does paging through the register.
    let first = barred.get(&format!("{REGISTER}?limit=1")).await.expect(200);
    let second = barred
        .get(&format!(
            "{REGISTER}?limit=1&cursor={}",
            first["next_cursor"].as_str().unwrap()
        ))
        .await
        .expect(200);
    assert_eq!(
        (&second["items"][0]["affected"], &second["next_cursor"]),
        (&json!([seen.number]), &Value::Null)
    );
}

#[actix_web::test]
async fn a_complaint_that_has_not_surfaced_is_named_by_nobody_and_its_reporter_is_told_of_what_affects_all()
 {
    let mut office = ComplaintOffice::open().await;
    let (_, code, number) = office.submit(form()).await;
    let waiting: Uuid = sqlx::query_scalar("select id from wbs.complaint")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    let naming = declaration(&office, "key_lost", json!({"complaints": [waiting]}));
    let refused = office
        .custodian
        .post(REGISTER, naming)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            &refused["errors"][0]["pointer"],
            &refused["errors"][0]["code"]
        ),
        (&json!("/complaints/0"), &json!("unknown_value"))
    );
    let breach = office
        .custodian
        .post(
            REGISTER,
            declaration(&office, "key_lost", json!({"all": true})),
        )
        .await
        .expect(201);
    let breach = format!("{REGISTER}/{}", breach["id"].as_str().unwrap());
    assert_eq!(notices(&office, &code).await[0]["kind"], "key_lost");
    office.next_slot().await;
    let read = office.auditor.get(&breach).await.expect(200);
    assert_eq!(read["affected"], Value::Null);
    assert!(
        !read.to_string().contains(&number),
        "no count that could be compared with the trail"
    );
    // A complaint that arrives while the breach is open is affected; a complaint of a later day is
    // not.
    let (_, second, _) = office.submit(form()).await;
    assert_eq!(notices(&office, &second).await.len(), 1);
    let now = office.app.clock.now();
    let closing =
        json!({"done": "Kunci baru.", "reporters_notified_at": now, "authority_notified_at": now});
    office
        .auditor
        .post(&format!("{breach}/closing"), closing)
        .await
        .expect(200);
    office.later(24 * 60).await;
    let (_, third, _) = office.submit(form()).await;
    assert_eq!(
        (
            notices(&office, &second).await.len(),
            notices(&office, &third).await.len()
        ),
        (1, 0)
    );
}

#[actix_web::test]
async fn only_the_reporters_concerned_are_told_and_never_a_minute() {
    let mut office = ComplaintOffice::open().await;
    let cases = office.surfaced(&[form(), form()]).await;
    let discovered = office.app.clock.now() - TimeDelta::minutes(17);
    let mut declaration = declaration(
        &office,
        "content_known",
        json!({"complaints": [id(&cases[0])]}),
    );
    declaration["discovered_at"] = json!(discovered);
    office.auditor.post(REGISTER, declaration).await.expect(201);
    let mine = office
        .sign_in_with_code(&cases[0].code)
        .await
        .get("/api/v1/complaints/mine")
        .await
        .expect(200);
    let notice = &mine["breach_notices"][0];
    let mut fields: Vec<_> = notice
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["closed_on", "kind", "on", "text"]);
    assert_eq!(notice["on"].as_str().unwrap().len(), "2026-07-06".len());
    let text = mine.to_string();
    assert!(
        !text.contains(&discovered.format("%H:%M").to_string())
            && !text.contains("berantai")
            && !text.contains("Bambang"),
        "{text}"
    );
    assert_eq!(notices(&office, &cases[1].code).await, [Value::Null; 0]);
}

#[actix_web::test]
async fn the_alarm_is_raised_twelve_hours_before_the_end_and_at_it_once_each_while_a_notice_is_missing()
 {
    let (mut office, case) = office_with_case().await;
    let missing = declare(&office, &office.custodian, &[&case]).await;
    let told_of = declare(&office, &office.custodian, &[&case]).await;
    let half = declare(&office, &office.custodian, &[&case]).await;
    let closed = declare(&office, &office.custodian, &[&case]).await;
    close(&office.auditor, &closed).await.expect(200);
    let now = office.app.clock.now();
    for (breach, to) in [
        (&told_of, "authority"),
        (&told_of, "reporters"),
        (&half, "authority"),
    ] {
        office
            .auditor
            .post(
                &format!("{breach}/notices"),
                json!({"to": to, "sent_at": now}),
            )
            .await
            .expect(200);
    }
    let count = async |office: &ComplaintOffice, kind: &str| {
        alarms(&office.auditor)
            .await
            .iter()
            .filter(|found| *found == kind)
            .count()
    };
    let before = alarm_count(&office.auditor).await;
    office.later(60 * 60 - 1).await;
    office.run_due_work().await;
    assert_eq!(count(&office, "breach_notice_nearly_due").await, 0);
    office.later(1).await;
    office.run_due_work().await;
    office.run_due_work().await;
    assert_eq!(
        (
            count(&office, "breach_notice_nearly_due").await,
            count(&office, "breach_notice_overdue").await
        ),
        (2, 0)
    );
    assert_eq!(
        alarm_count(&office.auditor).await,
        before + 2,
        "and the watching roles are notified"
    );
    let now = office.app.clock.now();
    office
        .auditor
        .post(
            &format!("{half}/notices"),
            json!({"to": "reporters", "sent_at": now}),
        )
        .await
        .expect(200);
    office.later(12 * 60).await;
    tokio::join!(office.run_due_work(), office.run_due_work());
    assert_eq!(
        (
            count(&office, "breach_notice_nearly_due").await,
            count(&office, "breach_notice_overdue").await
        ),
        (2, 1)
    );
    office.later(24 * 60).await;
    office.run_due_work().await;
    assert_eq!(count(&office, "breach_notice_overdue").await, 1);
    // A breach that is declared after its period is over at once.
    let mut late = declaration(&office, "key_lost", json!({"all": true}));
    late["discovered_at"] = json!(office.app.clock.now() - TimeDelta::hours(80));
    office.custodian.post(REGISTER, late).await.expect(201);
    office.run_due_work().await;
    assert_eq!(
        (
            count(&office, "breach_notice_nearly_due").await,
            count(&office, "breach_notice_overdue").await
        ),
        (2, 2)
    );
    close(&office.auditor, &missing).await.expect(200);
}

#[actix_web::test]
async fn what_is_written_about_a_breach_lies_nowhere_in_clear_and_opens_in_no_other_row() {
    let (office, case) = office_with_case().await;
    let one = declare(&office, &office.custodian, &[&case]).await;
    let mut other = declaration(&office, "key_lost", json!({"all": true}));
    other["happened"] = json!("Flashdisk tertinggal di warung.");
    office.auditor.post(REGISTER, other).await.expect(201);
    office
        .auditor
        .post(
            &format!("{one}/closing"),
            json!({"done": "Pengirimnya sudah diperiksa."}),
        )
        .await
        .expect(200);
    let sql = &mut office.app.sql().await;
    let tables = "select table_schema, table_name from information_schema.tables
                  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')";
    let tables = sqlx::query(tables).fetch_all(&mut *sql).await.unwrap();
    for (text, hidden) in [
        (case.number.as_str(), false),
        ("berantai", true),
        ("tertinggal di warung", true),
        ("sudah diperiksa", true),
    ] {
        let mut hits = Vec::new();
        for table in &tables {
            let [schema, name] =
                ["table_schema", "table_name"].map(|part| table.get::<String, _>(part));
            for spelling in [text.to_owned(), hex::encode(text)] {
                let count =
                    format!(r#"select count(*) from "{schema}"."{name}" t where t::text ilike $1"#);
                let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                    .bind(format!("%{spelling}%"))
                    .fetch_one(&mut *sql)
                    .await
                    .unwrap();
                hits.extend((found > 0).then(|| format!("{schema}.{name}")));
            }
        }
        assert_eq!(hits.is_empty(), hidden, "{text} lies in {hits:?}");
    }
    // A row with another breach's text or key cannot be decrypted and is not shown.
    for column in ["happened", "dek_wrapped"] {
        let swap = format!(
            "update wbs.breach x set {column} = y.{column} from wbs.breach y where y.id <> x.id"
        );
        for status in [500, 200] {
            // The second swap restores the values.
            sqlx::query(sqlx::AssertSqlSafe(swap.clone()))
                .execute(&mut *sql)
                .await
                .unwrap();
            let read = office.custodian.get(&one).await;
            assert_eq!(
                (
                    read.status,
                    String::from_utf8_lossy(&read.bytes).contains("warung")
                ),
                (status, false),
                "{column}"
            );
        }
    }
}

#[actix_web::test]
async fn a_record_outlives_its_complaint_without_its_words() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Closed).await;
    let breach = declare(&office, &office.custodian, &[&case]).await;
    close(&office.auditor, &breach).await.expect(200);
    let salt = ComplaintId(breach.rsplit('/').next().unwrap().parse().unwrap());
    let salts = office.app.service.complaint_services.salts.clone();
    assert!(salts.read(salt, SaltKind::Content).await.is_ok());
    let all = office
        .auditor
        .post(
            REGISTER,
            declaration(&office, "attempt_to_identify", json!({"all": true})),
        )
        .await
        .expect(201);
    let all = format!("{REGISTER}/{}", all["id"].as_str().unwrap());
    let events: i64 = sqlx::query_scalar("select count(*) from audit.event")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    office.later(2000 * 24 * 60).await;
    retention::run(
        &office.app.database,
        &office.app.service.complaint_services,
        office.app.clock.now(),
    )
    .await
    .unwrap();
    office.head.get(&case.path).await.refused(404, "not_found");
    let kept = office.auditor.get(&breach).await.expect(200);
    assert_eq!(
        (&kept["kind"], &kept["state"], &kept["affected"]),
        (&json!("attempt_to_identify"), &json!("closed"), &json!([]))
    );
    assert_eq!(
        (&kept["happened"], &kept["done"], &kept["closed_by"]),
        (&Value::Null, &Value::Null, &json!("Bambang Irawan"))
    );
    assert!(
        salts.read(salt, SaltKind::Content).await.is_err(),
        "a backup does not restore the texts"
    );
    let after: i64 = sqlx::query_scalar("select count(*) from audit.event")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap();
    assert!(after > events);
    assert_eq!(
        office
            .auditor
            .get("/api/v1/audit-trail/verification")
            .await
            .expect(200)["intact"],
        true
    );
    // A breach of all complaints keeps its texts for as long as a complaint is kept, counted from
    // the breach's end.
    assert_eq!(
        office.auditor.get(&all).await.expect(200)["happened"],
        HAPPENED
    );
    close(&office.custodian, &all).await.expect(200);
    office.later(1100 * 24 * 60).await;
    retention::run(
        &office.app.database,
        &office.app.service.complaint_services,
        office.app.clock.now(),
    )
    .await
    .unwrap();
    assert_eq!(
        office.auditor.get(&all).await.expect(200)["happened"],
        Value::Null
    );
}

#[actix_web::test]
async fn the_database_shows_the_register_to_whom_it_is_for_and_keeps_what_was_declared() {
    let (office, case) = office_with_case().await;
    declare(&office, &office.custodian, &[&case]).await;
    for table in ["breach", "breach_case"] {
        let count = format!("select count(*) from wbs.{table}");
        let seen: i64 = office
            .app
            .database
            .read(async |c| {
                Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(count.clone()))
                    .fetch_one(c)
                    .await?)
            })
            .await
            .unwrap();
        let all: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
        assert_eq!(
            (seen, all),
            (0, 1),
            "{table}: a connection without a caller sees nothing"
        );
    }
    for (role, seen) in [
        ("head", 0),
        ("conflict_officer", 0),
        ("internal_auditor", 1),
    ] {
        let mut transaction = office.app.database.begin().await.unwrap();
        let says = "select set_config('desk.standing', 'staff', true), set_config('desk.office', (select id::text from office limit 1), true),
                           set_config('desk.person', '', true), set_config('desk.teams', '', true), set_config('desk.team_roles', '', true),
                           set_config('desk.roles', $1, true)";
        sqlx::query(says)
            .bind(role)
            .execute(&mut *transaction)
            .await
            .unwrap();
        let rows: i64 = sqlx::query_scalar("select count(*) from wbs.breach")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(rows, seen, "{role}");
    }
    for statement in [
        "update wbs.breach set kind = 'key_lost'",
        "update wbs.breach set discovered_at = now()",
        "update wbs.breach set declared_by = closed_by",
        "delete from wbs.breach",
        "delete from wbs.breach_case",
    ] {
        let refused = office
            .app
            .database
            .read(async |c| Ok(sqlx::query(statement).execute(c).await))
            .await
            .unwrap();
        let code = refused
            .unwrap_err()
            .into_database_error()
            .unwrap()
            .code()
            .unwrap()
            .into_owned();
        assert_eq!(code, "42501", "{statement}");
    }
}

#[actix_web::test]
async fn a_complaint_that_is_being_deleted_is_named_by_nobody() {
    let (office, case) = office_with_case().await;
    let (mut deleting, mut watch) = (office.app.sql().await, office.app.sql().await);
    let mut deletion = deleting.begin().await.unwrap();
    sqlx::query("delete from wbs.complaint where id = $1::uuid")
        .bind(id(&case))
        .execute(&mut *deletion)
        .await
        .unwrap();
    let form = declaration(&office, "key_lost", json!({"complaints": [id(&case)]}));
    let (declared, ()) = futures_util::future::join(office.custodian.post(REGISTER, form), async {
        wait_for_locks(&mut watch, 1).await;
        deletion.commit().await.unwrap();
    })
    .await;
    let refused = declared.refused(422, "invalid_content");
    assert_eq!(
        (
            &refused["errors"][0]["pointer"],
            &refused["errors"][0]["code"]
        ),
        (&json!("/complaints/0"), &json!("unknown_value"))
    );
    assert_eq!(
        office.custodian.get(REGISTER).await.expect(200)["items"],
        json!([])
    );
}

#[actix_web::test]
async fn of_a_breach_that_nobody_else_may_know_of_administrators_are_told() {
    let (office, case) = office_with_case().await;
    let (_, other) = (
        declare(&office, &office.custodian, &[&case]).await,
        alarm_count(&office.admin).await,
    );
    assert_eq!(
        (alarm_count(&office.auditor).await, other),
        (1, 0),
        "the auditor can close it"
    );
    let reason = json!({"user": office.auditor.id, "reason": "Saudara kandung."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), reason)
        .await
        .expect(204);
    declare(&office, &office.custodian, &[&case]).await;
    assert_eq!(
        (
            alarm_count(&office.auditor).await,
            alarm_count(&office.admin).await
        ),
        (1, 1),
        "the administrators"
    );
}

#[actix_web::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let (office, case) = office_with_case().await;
    let now = office.app.clock.now();
    let whole = declaration(&office, "key_lost", json!({"all": true}));
    let with = |name: &str, value: Value| {
        let mut form = whole.clone();
        form[name] = value;
        form
    };
    let wrong = [
        (with("kind", json!("gossip")), "/kind", "unknown_value"),
        (with("happened", json!("  ")), "/happened", "empty"),
        (
            with("happened", json!("x".repeat(5001))),
            "/happened",
            "too_long",
        ),
        (
            with("discovered_at", json!(now + TimeDelta::minutes(1))),
            "/discovered_at",
            "in_the_future",
        ),
        (
            with("discovered_at", json!(now - TimeDelta::days(367))),
            "/discovered_at",
            "in_the_past",
        ),
        (
            with("discovered_at", json!("kemarin")),
            "/discovered_at",
            "wrong_type",
        ),
        (with("all", json!(false)), "/complaints", "missing_field"),
        (with("complaints", json!([id(&case)])), "/all", "not_both"),
        (
            declaration(
                &office,
                "key_lost",
                json!({"complaints": ["x", "\u{202e}", "y"]}),
            ),
            "/complaints/2",
            "unknown_value",
        ),
        (
            with("complaints", json!([1])),
            "/complaints/0",
            "wrong_type",
        ),
        (
            with("reporter", json!("Siti")),
            "/reporter",
            "unknown_field",
        ),
    ];
    for (form, pointer, code) in wrong {
        let refused = office
            .custodian
            .post(REGISTER, form)
            .await
            .refused(422, "invalid_content");
        let found = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["pointer"] == pointer && one["code"] == code);
        assert!(found, "{code} at {pointer} is not in {refused:#}");
    }
    office
        .custodian
        .post(REGISTER, json!([]))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        office.custodian.get(REGISTER).await.expect(200)["items"],
        json!([]),
        "nothing came of it"
    );
    office
        .custodian
        .get(&format!("{REGISTER}/x"))
        .await
        .refused(400, "invalid_parameter");

    let breach = declare(&office, &office.custodian, &[&case]).await;
    let (notices, closing) = (format!("{breach}/notices"), format!("{breach}/closing"));
    let (early, late) = (
        json!(now - TimeDelta::minutes(1)),
        json!(now + TimeDelta::minutes(1)),
    );
    for (moment, code) in [(&early, "wrong_order"), (&late, "in_the_future")] {
        let refused = office
            .auditor
            .post(&notices, json!({"to": "authority", "sent_at": moment}))
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["code"]
            ),
            (&json!("/sent_at"), &json!(code))
        );
        let refused = office
            .auditor
            .post(
                &closing,
                json!({"done": "Selesai.", "authority_notified_at": moment}),
            )
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["code"]
            ),
            (&json!("/authority_notified_at"), &json!(code))
        );
    }
    office
        .auditor
        .post(&notices, json!({"to": "press", "sent_at": now}))
        .await
        .refused(422, "invalid_content");
    office
        .auditor
        .post(&closing, json!({"done": ""}))
        .await
        .refused(422, "invalid_content");
    close(&office.auditor, &breach).await.expect(200);
}
