//! Alarms: their recipients, their order, and the facts that they do not reveal.

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::{PASSPHRASE, Person, custodian};

const ALARMS: &str = "/api/v1/audit-trail/alarms";

/// Uses the activation slip of a complaint on paper twice.
async fn replay_a_slip(office: &mut ComplaintOffice) {
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    let activation = json!({"activation_code": slip["activation_code"]});
    office
        .nobody
        .post("/api/v1/complaints/activations", activation.clone())
        .await
        .expect(200);
    office
        .nobody
        .post("/api/v1/complaints/activations", activation)
        .await
        .refused(409, "activation_used");
}

/// Opens a disclosure after a change of the vault's row in the database.
async fn meet_a_tampered_vault(office: &ComplaintOffice, case: &Case) {
    let change =
        "update vault.identity set sealed = set_byte(sealed, 100, get_byte(sealed, 100) # 1)";
    sqlx::query(change)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let requests = format!("{}/disclosures", case.path);
    let asked = office
        .head
        .post(
            &requests,
            json!({"fields": ["name"], "purpose": "consent", "reason": "Perlu."}),
        )
        .await
        .expect(201);
    let grant = json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": custodian().1, "passphrase": PASSPHRASE});
    let decision = format!("{requests}/{}/decision", asked["id"].as_str().unwrap());
    office
        .custodian
        .post(&decision, grant)
        .await
        .refused(500, "internal_error");
}

async fn alarms(person: &Person) -> Vec<Value> {
    person.get(ALARMS).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

fn kinds(alarms: &[Value]) -> Vec<&str> {
    alarms
        .iter()
        .map(|alarm| alarm["kind"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn custodian_and_auditor_find_what_was_tampered_with_newest_first_and_nothing_that_leads_to_a_complaint()
 {
    let mut office = ComplaintOffice::open().await;
    replay_a_slip(&mut office).await;
    assert_eq!(
        alarms(&office.custodian).await,
        [json!(null); 0],
        "no alarm about a reporter's act before it surfaces"
    );
    let case = office.case(Until::Screened).await;
    meet_a_tampered_vault(&office, &case).await;
    let request =
        json!({"fields": ["name"], "purpose": "law_enforcement", "reason": "Surat penyidik."});
    office
        .pji_lead
        .post(&format!("{}/disclosures", case.path), request.clone())
        .await
        .refused(404, "not_found");
    office
        .head
        .post(&format!("{}/disclosures", case.path), request)
        .await
        .refused(409, "conflict");

    let found = alarms(&office.custodian).await;
    assert_eq!(
        kinds(&found),
        [
            "disclosure_without_custodian",
            "vault_tampered_with",
            "activation_replayed"
        ]
    );
    assert_eq!(found, alarms(&office.auditor).await);
    assert_eq!(
        found[0]["object_ref"], found[1]["object_ref"],
        "of one case"
    );
    assert_ne!(found[1]["object_ref"], found[2]["object_ref"]);
    for alarm in &found {
        let mut told: Vec<_> = alarm.as_object().unwrap().keys().collect();
        told.sort();
        assert_eq!(
            told,
            ["kind", "object_ref", "on"],
            "no time, no person, no text"
        );
        let text = alarm.to_string();
        assert!(
            !text.contains(&case.number) && !text.contains(case.path.rsplit('/').next().unwrap()),
            "{text}"
        );
    }
    // The auditor reads the other events of that case; the custodian may not read the trail.
    let of_case = format!(
        "/api/v1/audit-trail?object_ref={}",
        found[0]["object_ref"].as_str().unwrap()
    );
    assert!(
        office.auditor.get(&of_case).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
            > 2
    );
    office
        .custodian
        .get(&of_case)
        .await
        .refused(403, "forbidden");

    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = office
            .custodian
            .get(&format!("{ALARMS}?limit=1{cursor}"))
            .await
            .expect(200);
        walked.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(
        walked, found,
        "each once, though every page is itself an event"
    );
}

#[actix_web::test]
async fn nobody_else_finds_an_alarm_and_each_reading_is_written_into_the_trail() {
    let mut office = ComplaintOffice::open().await;
    replay_a_slip(&mut office).await;
    office.next_slot().await;
    for other in [
        &office.head,
        &office.pji_lead,
        &office.team_lead,
        &office.clerk,
        &office.conflict_officer,
        &office.external,
        &office.admin,
    ] {
        other.get(ALARMS).await.refused(403, "forbidden");
    }
    office
        .nobody
        .get(ALARMS)
        .await
        .refused(401, "unauthenticated");
    assert_eq!(
        (
            alarms(&office.custodian).await.len(),
            alarms(&office.auditor).await.len()
        ),
        (1, 1)
    );
    let read = office
        .auditor
        .get("/api/v1/audit-trail?action=read_alarms")
        .await
        .expect(200);
    let readers: Vec<_> = read["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["actor_id"].clone())
        .collect();
    assert_eq!(
        readers,
        [json!(office.auditor.id), json!(office.custodian.id)]
    );
}

#[actix_web::test]
async fn whoever_is_barred_from_a_complaint_finds_none_of_its_alarms() {
    let mut office = ComplaintOffice::open().await;
    let barred = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    replay_a_slip(&mut office).await;
    let case = office.case(Until::Screened).await;
    let barred = barred.sign_in_again().await;
    meet_a_tampered_vault(&office, &case).await;
    assert_eq!(
        kinds(&alarms(&barred).await),
        ["vault_tampered_with", "activation_replayed"]
    );
    for person in [&barred, &office.auditor] {
        office
            .conflict_officer
            .post(
                &format!("{}/conflicts", case.path),
                json!({"user": person.id, "reason": "Terkait."}),
            )
            .await
            .expect(204);
        assert_eq!(kinds(&alarms(person).await), ["activation_replayed"]);
    }
    assert_eq!(
        kinds(&alarms(&office.custodian).await),
        ["vault_tampered_with", "activation_replayed"]
    );
}
