//! Every route of the contract as every role, at a visible case, at a hidden case, and at a case
//! that does not exist (abuse cases 2, 8 and 12). The routes are those of the OpenAPI document, so
//! a new route is included by itself and needs a decision in `may`.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::complaint::sop::{SOP, Stage, Task};
use service_desk::complaint::views::READERS;
use service_desk::sop::gate::{AuthContext, Principal};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Stage as _, Task as _};
use uuid::Uuid;

use super::attachments::photograph_of;
use super::attempts::{Specimen, request};
use super::office::{Case, ComplaintOffice, Until};
use crate::manners::{Operation, operations};
use crate::support::{Answer, Person, Request};

/// The roles that have seen a case which went outside once, came back, and passed all stages.
const SEEING: [Role; 6] = [
    Role::Head,
    Role::PjiLead,
    Role::TeamLead,
    Role::TeamStaff,
    Role::ConflictOfficer,
    Role::ExternalHandler,
];

/// A case with its sub-resources.
pub struct Target {
    pub case: Uuid,
    pub disclosure: Uuid,
    pub warning: Uuid,
    pub attachment: Uuid,
    pub report: Uuid,
}

impl Target {
    pub fn made_up() -> Self {
        Self {
            case: Uuid::new_v4(),
            disclosure: Uuid::new_v4(),
            warning: Uuid::new_v4(),
            attachment: Uuid::new_v4(),
            report: Uuid::new_v4(),
        }
    }

    pub fn path_of(&self, operation: &Operation) -> String {
        let id = if operation.path.starts_with("/api/v1/warnings") {
            self.warning
        } else {
            self.case
        };
        let path = operation
            .path
            .replace("{id}", &id.to_string())
            .replace("{disclosure}", &self.disclosure.to_string());
        path.replace("{attachment}", &self.attachment.to_string())
            .replace("{report}", &self.report.to_string())
    }
}

/// Every operation of staff at a case or at a sub-resource.
pub fn at_a_case() -> Vec<Operation> {
    let of_complaints = |path: &str| {
        path.starts_with("/api/v1/complaints/{id}") || path.starts_with("/api/v1/warnings/{id}")
    };
    let found: Vec<_> = operations()
        .into_iter()
        .filter(|one| of_complaints(&one.path) && !one.reporter)
        .collect();
    assert!(
        found.len() >= 27,
        "a document without operations would prove nothing"
    );
    found
}

pub async fn ask(
    office: &ComplaintOffice,
    bystander: &Person,
    person: &Person,
    operation: &Operation,
    target: &Target,
) -> Answer {
    let body = match (operation.id.as_str(), Task::from_code(&operation.id)) {
        (_, Some(task)) => request(office, bystander, task).1,
        ("request_disclosure", _) => Some(
            json!({"fields": ["address"], "purpose": "delivery", "reason": "Surat harus diantar."}),
        ),
        ("decide_disclosure", _) => {
            Some(json!({"grant": false, "reason": "Dapat melalui portal."}))
        }
        ("open_disclosure" | "open_disclosed_original", _) => {
            Some(json!({"opening_code": "bukan kode"}))
        }
        ("state_side", _) => Some(json!({"text": "Bukan saya."})),
        _ => (operation.method != Method::GET).then(|| json!({})),
    };
    let body = body.map(|body| ("application/json", serde_json::to_vec(&body).unwrap()));
    person
        .ask(&Request {
            method: operation.method.clone(),
            path: &target.path_of(operation),
            body,
            headers: &[],
        })
        .await
}

/// Whether a holder of `role` may do it at the visible, answered case: for tasks the table of the
/// SOP decides, for other operations the design's table of readers (docs/whistle-blowing.md).
fn may(operation: &Operation, role: Role) -> bool {
    let sees = SEEING.contains(&role);
    // A paper is for the readers of the data.
    let id = operation.id.trim_end_matches("_pdf");
    match (id, Task::from_code(id)) {
        (_, Some(task)) => {
            let context = AuthContext {
                caller: Principal::User(Uuid::nil()),
                roles: Roles::NONE.with(role),
                sees,
                done_by_caller: &[],
                done_by_anyone: &[],
            };
            SOP.permit(task, Stage::Answered, &context).is_ok()
        }
        ("read_complaint" | "read_complaint_timeline", _) => sees,
        (
            "list_messages"
            | "list_attachments"
            | "download_attachment"
            | "list_own_disclosures"
            | "request_disclosure"
            | "read_disposition",
            _,
        ) => READERS.contains(&role),
        ("read_answer", _) => READERS.contains(&role) || role == Role::TeamStaff,
        ("list_conflicts" | "list_retaliation_reports", _) => role == Role::ConflictOfficer,
        ("decide_disclosure", _) => role == Role::IdentityCustodian,
        // No user here was warned, and none has the disclosure's code.
        ("open_disclosure" | "open_disclosed_original" | "state_side", _) => false,
        (other, _) => panic!(
            "{other}: say here which roles may do it at a case they see, and at none that is hidden"
        ),
    }
}

