//! Identities opened by the custodian: the requesters, the decision, the number of openings, the
//! deadlines, and the reaction to manipulation in the database.

use serde_json::{Value, json};
use service_desk::complaint::custody::key_file::new_custodian_key;
use service_desk::complaint::identity::seal_identity;
use service_desk::complaint::sealing::keys::Keys;
use service_desk::complaint::sealing::keys::ShredSalt;
use service_desk::ids::{ComplaintId, UserId};
use service_desk::secrecy::MasterKey;
use service_desk::sop::role::{Role, Roles};

use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::{Answer, PASSPHRASE, Person, custodian};

const NAME: &str = "Siti Rahmawati";
const ADDRESS: &str = "Jl. Merdeka No. 5, Palembang";
const NIK: &str = "1671014203900001";

/// A request as its requester has it.
pub struct RequestedDisclosure {
    pub path: String,
    pub code: String,
}

pub fn confidential() -> Value {
    let mut form = form();
    form["identity"] = json!({"name": NAME, "nik": NIK, "address": ADDRESS});
    form
}

/// The office, and a confidential complaint that its head reads.
pub async fn office_with_case() -> (ComplaintOffice, Case) {
    let mut office = Box::pin(ComplaintOffice::open()).await;
    let case = another(&mut office, confidential()).await;
    (office, case)
}

async fn another(office: &mut ComplaintOffice, form: Value) -> Case {
    Box::pin(office.case_of(form, Until::Screened)).await
}

fn request(purpose: &str, fields: &[&str]) -> Value {
    json!({"fields": fields, "purpose": purpose, "reason": "Surat jawaban harus diantar."})
}

pub async fn ask(
    person: &Person,
    case: &Case,
    purpose: &str,
    fields: &[&str],
) -> RequestedDisclosure {
    let requests = format!("{}/disclosures", case.path);
    let made = person.post(&requests, request(purpose, fields)).await;
    assert_eq!(made.header("location"), Some(requests.as_str()));
    let made = made.expect(201);
    assert_eq!(made["state"], "pending");
    RequestedDisclosure {
        path: format!("{requests}/{}", made["id"].as_str().unwrap()),
        code: made["opening_code"].as_str().unwrap().to_owned(),
    }
}

pub fn grant() -> Value {
    json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": custodian().1, "passphrase": PASSPHRASE})
}

fn denial() -> Value {
    json!({"grant": false, "reason": "Jawaban dapat disampaikan melalui portal."})
}

pub async fn decide(person: &Person, asked: &RequestedDisclosure, decision: Value) -> Answer {
    person
        .post(&format!("{}/decision", asked.path), decision)
        .await
}

pub async fn open(person: &Person, asked: &RequestedDisclosure) -> Answer {
    person
        .post(
            &format!("{}/opening", asked.path),
            json!({"opening_code": asked.code}),
        )
        .await
}

fn case_id(case: &Case) -> ComplaintId {
    ComplaintId(case.path.rsplit('/').next().unwrap().parse().unwrap())
}

/// Asserts that an answer contains nothing of the identity.
pub fn assert_no_identity(answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert!(
        [NAME, ADDRESS, NIK]
            .iter()
            .all(|secret| !text.contains(secret)),
        "{text}"
    );
}

