//! Cursors of every list of the contract: a cursor is valid for its list and its filter only.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::retries::key_for;
use super::{Operation, operations, person_with_every_role};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::complaint::office::{self, ComplaintOffice, form};
use crate::support::{Person, TestApp, contract};

/// A list with more than one row, and a cursor into it.
struct ListCursor {
    list: Operation,
    cursor: String,
}

fn lists() -> Vec<Operation> {
    operations()
        .into_iter()
        .filter(|one| one.takes("cursor"))
        .collect()
}

/// The parents of sub-lists: the paths of a webhook and of a complaint.
struct Parents {
    hook: String,
    case: String,
}

/// The path of the list.
fn address(list: &Operation, there: &Parents) -> String {
    let made_up = |room: &str| format!("/api/v1/{room}/0192f0c1-2b3c-7def-8123-456789abcdef");
    list.address()
        .replace(&made_up("webhooks"), &there.hook)
        .replace(&made_up("complaints"), &there.case)
}

/// Every list in which one of `people` sees two rows.
async fn walk(people: &[&Person], there: &Parents) -> Vec<ListCursor> {
    let mut walked = Vec::new();
    for list in lists() {
        for person in people {
            let page = person
                .get(&format!("{}?limit=1", address(&list, there)))
                .await;
            if let Some(cursor) = page.body["next_cursor"].as_str() {
                walked.push(ListCursor {
                    cursor: cursor.to_owned(),
                    list,
                });
                break;
            }
        }
    }
    walked
}

/// A valid value of the query parameter, according to its schema in the contract.
fn value_of(parameter: &Value) -> String {
    let schema = contract().resolved(&parameter["schema"]);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let given = [
        parameter.get("example"),
        schema.get("example"),
        schema.pointer("/enum/0"),
    ];
    if let Some(given) = given.into_iter().flatten().find(|value| !value.is_null()) {
        return text(given);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (_, Some("uuid")) => "0192f0c1-2b3c-7def-8123-456789abcdef".to_owned(),
        (_, Some("date")) => "2026-07-06".to_owned(),
        (_, Some("date-time")) => "2026-07-06T01:00:00Z".to_owned(),
        (Some("boolean"), _) => "true".to_owned(),
        (Some("integer"), _) => "1".to_owned(),
        _ if parameter["name"] == "month" => "2026-07".to_owned(),
        _ if schema.get("pattern").is_some() => "ab".repeat(32),
        _ => "x".to_owned(),
    }
}

async fn everybody_of(app: &TestApp) -> Vec<Person> {
    let [admin, auditor, custodian] =
        [Role::Admin, Role::InternalAuditor, Role::IdentityCustodian].map(|role| app.staff(role));
    vec![
        person_with_every_role(app).await,
        admin.await,
        auditor.await,
        custodian.await,
    ]
}

/// Two rows of each list that only the owner sees, and two failed jobs: keys and the mails about
/// them, webhooks and their deliveries. Returns the path of a webhook.
async fn make_private_rows(person: &Person, office: &Office) -> String {
    let mut hook = String::new();
    for name in ["ERP", "CRM"] {
        person
            .post("/api/v1/integrations", key_for(name))
            .await
            .expect(201);
        let form = json!({"url": "http://127.0.0.1:9/", "events": ["application.stage_changed"]});
        let made = person.post("/api/v1/webhooks", form).await.expect(201);
        hook = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    }
    office.case(Until::Filed).await;
    office.app.work().await;
    for _ in 0..2 {
        let queue = "select graphile_worker.add_job('spread_event', payload => '{}'::json)";
        sqlx::query(queue)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
    }
    let fail = "update graphile_worker._private_jobs set attempts = 25, last_error = 'busy'";
    sqlx::query(fail)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    hook
}