/// A reply without the values that differ in every reply: trace id, time, connection, rate limit,
/// and the requested ids.
pub fn bare(answer: &Answer, target: &Target) -> (u16, Vec<(String, String)>, String) {
    let headers = answer.headers().into_iter().filter(|(name, _)| {
        !["date", "x-request-id", "connection"].contains(name) && !name.starts_with("ratelimit")
    });
    let mut text = String::from_utf8(answer.bytes.clone()).unwrap();
    if let Some(trace) = answer.body["trace_id"].as_str() {
        text = text.replace(trace, "trace");
    }
    for id in [
        target.case,
        target.disclosure,
        target.warning,
        target.attachment,
        target.report,
    ] {
        text = text.replace(&id.to_string(), "id");
    }
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    headers.sort();
    (answer.status, headers, text)
}

/// The case with a disclosure and a warning, after all stages.
async fn answered(
    office: &mut ComplaintOffice,
    asking: &Person,
    warned: &Person,
) -> (Case, Target) {
    let case = office.case(Until::Screened).await;
    let photograph = Some((
        "application/octet-stream",
        photograph_of(b"loket", "GPS 2.9761 S", "Kamera kantor"),
    ));
    let attaching = Request {
        method: Method::POST,
        path: "/api/v1/complaints/mine/attachments",
        body: photograph,
        headers: &[],
    };
    let reporter = office.sign_in_with_code(&case.code).await;
    let attached = reporter.ask(&attaching).await.expect(201)["id"].clone();
    let report = json!({"kind": "threat", "text": "Saya diancam dipindahkan."});
    let made = reporter
        .post("/api/v1/complaints/mine/retaliation-reports", report)
        .await
        .expect(201)["id"]
        .clone();
    office.next_slot().await;
    let asking = asking.sign_in_again().await;
    let note = json!({"text": "Diuji oleh kantor."});
    office
        .head
        .post(&format!("{}/referral", case.path), note.clone())
        .await
        .expect(204);
    office
        .conflict_officer
        .post(&format!("{}/recall", case.path), note)
        .await
        .expect(200);
    office.bring_to(&case, Until::Forwarded).await;
    let warning = json!({"warnings": [{"user": warned.id, "text": "Tidak dibenarkan."}]});
    let warned = office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning)
        .await
        .expect(200)["warnings"][0]["id"]
        .clone();
    office
        .team_lead
        .post(
            &format!("{}/resolution", case.path),
            json!({"finding": "proven", "summary": "Terbukti."}),
        )
        .await
        .expect(200);
    office
        .team_staff
        .post(&format!("{}/answer", case.path), super::office::answer())
        .await
        .expect(200);
    office
        .head
        .act(&format!("{}/answer/signature", case.path))
        .await
        .expect(200);
    office.run_due_work().await;
    let disclosure =
        json!({"fields": ["address"], "purpose": "delivery", "reason": "Surat harus diantar."});
    let disclosure = asking
        .post(&format!("{}/disclosures", case.path), disclosure)
        .await
        .expect(201)["id"]
        .clone();
    let id = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let target = Target {
        case: case.path.rsplit('/').next().unwrap().parse().unwrap(),
        disclosure: id(&disclosure),
        warning: id(&warned),
        attachment: id(&attached),
        report: id(&made),
    };
    (case, target)
}