/// The disclosure requests on the desk of `person`.
pub async fn requests_on_the_desk(person: &Person) -> Vec<Value> {
    let desk = person.get("/api/v1/desk").await.expect(200);
    desk["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item.get("disclosure").cloned())
        .collect()
}

async fn stored_fields(office: &ComplaintOffice) -> i64 {
    sqlx::query_scalar("select count(*) from wbs.disclosure where sealed_fields is not null")
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

pub async fn actions(office: &ComplaintOffice) -> Vec<String> {
    let named = "select action from audit.event where action like '%disclosure%' or action like '%opening%' or action like 'vault%' order by seq";
    sqlx::query_scalar(named)
        .fetch_all(&mut office.app.sql().await)
        .await
        .unwrap()
}

#[actix_web::test]
async fn granted_fields_are_opened_once_by_the_one_who_asked_and_the_reporter_is_told() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "delivery", &["name", "address"]).await;
    office
        .head
        .post(
            &format!("{}/disclosures", case.path),
            request("consent", &["nik"]),
        )
        .await
        .refused(409, "conflict");

    let list = office.custodian.get("/api/v1/disclosures").await;
    assert_no_identity(&list);
    assert!(!String::from_utf8_lossy(&list.bytes).contains(&case.number));
    let waiting = list.expect(200)["items"][0].clone();
    assert_eq!(
        (waiting["state"].as_str(), waiting["reason"].as_str()),
        (Some("pending"), Some("Surat jawaban harus diantar."))
    );
    office
        .custodian
        .get(&case.path)
        .await
        .refused(404, "not_found");

    open(&office.head, &asked).await.refused(409, "conflict");
    let mut narrower = grant();
    narrower["fields"] = json!(["address"]);
    let granted = decide(&office.custodian, &asked, narrower).await;
    assert_no_identity(&granted);
    let granted = granted.expect(200);
    assert_eq!(
        (granted["state"].as_str(), &granted["granted"]),
        (Some("granted"), &json!(["address"]))
    );
    decide(&office.custodian, &asked, denial())
        .await
        .refused(409, "conflict");

    let wrong = json!({"opening_code": "bukan kode"});
    let refused = office
        .head
        .post(&format!("{}/opening", asked.path), wrong)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refused["errors"][0]["code"], "wrong_code");
    let opened = open(&office.head, &asked).await.expect(200);
    assert_eq!(
        opened,
        json!({"fields": {"address": ADDRESS}}),
        "the granted fields and nothing else"
    );
    assert_eq!(stored_fields(&office).await, 0);
    open(&office.head, &asked).await.refused(409, "conflict");

    let own = office.head.get(&format!("{}/disclosures", case.path)).await;
    assert_no_identity(&own);
    assert_eq!(own.expect(200)["items"][0]["state"], "opened");
    let reporter = office.sign_in_with_code(&case.code).await;
    let notice = reporter
        .get("/api/v1/complaints/mine/messages")
        .await
        .expect(200)["items"][0]
        .clone();
    assert_eq!(notice["author"], "office");
    let text = notice["text"].as_str().unwrap();
    assert!(
        text.contains("alamat") && !text.contains("nama") && text.contains("Kepala Balai"),
        "{text}"
    );
    let log = reporter
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    let told = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|access| !access["disclosed"].is_null())
        .unwrap();
    assert_eq!(
        (told["role"].as_str(), &told["disclosed"]),
        (Some("head"), &json!(["address"]))
    );
    assert_eq!(
        actions(&office).await,
        [
            "request_disclosure",
            "grant_disclosure",
            "wrong_opening_code",
            "open_disclosure"
        ]
    );
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
async fn without_a_custodian_who_may_decide_nothing_is_opened() {
    let (office, case) = office_with_case().await;
    let requests = format!("{}/disclosures", case.path);
    // A law-enforcement disclosure needs two custodians, and there is one.
    office
        .head
        .post(&requests, request("law_enforcement", &["name"]))
        .await
        .refused(409, "conflict");
    // The only custodian has a conflict of interest in the case.
    let barred = json!({"user": office.custodian.id, "reason": "Saudara kandung dari terlapor."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), barred)
        .await
        .expect(204);
    office
        .head
        .post(&requests, request("consent", &["name"]))
        .await
        .refused(409, "conflict");
    // There is one custodian, and it is the requester.
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(Role::IdentityCustodian))
        .await;
    both.post(&requests, request("consent", &["name"]))
        .await
        .refused(409, "conflict");
    assert_eq!(actions(&office).await, ["disclosure_without_custodian"; 3]);
}

