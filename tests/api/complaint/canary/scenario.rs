//! The scenario of the canary: six complaints through every stage, each of their words a canary,
//! with every operation of whistle-blowing at least once.

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;
use uuid::Uuid;

use super::sieve::Canaries;
use super::{staff, twice};
use crate::complaint::attachments::photograph_of;
use crate::complaint::copies::samples::{docx, letter_as_pdf, xlsx};
use crate::complaint::office::ComplaintOffice;
use crate::support::{PASSPHRASE, Person, Request, custodian};

/// Canaries of identities, named after their fields.
pub const IDENTITY: [&str; 6] = ["name", "nik", "phone", "email", "address", "relation"];
/// Canaries of texts about a case, by any author.
pub const WRITTEN: [&str; 29] = [
    "subject",
    "account",
    "place",
    "occurred",
    "accused",
    "position",
    "message of the reporter",
    "message of the office",
    "disposition",
    "forwarding",
    "warning",
    "statement",
    "resolution",
    "answer",
    "return",
    "reopening",
    "referral",
    "recall",
    "out of scope",
    "hold",
    "conflict",
    "recusal",
    "name of a file",
    "reason of a disclosure",
    "decision on a disclosure",
    "what happened",
    "what was done",
    "retaliation",
    "assessment of retaliation",
];

/// The results of the scenario.
pub struct Scenario {
    /// Every user, with the name that this test gives them.
    pub people: Vec<(&'static str, Person)>,
    /// Reporters with a session, online and on paper.
    pub reporters: [Person; 3],
    pub cases: Vec<Case>,
    /// The photograph attached to the first complaint.
    pub attachment: String,
    /// A breach that affects the first complaint.
    pub breach: String,
    /// The headers of the reporters' browsers.
    pub trace: BrowserTrace,
    /// The number of reporters that gave an identity.
    pub named: usize,
}

/// A complaint with its code and its path for staff.
pub struct Case {
    pub code: String,
    pub number: String,
    pub path: String,
}

/// The identifying headers of a reporter's browser and network.
pub struct BrowserTrace {
    browser: String,
    network: String,
}

impl BrowserTrace {
    fn new(words: &mut Canaries) -> Self {
        let digits = Uuid::new_v4().simple().to_string();
        let network = words.keep(
            "network",
            &format!("2001:db8:{}:{}", &digits[..4], &digits[4..8]),
        );
        Self {
            browser: words.word("browser"),
            network: format!("{network}::77"),
        }
    }

    /// The headers of a request with this key.
    pub fn with_key<'a>(&'a self, key: &'a str) -> [(&'a str, &'a str); 4] {
        [
            ("idempotency-key", key),
            ("user-agent", &self.browser),
            ("x-forwarded-for", &self.network),
            ("referer", &self.browser),
        ]
    }
}