#[actix_web::test]
async fn every_route_at_a_hidden_case_answers_byte_for_byte_as_at_none_and_at_a_visible_one_as_the_table_says()
 {
    let mut office = ComplaintOffice::open().await;
    let second = office.another(Role::Head, "Ratna Dewi").await;
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    let (visible, seen) = answered(&mut office, &second, &warned).await;
    let (hidden, unseen) = answered(&mut office, &second, &warned).await;
    let (people, bystander) = (
        office.person_of_each_role().await,
        office.another(Role::PjiStaff, "Bayu Aji").await,
    );
    // Every user is barred from the second case; the conflict officer is barred last.
    let barring = people
        .iter()
        .filter(|(role, _)| ![Role::ConflictOfficer, Role::Customer].contains(role));
    for (_, person) in barring.chain(
        people
            .iter()
            .filter(|(role, _)| *role == Role::ConflictOfficer),
    ) {
        let conflict = json!({"user": person.id, "reason": "Terkait dengan terlapor."});
        office
            .conflict_officer
            .post(&format!("{}/conflicts", hidden.path), conflict)
            .await
            .expect(204);
    }
    let hidden = Specimen {
        case: hidden,
        stage: Stage::Answered,
    };
    let before = office.written_counts(&hidden, None).await;
    for operation in at_a_case() {
        for (role, person) in &people {
            let place = format!("{} by {}", operation.id, role.code());
            let none = Target::made_up();
            let at_hidden = ask(&office, &bystander, person, &operation, &unseen).await;
            assert!(
                (400..500).contains(&at_hidden.status),
                "{place}: {}",
                at_hidden.status
            );
            assert_eq!(
                bare(&at_hidden, &unseen),
                bare(
                    &ask(&office, &bystander, person, &operation, &none).await,
                    &none
                ),
                "{place}"
            );
        }
    }
    assert_eq!(
        office.written_counts(&hidden, None).await,
        before,
        "and nothing came of it"
    );
    // Reopening changes the case's stage, so it comes last.
    let (last, others): (Vec<_>, Vec<_>) = at_a_case()
        .into_iter()
        .partition(|operation| operation.id == "reopen_complaint");
    for operation in others.into_iter().chain(last) {
        for (role, person) in &people {
            let answer = ask(&office, &bystander, person, &operation, &seen).await;
            let place = format!(
                "{} by {}: {} {:#}",
                operation.id,
                role.code(),
                answer.status,
                answer.body
            );
            assert_eq!(
                (200..300).contains(&answer.status),
                may(&operation, *role),
                "{place}"
            );
            assert!(answer.status < 500, "{place}");
            if !SEEING.contains(role) && answer.status != 403 && operation.id != "decide_disclosure"
            {
                assert_eq!(answer.status, 404, "{place}");
            }
        }
    }
    assert_eq!(
        office
            .stage(&Specimen {
                case: visible,
                stage: Stage::Answered
            })
            .await
            .code(),
        "reopened"
    );
}

#[actix_web::test]
async fn no_list_of_the_contract_holds_a_hidden_case_for_anybody_and_no_reply_an_identity() {
    let mut office = ComplaintOffice::open().await;
    let second = office.another(Role::Head, "Ratna Dewi").await;
    let warned = office.another(Role::PjiStaff, "Doni Saputra").await;
    let (hidden, target) = answered(&mut office, &second, &warned).await;
    let people = office.person_of_each_role().await;
    for (role, person) in people
        .iter()
        .filter(|(role, _)| ![Role::ConflictOfficer, Role::Customer].contains(role))
    {
        let conflict = json!({"user": person.id, "reason": role.code()});
        office
            .conflict_officer
            .post(&format!("{}/conflicts", hidden.path), conflict)
            .await
            .expect(204);
    }
    let conflict = json!({"user": office.conflict_officer.id, "reason": "Saudara kandung."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", hidden.path), conflict)
        .await
        .expect(204);
    let lists: Vec<_> = operations()
        .into_iter()
        .filter(|one| one.method == Method::GET && !one.path.contains('{') && !one.reporter)
        .collect();
    assert!(lists.len() > 12);
    let tells = |answer: &Answer| {
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let ids = [
            target.case,
            target.disclosure,
            target.warning,
            target.attachment,
            target.report,
        ];
        text.contains(&hidden.number) || ids.iter().any(|id| text.contains(&id.to_string()))
    };
    for operation in &lists {
        for (role, person) in &people {
            let answer = person.get(&operation.path).await;
            assert!(
                answer.status < 500 && !tells(&answer),
                "{} by {}: {:#}",
                operation.id,
                role.code(),
                answer.body
            );
        }
    }
    let second = second.sign_in_again().await;
    assert!(
        tells(&second.get("/api/v1/complaints").await),
        "there is content to read"
    );
    assert!(tells(
        &warned.sign_in_again().await.get("/api/v1/warnings").await
    ));
}