#[actix_web::test]
async fn nobody_decides_in_their_own_matter_and_who_is_barred_knows_of_none() {
    let (office, case) = office_with_case().await;
    let both = office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(Role::IdentityCustodian))
        .await;
    let asked = ask(&both, &case, "consent", &["name"]).await;
    let refusal = decide(&both, &asked, grant()).await;
    assert_no_identity(&refusal);
    refusal.refused(403, "four_eyes");
    decide(&office.head, &asked, grant())
        .await
        .refused(403, "forbidden");
    office
        .head
        .get("/api/v1/disclosures")
        .await
        .refused(403, "forbidden");

    let barred = json!({"user": office.custodian.id, "reason": "Saudara kandung dari terlapor."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), barred)
        .await
        .expect(204);
    let refusal = decide(&office.custodian, &asked, grant()).await;
    assert_no_identity(&refusal);
    refusal.refused(404, "not_found");
    assert_eq!(
        office
            .custodian
            .get("/api/v1/disclosures")
            .await
            .expect(200)["items"],
        json!([])
    );
    assert_eq!(
        (
            requests_on_the_desk(&both).await,
            requests_on_the_desk(&office.custodian).await
        ),
        (vec![], vec![])
    );
    assert_eq!(stored_fields(&office).await, 0);
}

#[actix_web::test]
async fn what_a_custodian_may_decide_lies_on_their_desk_until_they_have_done_their_part() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    assert_eq!(
        requests_on_the_desk(&office.custodian).await,
        Vec::<Value>::new()
    );
    let asked = ask(&office.head, &case, "law_enforcement", &["name"]).await;
    let desk = office.custodian.get("/api/v1/desk").await;
    assert_no_identity(&desk);
    assert!(
        !String::from_utf8_lossy(&desk.bytes).contains(&case.number),
        "nothing of the complaint but its id"
    );
    let laid = requests_on_the_desk(&office.custodian).await;
    assert_eq!(
        (
            laid.len(),
            &laid[0]["state"],
            asked.path.ends_with(laid[0]["id"].as_str().unwrap())
        ),
        (1, &json!("pending"), true)
    );
    assert_eq!(
        requests_on_the_desk(&office.head).await,
        Vec::<Value>::new(),
        "the head cannot decide"
    );

    decide(
        &office.custodian,
        &asked,
        json!({"grant": true, "reason": "Surat penyidik lengkap."}),
    )
    .await
    .expect(200);
    assert_eq!(
        requests_on_the_desk(&office.custodian).await,
        Vec::<Value>::new(),
        "a custodian cannot agree twice"
    );
    assert_eq!(requests_on_the_desk(&deputy).await[0]["state"], "seconded");
    decide(&deputy, &asked, denial()).await.expect(200);
    assert_eq!(requests_on_the_desk(&deputy).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn only_who_reads_the_complaint_asks_and_for_delivery_not_for_everything() {
    let (office, case) = office_with_case().await;
    let requests = format!("{}/disclosures", case.path);
    for stranger in [
        &office.team_lead,
        &office.team_staff,
        &office.conflict_officer,
        &office.clerk,
        &office.custodian,
        &office.auditor,
        &office.admin,
    ] {
        stranger
            .post(&requests, request("consent", &["name"]))
            .await
            .refused(404, "not_found");
        stranger.get(&requests).await.refused(404, "not_found");
    }
    office
        .head
        .post(&requests, request("delivery", &["name", "nik"]))
        .await
        .refused(422, "invalid_content");
    office
        .head
        .post(&requests, request("consent", &[]))
        .await
        .refused(422, "invalid_content");
    let asked = ask(&office.head, &case, "delivery", &["address"]).await;
    let mut wider = grant();
    wider["fields"] = json!(["address", "nik"]);
    assert_eq!(
        decide(&office.custodian, &asked, wider)
            .await
            .refused(422, "invalid_content")["errors"][0]["pointer"],
        "/fields/1"
    );
}

#[actix_web::test]
async fn what_was_granted_to_one_is_no_others_and_none_after_a_quarter_of_an_hour() {
    let (mut office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let colleague = office.app.staff(Role::Head).await;
    for other in [&colleague, &office.custodian, &office.admin] {
        let refusal = open(other, &asked).await;
        assert_no_identity(&refusal);
        refusal.refused(404, "not_found");
    }
    assert_eq!(
        colleague
            .get(&format!("{}/disclosures", case.path))
            .await
            .expect(200)["items"],
        json!([]),
        "each requester sees only their own requests"
    );
    office.later(15).await;
    open(&office.head, &asked).await.refused(409, "conflict");
    Box::pin(office.run_due_work()).await;
    assert_eq!(stored_fields(&office).await, 0);
    open(&office.head, &asked).await.refused(409, "conflict");
    assert_eq!(
        actions(&office).await,
        [
            "request_disclosure",
            "grant_disclosure",
            "expire_disclosure"
        ]
    );

    // Nor is a request that no custodian decides for a month.
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let ages = "update wbs.disclosure set requested_at = requested_at - interval '30 days' where state = 'pending'";
    sqlx::query(ages)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    decide(&office.custodian, &asked, grant())
        .await
        .refused(409, "conflict");
    ask(&office.head, &case, "consent", &["name"]).await;
}

#[actix_web::test]
async fn of_parallel_decisions_one_wins() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let decisions = [
        (&office.custodian, grant()),
        (&deputy, denial()),
        (&office.custodian, denial()),
        (&deputy, grant()),
    ];
    let answers = futures_util::future::join_all(
        decisions
            .into_iter()
            .map(|(person, decision)| decide(person, &asked, decision)),
    )
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 409, "{:#}", answer.body);
        assert!(["overtaken", "conflict"].contains(&answer.code()));
    }
    let decided = actions(&office).await;
    assert_eq!(decided.len(), 2, "{decided:?}");
}