impl Scenario {
    pub async fn run(office: &mut ComplaintOffice, words: &mut Canaries) -> Self {
        words.keep("passphrase", PASSPHRASE);
        words.keep("key of the custodian", &custodian().1.sealed);
        words.keep("master key", &office.app.master_key.to_hex());
        words.keep_bytes(
            "master key",
            &hex::decode(office.app.master_key.to_hex().as_str()).unwrap(),
        );
        let trace = BrowserTrace::new(words);
        let mut accused = staff(office, Role::PjiStaff, "Doni Saputra").await;
        let sister = staff(office, Role::PjiLead, "Melati Kusuma").await;
        let codes = [
            hand_in(office, words, &trace, false).await,
            hand_in(office, words, &trace, true).await,
            on_paper(office, words, &trace).await,
            hand_in(office, words, &trace, false).await,
            hand_in(office, words, &trace, false).await,
            hand_in(office, words, &trace, false).await,
        ];
        office.next_slot().await;
        let mut cases = Vec::new();
        for (code, number) in codes {
            let found = office
                .head
                .get(&format!("/api/v1/complaints?public_number={number}"))
                .await
                .expect(200);
            cases.push(Case {
                code,
                number,
                path: format!(
                    "/api/v1/complaints/{}",
                    found["items"][0]["id"].as_str().unwrap()
                ),
            });
        }
        retaliation(office, words, &cases[1]).await;
        let attachment = every_step(office, words, &cases[0], &mut accused).await;
        disclosures(office, words, &cases[1]).await;
        side_exits(office, words, &cases[3..], &accused).await;
        let breach = breach(office, words, &cases[0]).await;
        let reporters = [
            enter(office, words, &cases[0].code).await,
            enter(office, words, &cases[1].code).await,
            enter(office, words, &cases[2].code).await,
        ];
        let mut people: Vec<(&'static str, Person)> = [
            ("head", &office.head),
            ("PJI lead", &office.pji_lead),
            ("team lead", &office.team_lead),
            ("team staff", &office.team_staff),
            ("clerk", &office.clerk),
            ("conflict officer", &office.conflict_officer),
            ("external", &office.external),
            ("custodian", &office.custodian),
            ("auditor", &office.auditor),
            ("admin", &office.admin),
        ]
        .map(|(name, person)| (name, person.clone()))
        .into();
        for (name, mut person) in [("accused", accused), ("other PJI lead", sister)] {
            person = person.sign_in_again().await;
            people.push((name, person));
        }
        people.push(("customer", office.app.customer().await));
        Self {
            people,
            reporters,
            cases,
            attachment,
            breach,
            trace,
            named: 3,
        }
    }
}

fn form(words: &mut Canaries) -> Value {
    json!({
        "category": "service",
        "content": {
            "subject": format!("Pungutan {}", words.word("subject")),
            "account": format!("Petugas meminta {} tunai sebelum contoh diterima.", words.word("account")),
            "place": format!("Loket {}", words.word("place")),
            "occurred": words.word("occurred"),
            "accused": [{"name": words.word("accused"), "position": words.word("position")}],
        },
    })
}

fn identity(words: &mut Canaries) -> Value {
    let (street, digits) = (
        Canaries::default().word("unused"),
        Canaries::default().digits::<8>("unused"),
    );
    json!({
        "name": format!("Siti {}", words.word("name")),
        "nik": words.digits::<16>("nik"),
        "phone": words.keep("phone", &format!("+62 812-{digits}")),
        "email": format!("{}@lapor.example", words.word("email")),
        "address": words.keep("address", &format!("Jl. {street} No. 5, RT 03/07")),
        "relation": words.word("relation"),
    })
}

fn note(words: &mut Canaries, kind: &'static str) -> Value {
    json!({"text": format!("Mohon {} ditanggapi.", words.word(kind))})
}

fn key(words: &mut Canaries) -> String {
    words.keep("retry key", &hex::encode(Uuid::new_v4().as_bytes()))
}

/// A code in its displayed form and in the forms that can be typed.
fn keep_code(words: &mut Canaries, kind: &'static str, code: &Value) -> String {
    let code = code.as_str().unwrap();
    words.keep(kind, &code.replace('-', ""));
    words.keep(kind, code)
}

async fn hand_in(
    office: &ComplaintOffice,
    words: &mut Canaries,
    trace: &BrowserTrace,
    named: bool,
) -> (String, String) {
    let (mut form, key) = (form(words), key(words));
    if named {
        form["identity"] = identity(words);
        let mut telling = form.clone();
        telling["content"]["account"] = json!(format!(
            "Saya, {}, melihatnya.",
            form["identity"]["name"].as_str().unwrap()
        ));
        office
            .nobody
            .post("/api/v1/complaints", telling)
            .await
            .refused(422, "invalid_content");
    }
    let submitted = twice(
        &office.nobody,
        "/api/v1/complaints",
        Some(&form),
        &trace.with_key(&key),
    )
    .await;
    words.keep(
        "salt of a receipt",
        submitted["receipt"]["salt"].as_str().unwrap(),
    );
    for end in ["verification", "printing"] {
        office
            .nobody
            .post(
                &format!("/api/v1/complaints/receipts/{end}"),
                submitted["receipt"].clone(),
            )
            .await
            .expect(200);
    }
    (
        keep_code(words, "receipt code", &submitted["receipt_code"]),
        submitted["public_number"].as_str().unwrap().to_owned(),
    )
}

