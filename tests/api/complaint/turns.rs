//! Every route of the contract at a case that waits for another role, or no longer for this one,
//! and with tokens that are valid elsewhere (abuse cases 8, 11 and 48). `sweep` does the same at
//! hidden and visible cases.

use reqwest::Method;
use serde_json::json;
use service_desk::complaint::sop::Stage;
use service_desk::sop::role::Role;
use uuid::Uuid;

use super::attempts::Specimen;
use super::office::{ComplaintOffice, Until};
use super::sweep::{Target, ask, at_a_case, bare};
use crate::manners::operations;
use crate::support::{Person, Request};

/// Asserts that `person` gets the same replies for this case as for one that does not exist.
async fn assert_answered_like_unknown(
    office: &ComplaintOffice,
    bystander: &Person,
    strangers: &[(&str, &Person)],
    specimen: &Specimen,
) {
    let before = office.written_counts(specimen, None).await;
    let there = Target {
        case: specimen.id().0,
        ..Target::made_up()
    };
    for operation in at_a_case() {
        for (who, stranger) in strangers {
            let none = Target::made_up();
            let (found, missed) = (
                ask(office, bystander, stranger, &operation, &there).await,
                ask(office, bystander, stranger, &operation, &none).await,
            );
            let place = format!("{} by {who} at {:?}", operation.id, specimen.stage);
            assert!(
                (400..500).contains(&found.status),
                "{place}: {}",
                found.status
            );
            assert_eq!(bare(&found, &there), bare(&missed, &none), "{place}");
        }
    }
    assert_eq!(
        office.written_counts(specimen, None).await,
        before,
        "and nothing came of it"
    );
}

#[actix_web::test]
async fn a_case_of_another_team_or_before_ones_turn_is_answered_byte_for_byte_like_none() {
    let mut office = ComplaintOffice::open().await;
    let (lead, staff) = (
        office.another(Role::TeamLead, "Joko Susilo").await,
        office.another(Role::TeamStaff, "Maya Lestari").await,
    );
    office
        .admin
        .post(
            "/api/v1/teams",
            json!({"name": "Tim Kalibrasi", "members": [lead.id, staff.id]}),
        )
        .await
        .expect(201);
    let bystander = office.another(Role::PjiStaff, "Bayu Aji").await;
    let mut specimens = Vec::new();
    for (until, stage) in [
        (Until::Screened, Stage::Screened),
        (Until::Disposed, Stage::Disposed),
        (Until::Forwarded, Stage::Forwarded),
    ] {
        specimens.push(Specimen {
            case: office.case(until).await,
            stage,
        });
    }
    let [fresh, disposed, forwarded] = &specimens[..] else {
        panic!("three cases")
    };
    let (lead, staff) = (lead.sign_in_again().await, staff.sign_in_again().await);
    let others = [
        ("another team's lead", &lead),
        ("another team's staff", &staff),
        ("the drafter", &office.team_staff),
        ("outside", &office.external),
    ];
    assert_answered_like_unknown(&office, &bystander, &others, forwarded).await;
    let before_the_team = [others.as_slice(), &[("the team's lead", &office.team_lead)]].concat();
    assert_answered_like_unknown(&office, &bystander, &before_the_team, disposed).await;
    assert_answered_like_unknown(
        &office,
        &bystander,
        &[
            before_the_team.as_slice(),
            &[("the lead of PJI", &office.pji_lead)],
        ]
        .concat(),
        fresh,
    )
    .await;
    assert_eq!(
        office.team_lead.get(&forwarded.case.path).await.expect(200)["stage"],
        "forwarded",
        "the next actor sees it"
    );
}

#[actix_web::test]
async fn a_reporters_token_opens_no_route_of_staff_and_none_of_staff_opens_a_reporters() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let (reporter, id) = (
        office.sign_in_with_code(&case.code).await,
        case.path.rsplit('/').next().unwrap(),
    );
    let (mut of_staff, mut of_reporters) = (0, 0);
    for operation in operations()
        .into_iter()
        .filter(|one| !one.open && one.path.starts_with("/api/"))
    {
        let body = (operation.method != Method::GET).then(|| ("application/json", b"{}".to_vec()));
        let path = if operation.path.starts_with("/api/v1/complaints/{id}") {
            operation
                .path
                .replace("{id}", id)
                .replace("{disclosure}", &Uuid::new_v4().to_string())
                .replace("{attachment}", &Uuid::new_v4().to_string())
                .replace("{report}", &Uuid::new_v4().to_string())
        } else {
            operation.address()
        };
        let asking = Request {
            method: operation.method.clone(),
            path: &path,
            body,
            headers: &[],
        };
        if operation.reporter {
            of_reporters += 1;
            for person in [
                &office.head,
                &office.team_lead,
                &office.clerk,
                &office.custodian,
                &office.admin,
            ] {
                let refused = person.ask(&asking).await;
                // A wrong body may be refused before the token is looked up.
                assert!(
                    (400..500).contains(&refused.status),
                    "{}: {}",
                    operation.id,
                    refused.status
                );
                assert!(
                    operation.method != Method::GET || refused.status == 401,
                    "{}: {}",
                    operation.id,
                    refused.status
                );
            }
        } else {
            of_staff += 1;
            let refused = reporter.ask(&asking).await;
            assert_eq!(
                (refused.status, refused.code()),
                (401, "unauthenticated"),
                "{} {path}",
                operation.id
            );
        }
    }
    assert!(
        of_staff > 60 && of_reporters >= 9,
        "{of_staff} and {of_reporters}"
    );
}

#[actix_web::test]
async fn a_warning_leads_its_receiver_to_no_case_by_no_id_and_no_parameter() {
    let mut office = ComplaintOffice::open().await;
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    let case = office.case(Until::Forwarded).await;
    let warning = json!({"warnings": [{"user": warned.id, "text": "Pungutan di luar tarif tidak dibenarkan."}]});
    office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning)
        .await
        .expect(200);
    let warned = warned.sign_in_again().await;
    let id = warned.get("/api/v1/warnings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for parameter in [
        "include=complaint",
        "expand=case",
        "fields=case_id",
        "complaint=1",
    ] {
        warned
            .get(&format!("/api/v1/warnings?{parameter}"))
            .await
            .refused(400, "invalid_parameter");
    }
    for end in [
        "",
        "/messages",
        "/timeline",
        "/attachments",
        "/answer",
        "/disposition",
    ] {
        warned
            .get(&format!("/api/v1/complaints/{id}{end}"))
            .await
            .refused(404, "not_found");
        warned
            .get(&format!("{}{end}", case.path))
            .await
            .refused(404, "not_found");
    }
    let mine = warned.get("/api/v1/warnings").await;
    let text = String::from_utf8_lossy(&mine.bytes).into_owned();
    assert!(
        !text.contains(&case.number)
            && !text.contains(case.path.rsplit('/').next().unwrap())
            && !text.contains("tunai"),
        "{text}"
    );
}