#[actix_web::test]
async fn of_parallel_openings_one_gets_the_fields() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    let answers = futures_util::future::join_all((0..8).map(|_| open(&office.head, &asked))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_no_identity(answer);
        assert_eq!((answer.status, answer.code()), (409, "conflict"));
    }
}

#[actix_web::test]
async fn an_opening_that_races_a_bar_comes_before_it_or_not_at_all() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    // The bar is written but not committed; the opening waits for the commit, and then sees the
    // bar.
    let mut sql = office.app.sql().await;
    let mut open_write = sqlx::Connection::begin(&mut sql).await.unwrap();
    sqlx::query("update wbs.complaint set version = version + 1")
        .execute(&mut *open_write)
        .await
        .unwrap();
    let tag = office
        .app
        .service
        .complaint_services
        .keys
        .person_tag(UserId(office.head.id));
    let bar = "insert into wbs.conflict (case_id, person_tag, kind, sealed, on_date) select id, $1, 'declared', '', current_date from wbs.complaint";
    sqlx::query(bar)
        .bind(tag.as_slice())
        .execute(&mut *open_write)
        .await
        .unwrap();
    let opening = actix_web::rt::spawn({
        let (head, path, code) = (office.head.clone(), asked.path.clone(), asked.code.clone());
        async move {
            head.post(&format!("{path}/opening"), json!({"opening_code": code}))
                .await
        }
    });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let mut watch = office.app.sql().await;
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(&mut watch)
        .await
        .unwrap()
        == 0
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    open_write.commit().await.unwrap();
    let refusal = opening.await.unwrap();
    assert_no_identity(&refusal);
    refusal.refused(404, "not_found");
}