async fn on_paper(
    office: &ComplaintOffice,
    words: &mut Canaries,
    trace: &BrowserTrace,
) -> (String, String) {
    let mut form = form(words);
    form["identity"] = identity(words);
    let entered = twice(
        &office.clerk,
        "/api/v1/complaints/paper",
        Some(&json!({"form": form})),
        &[("idempotency-key", &key(words))],
    )
    .await;
    words.keep(
        "salt of a receipt",
        entered["receipt"]["salt"].as_str().unwrap(),
    );
    let permit = words.keep("scan permit", entered["scan_permit"].as_str().unwrap());
    let scan = photograph_of(
        words.word("scan").as_bytes(),
        &words.word("place of a photograph"),
        &words.word("camera"),
    );
    let name = format!(
        "attachment; filename=\"{}.jpg\"",
        words.word("name of a file")
    );
    let headers = [
        ("scan-permit", permit.as_str()),
        ("content-disposition", &name),
    ];
    let path = "/api/v1/complaints/paper/scans";
    office
        .clerk
        .ask(&Request {
            method: Method::POST,
            path,
            body: Some(("application/octet-stream", scan)),
            headers: &headers,
        })
        .await
        .expect(201);
    let slip = json!({"activation_code": keep_code(words, "activation code", &entered["activation_code"])});
    let activated = twice(
        &office.nobody,
        "/api/v1/complaints/activations",
        Some(&slip),
        &trace.with_key(&key(words)),
    )
    .await;
    office
        .nobody
        .post("/api/v1/complaints/activations", slip)
        .await
        .refused(409, "activation_used");
    (
        keep_code(words, "receipt code", &activated["receipt_code"]),
        entered["public_number"].as_str().unwrap().to_owned(),
    )
}

async fn enter(office: &ComplaintOffice, words: &mut Canaries, code: &str) -> Person {
    let body = serde_json::to_vec(&json!({"receipt_code": code})).unwrap();
    let key = key(words);
    let headers = [("idempotency-key", key.as_str())];
    let asking = Request {
        method: Method::POST,
        path: "/api/v1/complaints/sessions",
        body: Some(("application/json", body)),
        headers: &headers,
    };
    let session = office.nobody.ask(&asking).await.expect(200);
    office
        .nobody
        .with_token(&words.keep("token", session["access_token"].as_str().unwrap()))
}

