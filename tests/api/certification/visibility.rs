//! A hidden case does not exist for the caller: as a single resource, in lists and in counts, byte
//! for byte.

use serde_json::Value;
use service_desk::certification::sop::Stage;
use service_desk::sop::role::Role;
use uuid::Uuid;

use super::Office;
use super::attempts::{Specimen, tasks};
use super::office::Until;
use crate::support::{Answer, Person};

/// Every readable sub-resource of a case.
const READS: [&str; 9] = [
    "",
    "/timeline",
    "/deficiency-sheets",
    "/audit-confirmations",
    "/snapshots",
    "/snapshots/2/changes",
    "/documents",
    "/documents/Q01/versions/1",
    "/audit-notice",
];

/// The problem without the values of this one request.
fn comparable(answer: Answer) -> Value {
    let mut body = answer.refused(404, "not_found");
    for own in ["trace_id", "instance"] {
        body.as_object_mut().unwrap().remove(own);
    }
    body
}

/// Asserts that every request of `person` about `hidden` is answered as for an unknown id.
async fn assert_hidden(office: &Office, person: &Person, hidden: &Specimen) {
    let unknown = Specimen {
        case: format!("/api/v1/applications/{}", Uuid::new_v4()),
        billing: None,
        ..hidden.clone()
    };
    for read in READS {
        let (one, other) = (
            person.get(&format!("{}{read}", hidden.case)).await,
            person.get(&format!("{}{read}", unknown.case)).await,
        );
        assert_eq!(comparable(one), comparable(other), "GET {read}");
    }
    for task in tasks() {
        let (one, other) = (
            office.attempt(person, hidden, task).await,
            office.attempt(person, &unknown, task).await,
        );
        assert_eq!(comparable(one), comparable(other), "{task:?}");
    }
    if let Some(billing) = &hidden.billing {
        let nowhere = format!("/api/v1/billings/{}", Uuid::new_v4());
        assert_eq!(
            comparable(person.get(billing).await),
            comparable(person.get(&nowhere).await)
        );
    }
}

/// The numbers of files, billings and notices in the lists of `person`; the count of files with
/// them.
async fn listed(person: &Person, narrowed: &str) -> (usize, i64, usize, usize, usize) {
    let files = person
        .get(&format!(
            "/api/v1/applications?count=true&limit=200{narrowed}"
        ))
        .await
        .expect(200);
    let length = |list: &Value| list["items"].as_array().unwrap().len();
    let count = files["count"].as_i64().unwrap();
    let billings = person.get("/api/v1/billings").await.expect(200);
    let notices = person.get("/api/v1/audit-notices").await.expect(200);
    let desk = person.get("/api/v1/desk").await.expect(200);
    (
        length(&files),
        count,
        length(&billings),
        length(&notices),
        length(&desk),
    )
}

#[actix_web::test]
async fn another_customers_files_are_not_there() {
    let office = Office::open().await;
    let specimens = office.specimens().await;
    let stranger = office.app.customer().await;
    for specimen in specimens.iter().filter(|specimen| {
        [Stage::Draft, Stage::AwaitingCustomer, Stage::NoticeSent].contains(&specimen.stage)
    }) {
        assert_hidden(&office, &stranger, specimen).await;
    }
    assert_eq!(listed(&stranger, "").await, (0, 0, 0, 0, 0));
    let owner = office.customer.get(&specimens[0].case).await.expect(200);
    let asked = format!("&customer={}", owner["customer"]["id"].as_str().unwrap());
    assert_eq!(
        listed(&stranger, &asked).await,
        (0, 0, 0, 0, 0),
        "a filter by the hidden value shows no more"
    );
    let all = specimens.len();
    assert_eq!(listed(&office.customer, "").await.0, all);
    assert_eq!(listed(&office.customer, &asked).await.0, all);
}