#[actix_web::test]
async fn who_stepped_back_or_was_barred_opens_nothing_any_more() {
    let (mut office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    decide(&office.custodian, &asked, grant()).await.expect(200);
    office
        .head
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Terlapor adalah kerabat saya."}),
        )
        .await
        .expect(204);
    let refusal = open(&office.head, &asked).await;
    assert_no_identity(&refusal);
    refusal.refused(404, "not_found");

    let second = another(&mut office, confidential()).await;
    let asked = ask(&office.head, &second, "consent", &["name"]).await;
    let barred = json!({"user": office.head.id, "reason": "Terlapor adalah kerabatnya."});
    office
        .conflict_officer
        .post(&format!("{}/conflicts", second.path), barred)
        .await
        .expect(204);
    decide(&office.custodian, &asked, grant())
        .await
        .refused(409, "conflict");
    decide(&office.custodian, &asked, denial())
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_lost_role_neither_decides_nor_opens() {
    let (office, case) = office_with_case().await;
    office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let deprive = async |person: &Person| {
        sqlx::query("delete from user_role where user_id = $1")
            .bind(person.id)
            .execute(&mut office.app.sql().await)
            .await
            .unwrap();
    };
    deprive(&office.custodian).await;
    decide(&office.custodian, &asked, grant())
        .await
        .refused(403, "forbidden");
    let successor = office
        .another(Role::IdentityCustodian, "Dian Permata")
        .await;
    decide(&successor, &asked, grant()).await.expect(200);
    deprive(&office.head).await;
    open(&office.head, &asked).await.refused(404, "not_found");
}

#[actix_web::test]
async fn under_a_legal_hold_the_reporter_is_not_told_and_its_ground_is_kept() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, "law_enforcement", &["name"]).await;
    let hold = json!({"basis": "Permintaan tertulis penyidik."});
    let first = decide(
        &deputy,
        &asked,
        json!({"grant": true, "reason": "Surat penyidik lengkap.", "withhold_notice": hold}),
    )
    .await
    .expect(200);
    assert_eq!(
        first["notice_withheld"], hold["basis"],
        "the second custodian reads it"
    );
    decide(&office.custodian, &asked, grant()).await.expect(200);
    assert_eq!(
        open(&office.head, &asked).await.expect(200)["fields"]["name"],
        NAME
    );
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(
        reporter
            .get("/api/v1/complaints/mine/messages")
            .await
            .expect(200)["items"],
        json!([])
    );
    let log = reporter
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    assert!(
        log["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|access| access["disclosed"].is_null())
    );
    assert!(
        !reporter
            .get("/api/v1/complaints/mine")
            .await
            .expect(200)
            .to_string()
            .contains("disclosure")
    );
    let kept = office
        .custodian
        .get("/api/v1/disclosures")
        .await
        .expect(200);
    assert_eq!(
        kept["items"][0]["notice_withheld"],
        "Permintaan tertulis penyidik."
    );
}