/// Tries each cursor on every other list, and on its own list with every other filter.
async fn assert_no_other_use(walked: &[ListCursor], people: &[&Person], there: &Parents) {
    let mut tried = 0;
    for ListCursor { list, cursor } in walked {
        let own = address(list, there);
        let mut elsewhere: Vec<String> = lists()
            .iter()
            .map(|one| address(one, there))
            .filter(|path| *path != own)
            .map(|path| format!("{path}?"))
            .collect();
        for filter in list.listed("query").iter().filter(|one| {
            !["limit", "cursor", "count", "format", "chart", "summary"]
                .contains(&one["name"].as_str().unwrap())
        }) {
            elsewhere.push(format!(
                "{own}?{}={}&",
                filter["name"].as_str().unwrap(),
                value_of(filter)
            ));
        }
        for path in elsewhere {
            let path = format!("{path}cursor={cursor}");
            for person in people {
                let answer = person.get(&path).await;
                if !matches!(answer.status, 401 | 403 | 404) {
                    assert_eq!(
                        (answer.status, answer.code()),
                        (400, "invalid_cursor"),
                        "{path}: {}",
                        answer.body
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[actix_web::test]
async fn a_cursor_of_any_list_is_good_for_that_list_and_that_filter_only() {
    let office = Office::open().await;
    for (name, member) in [
        ("Tim Pengujian", office.head.id),
        ("Tim Kalibrasi", office.treasurer.id),
    ] {
        let admin = office.app.staff(Role::Admin).await;
        admin
            .post("/api/v1/teams", json!({"name": name, "members": [member]}))
            .await
            .expect(201);
    }
    let admin = office.app.staff(Role::Admin).await;
    let calendar = admin.get("/api/v1/calendars").await.expect(200)["items"][0]["calendar"].clone();
    admin
        .post(
            "/api/v1/calendars",
            json!({"calendar": calendar, "reason": "SKB"}),
        )
        .await
        .expect(201);
    for (first, last) in [("2026-08-03", "2026-08-07"), ("2026-09-07", "2026-09-11")] {
        let form = json!({"user_id": office.ss_lead.id, "role": "head", "kind": "plh", "first_day": first, "last_day": last, "decree_number": "B/1/2026"});
        admin
            .post("/api/v1/acting-appointments", form)
            .await
            .expect(201);
    }
    for _ in 0..2 {
        super::retries::payment_of(&office).await;
        super::retries::payment_report(&office).await;
    }
    office.app.import_examples().await;
    let staff = Box::pin(everybody_of(&office.app)).await;
    staff[0].sign_in_again().await;
    let hook = Box::pin(make_private_rows(&staff[0], &office)).await;
    let there = Parents {
        hook,
        case: "/api/v1/complaints/0192f0c1-2b3c-7def-8123-456789abcdef".to_owned(),
    };
    let people: Vec<_> = staff
        .iter()
        .chain([&office.customer, &office.head])
        .collect();
    let certification = walk(&people, &there).await;
    assert_no_other_use(&certification, &people, &there).await;

    let mut complaint_office = ComplaintOffice::open().await;
    let cases = complaint_office.surfaced(&[form(), form()]).await;
    for case in &cases {
        let report = json!({"kind": "threat", "text": "Saya diancam dipindahkan."});
        complaint_office
            .sign_in_with_code(&case.code)
            .await
            .post("/api/v1/complaints/mine/retaliation-reports", report)
            .await
            .expect(201);
    }
    complaint_office.next_slot().await;
    for case in &cases {
        complaint_office.head.get(&case.path).await.expect(200);
        // Raises an alarm: a law-enforcement disclosure needs two custodians, and there is one.
        let request =
            json!({"fields": ["phone"], "purpose": "law_enforcement", "reason": "Surat penyidik."});
        complaint_office
            .head
            .post(&format!("{}/disclosures", case.path), request)
            .await
            .refused(409, "conflict");
        let request = json!({"fields": ["phone"], "purpose": "consent", "reason": "Pelapor minta dihubungi lewat telepon."});
        complaint_office
            .head
            .post(&format!("{}/disclosures", case.path), request)
            .await
            .expect(201);
    }
    let there = Parents {
        case: cases[0].path.clone(),
        ..there
    };
    complaint_office
        .bring_to(&cases[0], office::Until::Forwarded)
        .await;
    for text in ["Terima kasih.", "Kami sedang memeriksa."] {
        complaint_office
            .team_lead
            .post(&format!("{}/messages", there.case), json!({"text": text}))
            .await
            .expect(201);
        let warning = json!({"warnings": [{"user": complaint_office.clerk.id, "text": text}]});
        complaint_office
            .team_lead
            .post(&format!("{}/warnings", there.case), warning)
            .await
            .expect(200);
    }
    let reporter = complaint_office.sign_in_with_code(&cases[0].code).await;
    for _ in &cases {
        let breach = json!({"kind": "key_lost", "happened": "Flashdisk hilang.", "discovered_at": complaint_office.app.clock.now(), "all": true});
        complaint_office
            .custodian
            .post("/api/v1/breaches", breach)
            .await
            .expect(201);
    }
    let staff = Box::pin(everybody_of(&complaint_office.app)).await;
    let people: Vec<_> = staff
        .iter()
        .chain([
            &complaint_office.head,
            &complaint_office.custodian,
            &complaint_office.auditor,
            &complaint_office.conflict_officer,
            &complaint_office.team_lead,
            &complaint_office.clerk,
            &reporter,
        ])
        .collect();
    let whistle_blowing = walk(&people, &there).await;
    assert_no_other_use(&whistle_blowing, &people, &there).await;

    let walked: BTreeSet<_> = certification
        .iter()
        .chain(&whistle_blowing)
        .map(|one| one.list.path.as_str())
        .collect();
    let all = lists();
    let never: Vec<_> = all
        .iter()
        .map(|one| one.path.as_str())
        .filter(|path| !walked.contains(path))
        .collect();
    assert_eq!(never, [""; 0], "make two rows of each list above");
}