#[actix_web::test]
async fn staff_see_a_file_from_the_stage_that_first_names_them_and_from_then_on() {
    let office = Office::open().await;
    let (specimens, people) = (office.specimens().await, office.person_of_each_role().await);
    for (role, person) in &people {
        let files = person
            .get("/api/v1/applications?count=true&limit=200")
            .await
            .expect(200);
        let listed: Vec<_> = files["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        let mut expected = 0;
        for specimen in &specimens {
            let seen = specimen.is_seen_by(*role);
            let place = format!("{:?} by {}", specimen.stage, role.code());
            let answer = person.get(&specimen.case).await;
            assert_eq!(answer.status, if seen { 200 } else { 404 }, "{place}");
            assert_eq!(
                listed.contains(&specimen.id().to_string().as_str()),
                seen,
                "{place} in the list"
            );
            expected += usize::from(seen);
        }
        assert_eq!(
            (listed.len(), files["count"].as_u64()),
            (expected, Some(expected as u64)),
            "{}",
            role.code()
        );
    }
}

/// The head and both leads answer for the office's work.
#[actix_web::test]
async fn the_head_and_the_leads_read_every_submitted_file_and_no_draft() {
    let office = Office::open().await;
    let specimens = office.specimens().await;
    // A draft that was withdrawn was never submitted.
    let unsent = office.draft().await;
    office
        .customer
        .post(
            &format!("{unsent}/withdrawal"),
            serde_json::json!({"reason": "Belum jadi."}),
        )
        .await
        .expect(200);
    let received: std::collections::BTreeSet<_> = specimens
        .iter()
        .filter(|specimen| specimen.stage != Stage::Draft)
        .map(|specimen| specimen.id().to_string())
        .collect();
    for person in [&office.head, &office.pji_lead, &office.ss_lead] {
        person.get(&unsent).await.refused(404, "not_found");
        let files = person
            .get("/api/v1/applications?count=true&limit=200")
            .await
            .expect(200);
        let listed: std::collections::BTreeSet<_> = files["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            (&listed, files["count"].as_u64()),
            (&received, Some(received.len() as u64))
        );
        for specimen in &specimens {
            let expected = if specimen.stage == Stage::Draft {
                404
            } else {
                200
            };
            for read in [
                "",
                "/timeline",
                "/documents",
                "/snapshots",
                "/deficiency-sheets",
                "/audit-confirmations",
            ] {
                let answer = person.get(&format!("{}{read}", specimen.case)).await;
                assert_eq!(answer.status, expected, "{:?}{read}", specimen.stage);
            }
        }
        let none = person
            .get("/api/v1/applications?stage=draft")
            .await
            .expect(200);
        assert_eq!(none["items"], serde_json::json!([]));
    }
}

#[actix_web::test]
async fn what_staff_may_not_see_yet_is_not_there() {
    let office = Office::open().await;
    let specimens = office.specimens().await;
    for specimen in &specimens {
        let hidden_from: &[&Person] = match specimen.stage {
            Stage::Draft => &[
                &office.pji_staff,
                &office.operations,
                &office.head,
                &office.pji_lead,
                &office.ss_lead,
            ],
            // Withdrawn before it was filed: operations never see it.
            Stage::Submitted | Stage::Withdrawn => &[&office.operations, &office.treasurer],
            Stage::Confirmed | Stage::NoticeSigned => &[&office.treasurer],
            Stage::Filed
            | Stage::Deficient
            | Stage::Verified
            | Stage::AwaitingCustomer
            | Stage::Completed
            | Stage::NoticeDrafted
            | Stage::NoticeInitialled
            | Stage::NoticeSent
            | Stage::Rejected
            | Stage::Expired => &[],
        };
        for person in hidden_from {
            assert_hidden(&office, person, specimen).await;
        }
    }
}

#[actix_web::test]
async fn a_customer_reads_the_notice_only_once_it_is_sent() {
    let office = Office::open().await;
    for specimen in office.specimens().await {
        let (sent, signed) = (
            specimen.stage == Stage::NoticeSent,
            [Stage::NoticeSigned, Stage::NoticeSent].contains(&specimen.stage),
        );
        let path = format!("{}/audit-notice", specimen.case);
        assert_eq!(
            office.customer.get(&path).await.status,
            if sent { 200 } else { 404 },
            "{:?}",
            specimen.stage
        );
        let id = specimen.id().to_string();
        let shows = async |person: &Person| {
            let notices = person.get("/api/v1/audit-notices").await.expect(200);
            notices["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|notice| notice["application_id"] == id.as_str())
        };
        assert_eq!(
            (shows(&office.customer).await, shows(&office.head).await),
            (sent, signed),
            "{:?}",
            specimen.stage
        );
    }
}

#[actix_web::test]
async fn a_billing_of_a_case_is_found_by_whoever_sees_the_case() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    for (role, person) in office.person_of_each_role().await {
        let billings = person.get("/api/v1/billings").await.expect(200);
        let sees = ![
            Role::TeamLead,
            Role::TeamStaff,
            Role::IntakeClerk,
            Role::ConflictOfficer,
            Role::ExternalHandler,
        ]
        .into_iter()
        .chain([Role::IdentityCustodian, Role::InternalAuditor, Role::Admin])
        .any(|other| other == role);
        assert_eq!(
            billings["items"].as_array().unwrap().len(),
            usize::from(sees),
            "{}",
            role.code()
        );
        assert_eq!(person.get(&case).await.status, if sees { 200 } else { 404 });
    }
}