#[actix_web::test]
async fn one_custodian_alone_silences_nothing() {
    let (office, case) = office_with_case().await;
    for purpose in ["consent", "delivery", "protection"] {
        let asked = ask(&office.head, &case, purpose, &["name"]).await;
        let mut silent = grant();
        silent["withhold_notice"] = json!({"basis": "x"});
        let refused = decide(&office.custodian, &asked, silent)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["code"]
            ),
            (
                &json!("/withhold_notice"),
                &json!("only_for_law_enforcement")
            )
        );
        decide(&office.custodian, &asked, denial())
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn for_law_enforcement_two_custodians_agree() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(
        &office.head,
        &case,
        "law_enforcement",
        &["name", "nik", "phone"],
    )
    .await;
    let first =
        json!({"grant": true, "reason": "Surat penyidik lengkap.", "fields": ["name", "phone"]});
    assert_eq!(
        decide(&office.custodian, &asked, first).await.expect(200)["state"],
        "seconded"
    );
    decide(&office.custodian, &asked, grant())
        .await
        .refused(403, "four_eyes");
    open(&office.head, &asked).await.refused(409, "conflict");
    let keyless = decide(&deputy, &asked, json!({"grant": true, "reason": "Setuju."}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(keyless["errors"][0]["pointer"], "/custodian_key");
    let granted = decide(&deputy, &asked, grant()).await.expect(200);
    assert_eq!(
        (granted["state"].as_str(), &granted["granted"]),
        (Some("granted"), &json!(["name", "phone"])),
        "the first decision's narrower fields apply"
    );
    assert_eq!(
        open(&office.head, &asked).await.expect(200)["fields"],
        json!({"name": NAME, "phone": null})
    );
    assert_eq!(
        actions(&office).await,
        [
            "request_disclosure",
            "second_disclosure",
            "grant_disclosure",
            "open_disclosure"
        ]
    );
}

#[actix_web::test]
async fn guessing_a_passphrase_is_slowed_down_for_the_guesser_only() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let mut wrong = grant();
    wrong["passphrase"] = json!("empat belas kapal di Ogan");
    for _ in 0..10 {
        let refused = decide(&office.custodian, &asked, wrong.clone())
            .await
            .refused(422, "invalid_content");
        assert_eq!(refused["errors"][0]["code"], "wrong_passphrase");
    }
    let mut changed = grant();
    changed["custodian_key"]["sealed"] = json!("A".repeat(96));
    for decision in [wrong, changed, grant()] {
        let refused = decide(&office.custodian, &asked, decision).await;
        assert!(refused.header("retry-after").is_some());
        refused.refused(429, "too_many_requests");
    }
    decide(&deputy, &asked, grant()).await.expect(200);
}

#[actix_web::test]
async fn the_file_of_another_key_is_refused_before_its_passphrase_is_tried() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let (_, other) = new_custodian_key(&PASSPHRASE.to_owned().into()).unwrap();
    let mut decision = grant();
    decision["custodian_key"] = json!(other);
    let refused = decide(&office.custodian, &asked, decision)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            refused["errors"][0]["pointer"].as_str(),
            refused["errors"][0]["code"].as_str()
        ),
        (Some("/custodian_key/fingerprint"), Some("another_key"))
    );
}

#[actix_web::test]
async fn whoever_writes_to_the_database_gets_no_identity_opened_as_anothers() {
    let (mut office, one) = office_with_case().await;
    let mut other = confidential();
    other["identity"] = json!({"name": "Joko Susilo"});
    let other = another(&mut office, other).await;
    let mut sql = office.app.sql().await;

    // The rows of the vault are swapped.
    let swap = "update vault.identity a set fingerprint = b.fingerprint, sealed = b.sealed from vault.identity b where a.case_ref <> b.case_ref";
    sqlx::query(swap).execute(&mut sql).await.unwrap();
    for case in [&one, &other] {
        let asked = ask(&office.head, case, "consent", &["name"]).await;
        let refusal = decide(&office.custodian, &asked, grant()).await;
        assert_no_identity(&refusal);
        refusal.refused(500, "internal_error");
        open(&office.head, &asked).await.refused(409, "conflict");
    }
    assert_eq!(stored_fields(&office).await, 0);
    assert_eq!(
        actions(&office)
            .await
            .iter()
            .filter(|action| *action == "vault_tampered_with")
            .count(),
        2
    );
    sqlx::query(swap).execute(&mut sql).await.unwrap();

    // A made-up identity is sealed with the public key.
    let keys = &office.app.service.complaint_services.keys;
    let victim = case_id(&other);
    let forged = seal_identity(
        &custodian().0,
        &Keys::new(&MasterKey::random()),
        &keys.case_ref(victim),
        &ShredSalt::random(),
        Some(&serde_json::from_value(json!({"name": "Orang Lain"})).unwrap()),
    );
    let forge = "update vault.identity set sealed = $2 where case_ref = $1";
    sqlx::query(forge)
        .bind(keys.case_ref(victim).as_slice())
        .bind(forged.unwrap())
        .execute(&mut sql)
        .await
        .unwrap();
    let requests = office
        .custodian
        .get("/api/v1/disclosures")
        .await
        .expect(200)["items"]
        .clone();
    let of_victim = requests
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["complaint"] == json!(victim))
        .unwrap();
    let path = format!(
        "{}/disclosures/{}",
        other.path,
        of_victim["id"].as_str().unwrap()
    );
    decide(
        &office.custodian,
        &RequestedDisclosure {
            path,
            code: String::new(),
        },
        grant(),
    )
    .await
    .refused(500, "internal_error");

    // A request is changed to another requester, or moved from another complaint.
    let thief = office.app.staff(Role::Head).await;
    let theft = "update wbs.disclosure set requester_id = $1 where state = 'pending'";
    sqlx::query(theft)
        .bind(thief.id)
        .execute(&mut sql)
        .await
        .unwrap();
    let list = format!("{}/disclosures", one.path);
    thief.get(&list).await.refused(500, "internal_error");
    sqlx::query(theft)
        .bind(office.head.id)
        .execute(&mut sql)
        .await
        .unwrap();
    sqlx::query(
        "update wbs.disclosure a set sealed = b.sealed from wbs.disclosure b where a.id <> b.id",
    )
    .execute(&mut sql)
    .await
    .unwrap();
    office.head.get(&list).await.refused(500, "internal_error");
}