/// Walks the first case through every step of the SOP with all its texts.
#[expect(clippy::too_many_lines, reason = "one scenario, told in order")]
async fn every_step(
    office: &mut ComplaintOffice,
    words: &mut Canaries,
    case: &Case,
    accused: &mut Person,
) -> String {
    let path = &case.path;
    let mine = "/api/v1/complaints/mine";
    twice(
        &office.head,
        &format!("{path}/disposition"),
        Some(&note(words, "disposition")),
        &[("idempotency-key", &key(words))],
    )
    .await;
    let mut forwarding = note(words, "forwarding");
    forwarding["team"] = json!(office.team);
    office
        .pji_lead
        .post(&format!("{path}/forwarding"), forwarding)
        .await
        .expect(200);
    let mut question = note(words, "message of the office");
    question["awaits_answer"] = json!(true);
    twice(
        &office.team_lead,
        &format!("{path}/messages"),
        Some(&question),
        &[("idempotency-key", &key(words))],
    )
    .await;
    let reporter = enter(office, words, &case.code).await;
    let (said, told) = (note(words, "message of the reporter"), identity(words));
    twice(
        &reporter,
        &format!("{mine}/messages"),
        Some(&said),
        &[("idempotency-key", &key(words))],
    )
    .await;
    let asking = Request {
        method: Method::POST,
        path: &format!("{mine}/identity"),
        body: Some(("application/json", serde_json::to_vec(&told).unwrap())),
        headers: &[("idempotency-key", &key(words))],
    };
    reporter.ask(&asking).await.expect(204);
    reporter.ask(&asking).await.expect(204);
    let attachment = attach(words, &reporter).await;
    office.next_slot().await;
    *accused = accused.sign_in_again().await;
    original(office, words, path, &attachment).await;
    let warning = json!({"warnings": [{"user": accused.id, "text": format!("Perbuatan {} tidak dibenarkan.", words.word("warning"))}]});
    office
        .team_lead
        .post(&format!("{path}/warnings"), warning)
        .await
        .expect(200);
    let warned = accused.get("/api/v1/warnings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let statement = note(words, "statement");
    twice(
        accused,
        &format!("/api/v1/warnings/{warned}/statement"),
        Some(&statement),
        &[("idempotency-key", &key(words))],
    )
    .await;
    let resolution =
        json!({"finding": "proven", "summary": format!("Terbukti: {}.", words.word("resolution"))});
    office
        .team_lead
        .post(&format!("{path}/resolution"), resolution)
        .await
        .expect(200);
    for last in [false, true] {
        let (subject, body) = (words.word("answer"), words.word("answer"));
        office
            .team_staff
            .post(
                &format!("{path}/answer"),
                json!({"subject": subject, "body": body}),
            )
            .await
            .expect(200);
        if !last {
            office
                .head
                .post(&format!("{path}/answer/return"), note(words, "return"))
                .await
                .expect(200);
        }
    }
    office
        .head
        .act(&format!("{path}/answer/signature"))
        .await
        .expect(200);
    office.run_due_work().await;
    let reporter = enter(office, words, &case.code).await;
    let receipt = twice(
        &reporter,
        &format!("{mine}/answer/acknowledgement"),
        None,
        &[("idempotency-key", &key(words))],
    )
    .await;
    words.keep("salt of a receipt", receipt["salt"].as_str().unwrap());
    office.next_slot().await;
    let reporter = enter(office, words, &case.code).await;
    let gone = Request {
        method: Method::DELETE,
        path: &format!("{mine}/session"),
        body: None,
        headers: &[],
    };
    reporter.ask(&gone).await.expect(204);
    attachment
}

/// A photograph with its location, the camera's owner, a film behind its end and its file name;
/// files of the other kinds with what is hidden in them; and a file of no accepted kind.
async fn attach(words: &mut Canaries, reporter: &Person) -> String {
    let file = photograph_of(
        words.word("picture").as_bytes(),
        &words.word("place of a photograph"),
        &words.word("camera"),
    );
    let (name, key) = (
        format!(
            "attachment; filename=\"{}.jpg\"",
            words.word("name of a file")
        ),
        key(words),
    );
    let headers = [
        ("content-disposition", name.as_str()),
        ("idempotency-key", &key),
    ];
    let path = "/api/v1/complaints/mine/attachments";
    let asking = |file: Vec<u8>, headers| Request {
        method: Method::POST,
        path,
        body: Some(("application/octet-stream", file)),
        headers,
    };
    let attached = reporter
        .ask(&asking(file.clone(), &headers))
        .await
        .expect(201);
    assert_eq!(
        reporter.ask(&asking(file, &headers)).await.expect(201),
        attached
    );
    for file in [
        docx(&words.word("hidden in a letter")),
        xlsx(&words.word("hidden in a spreadsheet")),
        letter_as_pdf(1, &words.word("hidden in a PDF")),
    ] {
        reporter.ask(&asking(file, &headers[..1])).await.expect(201);
    }
    let refused = reporter
        .ask(&asking(
            words.word("no picture").into_bytes(),
            &headers[..1],
        ))
        .await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    attached["id"].as_str().unwrap().to_owned()
}

/// The original of an attachment, opened by a handler of the case.
async fn original(office: &ComplaintOffice, words: &mut Canaries, path: &str, attachment: &str) {
    let requests = format!("{path}/disclosures");
    let asked = json!({"original": attachment, "purpose": "protection", "reason": words.word("reason of a disclosure")});
    let made = office.team_lead.post(&requests, asked).await.expect(201);
    let (request, code) = (
        format!("{requests}/{}", made["id"].as_str().unwrap()),
        words.keep("opening code", made["opening_code"].as_str().unwrap()),
    );
    let decision = json!({"grant": true, "reason": words.word("decision on a disclosure"), "custodian_key": custodian().1, "passphrase": PASSPHRASE});
    office
        .custodian
        .post(&format!("{request}/decision"), decision)
        .await
        .expect(200);
    let fetching = format!("{request}/original");
    office
        .team_lead
        .post(&fetching, json!({"opening_code": words.word("wrong code")}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        office
            .team_lead
            .post(&fetching, json!({"opening_code": code}))
            .await
            .status,
        200
    );
    office
        .team_lead
        .post(&fetching, json!({"opening_code": code}))
        .await
        .refused(409, "conflict");
}

/// Discloses one field; grants two requests that are not opened; denies one.
async fn disclosures(office: &mut ComplaintOffice, words: &mut Canaries, case: &Case) {
    let path = format!("{}/disclosures", case.path);
    office
        .head
        .post(
            &format!("{}/disposition", case.path),
            note(words, "disposition"),
        )
        .await
        .expect(200);
    let asked = |fields: &[&str], words: &mut Canaries| json!({"fields": fields, "purpose": "consent", "reason": words.word("reason of a disclosure")});
    let grant = |words: &mut Canaries| {
        let reason = words.word("decision on a disclosure");
        json!({"grant": true, "reason": reason, "custodian_key": custodian().1, "passphrase": PASSPHRASE})
    };
    let mut requests = Vec::new();
    for (person, fields) in [
        (&office.head, &["name"][..]),
        (&office.pji_lead, &["nik", "phone"]),
        (&office.external, &["email"]),
    ] {
        let made = person.post(&path, asked(fields, words)).await;
        if made.status == 404 {
            continue;
        }
        let made = made.expect(201);
        requests.push((
            format!("{path}/{}", made["id"].as_str().unwrap()),
            words.keep("opening code", made["opening_code"].as_str().unwrap()),
        ));
    }
    let mut wrong = grant(words);
    wrong["passphrase"] = json!(words.word("wrong passphrase"));
    office
        .custodian
        .post(&format!("{}/decision", requests[0].0), wrong)
        .await
        .refused(422, "invalid_content");
    for (request, _) in &requests {
        office
            .custodian
            .post(&format!("{request}/decision"), grant(words))
            .await
            .expect(200);
    }
    let (request, code) = &requests[0];
    let opening = format!("{request}/opening");
    office
        .head
        .post(&opening, json!({"opening_code": words.word("wrong code")}))
        .await
        .refused(422, "invalid_content");
    office
        .head
        .post(&opening, json!({"opening_code": code}))
        .await
        .expect(200);
    office
        .head
        .post(&opening, json!({"opening_code": code}))
        .await
        .refused(409, "conflict");
    let again = office
        .head
        .post(&path, asked(&["address"], words))
        .await
        .expect(201);
    words.keep("opening code", again["opening_code"].as_str().unwrap());
    let denial = json!({"grant": false, "reason": words.word("decision on a disclosure")});
    office
        .custodian
        .post(
            &format!("{path}/{}/decision", again["id"].as_str().unwrap()),
            denial,
        )
        .await
        .expect(200);
}

/// A breach of confidentiality, declared by the auditor and closed by the custodian. Returns its
/// id.
async fn breach(office: &ComplaintOffice, words: &mut Canaries, case: &Case) -> String {
    let (now, id) = (
        office.app.clock.now(),
        case.path.rsplit('/').next().unwrap(),
    );
    let happened = format!("Ada yang bertanya {}.", words.word("what happened"));
    let form = json!({"kind": "attempt_to_identify", "happened": happened, "discovered_at": now, "complaints": [id]});
    let declared = twice(
        &office.custodian,
        "/api/v1/breaches",
        Some(&form),
        &[("idempotency-key", &key(words))],
    )
    .await;
    let path = format!("/api/v1/breaches/{}", declared["id"].as_str().unwrap());
    office
        .auditor
        .post(
            &format!("{path}/notices"),
            json!({"to": "authority", "sent_at": now}),
        )
        .await
        .expect(200);
    let closing =
        json!({"done": format!("Yang bertanya {} ditegur.", words.word("what was done"))});
    twice(
        &office.auditor,
        &format!("{path}/closing"),
        Some(&closing),
        &[("idempotency-key", &key(words))],
    )
    .await;
    declared["id"].as_str().unwrap().to_owned()
}

/// One retaliation report that is assessed and settled, and one that waits.
async fn retaliation(office: &mut ComplaintOffice, words: &mut Canaries, case: &Case) {
    let mine = "/api/v1/complaints/mine/retaliation-reports";
    let reporter = enter(office, words, &case.code).await;
    let report = |words: &mut Canaries| json!({"kind": "threat", "text": format!("Saya diancam: {}.", words.word("retaliation")), "day": "2026-07-05"});
    let made = twice(
        &reporter,
        mine,
        Some(&report(words)),
        &[("idempotency-key", &key(words))],
    )
    .await;
    reporter.post(mine, report(words)).await.expect(201);
    office.next_slot().await;
    let path = format!(
        "{}/retaliation-reports/{}/assessment",
        case.path,
        made["id"].as_str().unwrap()
    );
    for finding in ["needs_watch", "upheld"] {
        let text = format!(
            "Kami {} melindungi Saudara.",
            words.word("assessment of retaliation")
        );
        let assessment = json!({"finding": finding, "text": text, "measures": ["regular_contact"]});
        twice(
            &office.conflict_officer,
            &path,
            Some(&assessment),
            &[("idempotency-key", &key(words))],
        )
        .await;
    }
}

/// Conflicts, recusal, referral and its recall, out of scope, hold, reopening; on three cases.
async fn side_exits(
    office: &mut ComplaintOffice,
    words: &mut Canaries,
    cases: &[Case],
    accused: &Person,
) {
    let at = |case: usize, end: &str| format!("{}/{end}", cases[case].path);
    let conflict = json!({"user": accused.id, "reason": words.word("conflict")});
    office
        .conflict_officer
        .post(&at(0, "conflicts"), conflict)
        .await
        .expect(204);
    office
        .head
        .post(&at(0, "referral"), note(words, "referral"))
        .await
        .expect(204);
    office
        .conflict_officer
        .post(&at(0, "recall"), note(words, "recall"))
        .await
        .expect(200);
    office
        .head
        .post(&at(0, "disposition"), note(words, "disposition"))
        .await
        .expect(200);
    office
        .pji_lead
        .post(&at(0, "recusal"), note(words, "recusal"))
        .await
        .expect(204);
    office
        .head
        .post(&at(1, "referral"), note(words, "referral"))
        .await
        .expect(204);
    let answer = json!({"subject": words.word("answer"), "body": words.word("answer")});
    office
        .external
        .post(&at(1, "external-answer"), answer)
        .await
        .expect(200);
    office
        .head
        .post(&at(2, "out-of-scope"), note(words, "out of scope"))
        .await
        .expect(200);
    office
        .conflict_officer
        .post(&at(2, "legal-hold"), note(words, "hold"))
        .await
        .expect(200);
    office
        .conflict_officer
        .post(&at(2, "legal-hold/release"), note(words, "hold"))
        .await
        .expect(200);
    office
        .head
        .post(&at(2, "reopening"), note(words, "reopening"))
        .await
        .expect(200);
    office
        .pji_lead
        .post(&at(2, "disposition"), note(words, "disposition"))
        .await
        .refused(404, "not_found");
}