#[actix_web::test]
async fn whoever_writes_to_the_database_is_no_first_custodian_of_two() {
    let (office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let asked = ask(&office.head, &case, "law_enforcement", &["name"]).await;
    let forge = "update wbs.disclosure set state = 'seconded', first_by = $1";
    sqlx::query(forge)
        .bind(deputy.id)
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let refusal = decide(&office.custodian, &asked, grant()).await;
    assert_no_identity(&refusal);
    refusal.refused(500, "internal_error");
    assert_eq!(stored_fields(&office).await, 0);
}

#[actix_web::test]
async fn an_identity_that_was_shredded_is_gone_for_the_custodian_too() {
    let (office, case) = office_with_case().await;
    let asked = ask(&office.head, &case, "consent", &["name"]).await;
    let mut sql = office.app.sql().await;
    sqlx::query("delete from vault.identity")
        .execute(&mut sql)
        .await
        .unwrap();
    decide(&office.custodian, &asked, grant())
        .await
        .refused(409, "conflict");
    decide(&office.custodian, &asked, denial())
        .await
        .expect(200);
    sqlx::query("update wbs.complaint set identity_gone = true")
        .execute(&mut sql)
        .await
        .unwrap();
    office
        .head
        .post(
            &format!("{}/disclosures", case.path),
            request("consent", &["name"]),
        )
        .await
        .refused(409, "conflict");
}

#[actix_web::test]
async fn the_auditor_lists_the_disclosures_of_a_month() {
    let (mut office, case) = office_with_case().await;
    let disclose = async |office: &ComplaintOffice| {
        let asked = ask(&office.head, &case, "protection", &["name"]).await;
        decide(&office.custodian, &asked, grant()).await.expect(200);
        open(&office.head, &asked).await.expect(200);
        decide(
            &office.custodian,
            &ask(&office.head, &case, "consent", &["nik"]).await,
            denial(),
        )
        .await
        .expect(200);
    };
    disclose(&office).await;
    office.later(31 * 24 * 60).await;
    disclose(&office).await;
    for (from, to) in [("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-31")] {
        let path = format!("/api/v1/audit-trail?action=open_disclosure&from={from}&to={to}");
        let month = office.auditor.get(&path).await;
        assert_no_identity(&month);
        let month = month.expect(200)["items"].clone();
        assert_eq!(month.as_array().unwrap().len(), 1, "{month}");
        assert_eq!(
            (&month[0]["actor_id"], &month[0]["actor_roles"]),
            (&json!(office.head.id), &json!(["head"]))
        );
    }
    let others = office
        .auditor
        .get("/api/v1/audit-trail?action=open_disclosure&from=2026-09-01")
        .await
        .expect(200);
    assert_eq!(others["items"], json!([]));
}
