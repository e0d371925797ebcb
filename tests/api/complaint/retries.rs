//! Retries and versions of complaints: twenty simultaneous requests and a later one have one effect
//! and one reply, and no stored reply is readable without the request's body.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{Case, ComplaintOffice, Until, answer, form};
use crate::manners::operations;
use crate::manners::retries::{RepeatedRequest, is_of_complaints, repeated};
use crate::support::{Person, Request};

/// 128 random bits, as the public routes demand.
fn key() -> String {
    hex::encode(uuid::Uuid::new_v4().as_bytes()) + "-k"
}

struct RetrySetup {
    acts: BTreeMap<&'static str, RepeatedRequest>,
}

impl RetrySetup {
    fn put(&mut self, id: &'static str, person: &Person, path: String, body: Option<Value>) {
        let clash = self.acts.insert(
            id,
            RepeatedRequest {
                person: person.clone(),
                path,
                body,
                crowd: 8,
            },
        );
        assert!(clash.is_none(), "{id} is tried twice");
    }
}

#[expect(clippy::too_many_lines, reason = "a table of requests")]
async fn acts(office: &mut ComplaintOffice) -> RetrySetup {
    let mut stand = RetrySetup {
        acts: BTreeMap::new(),
    };
    let note = || Some(json!({"text": "Mohon ditanggapi sesuai prosedur."}));
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    // All cases first: time passes while they are made, and the users stay signed in.
    let mut cases: BTreeMap<&str, Case> = BTreeMap::new();
    let roads = [
        ("disposition", Until::Screened),
        ("scope", Until::Screened),
        ("forwarding", Until::Disposed),
        ("warnings", Until::Forwarded),
        ("resolution", Until::Forwarded),
        ("answer", Until::Resolved),
        ("signature", Until::Drafted),
        ("return", Until::Drafted),
        ("acknowledgement", Until::Answered),
        ("messages", Until::Forwarded),
        ("recusal", Until::Forwarded),
        ("conflicts", Until::Screened),
        ("referral", Until::Screened),
        ("recall", Until::Screened),
        ("external", Until::Screened),
        ("hold", Until::Screened),
        ("reopening", Until::Closed),
        ("statement", Until::Forwarded),
        ("retaliation", Until::Screened),
    ];
    for (name, until) in roads {
        cases.insert(name, office.case(until).await);
    }
    let report = || Some(json!({"kind": "threat", "text": "Saya diancam dipindahkan."}));
    let mine = "/api/v1/complaints/mine/retaliation-reports";
    let made = office
        .sign_in_with_code(&cases["retaliation"].code)
        .await
        .post(mine, report().unwrap())
        .await
        .expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    office.next_slot().await;
    for name in ["recall", "external"] {
        office
            .head
            .post(
                &format!("{}/referral", cases[name].path),
                json!({"text": "Perlu penanganan luar."}),
            )
            .await
            .expect(204);
    }
    let bystander = office.another(Role::PjiStaff, "Doni Saputra").await;
    let warning = |user: &Person| json!({"warnings": [{"user": user.id, "text": "Pungutan di luar tarif tidak dibenarkan."}]});
    office
        .team_lead
        .post(
            &format!("{}/warnings", cases["statement"].path),
            warning(&bystander),
        )
        .await
        .expect(200);
    let mine = bystander.get("/api/v1/warnings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let at = |name: &str, end: &str| format!("{}/{end}", cases[name].path);
    let reporter = office
        .sign_in_with_code(&cases["acknowledgement"].code)
        .await;
    let writer = office.sign_in_with_code(&cases["messages"].code).await;

    let now = office.app.clock.now();
    let breach = json!({"kind": "key_lost", "happened": "Flashdisk hilang.", "discovered_at": now, "all": true});
    let mut declared = Vec::new();
    for _ in 0..2 {
        let made = office
            .auditor
            .post("/api/v1/breaches", breach.clone())
            .await
            .expect(201);
        declared.push(format!("/api/v1/breaches/{}", made["id"].as_str().unwrap()));
    }
    let closing = json!({"done": "Kunci baru dibuat.", "reporters_notified_at": now, "authority_notified_at": now});
    stand.put(
        "declare_breach",
        &office.custodian,
        "/api/v1/breaches".into(),
        Some(breach),
    );
    stand.put(
        "record_breach_notice",
        &office.custodian,
        format!("{}/notices", declared[0]),
        Some(json!({"to": "authority", "sent_at": now})),
    );
    stand.put(
        "close_breach",
        &office.custodian,
        format!("{}/closing", declared[1]),
        Some(closing),
    );
    stand.put(
        "submit_complaint",
        &office.nobody,
        "/api/v1/complaints".into(),
        Some(form()),
    );
    stand.put(
        "activate_slip",
        &office.nobody,
        "/api/v1/complaints/activations".into(),
        Some(json!({"activation_code": slip["activation_code"]})),
    );
    stand.put(
        "enter_paper_complaint",
        &office.clerk,
        "/api/v1/complaints/paper".into(),
        Some(json!({"form": form()})),
    );
    stand.put(
        "write_to_office",
        &writer,
        "/api/v1/complaints/mine/messages".into(),
        note(),
    );
    stand.put(
        "declare_identity",
        &writer,
        "/api/v1/complaints/mine/identity".into(),
        Some(json!({"name": "Siti Rahayu"})),
    );
    stand.put(
        "acknowledge_answer",
        &reporter,
        "/api/v1/complaints/mine/answer/acknowledgement".into(),
        None,
    );
    stand.put(
        "dispose_complaint",
        &office.head,
        at("disposition", "disposition"),
        note(),
    );
    stand.put(
        "declare_out_of_scope",
        &office.head,
        at("scope", "out-of-scope"),
        note(),
    );
    stand.put(
        "forward_complaint",
        &office.pji_lead,
        at("forwarding", "forwarding"),
        Some(json!({"team": office.team, "text": "Mohon diselesaikan."})),
    );
    stand.put(
        "warn_staff",
        &office.team_lead,
        at("warnings", "warnings"),
        Some(warning(&bystander)),
    );
    stand.put(
        "resolve_complaint",
        &office.team_lead,
        at("resolution", "resolution"),
        Some(json!({"finding": "proven", "summary": "Terbukti."})),
    );
    stand.put(
        "draft_answer",
        &office.team_staff,
        at("answer", "answer"),
        Some(answer()),
    );
    stand.put(
        "sign_answer",
        &office.head,
        at("signature", "answer/signature"),
        None,
    );
    stand.put(
        "return_answer",
        &office.head,
        at("return", "answer/return"),
        note(),
    );
    stand.put(
        "write_to_reporter",
        &office.team_lead,
        at("messages", "messages"),
        note(),
    );
    stand.put(
        "declare_conflict",
        &office.conflict_officer,
        at("conflicts", "conflicts"),
        Some(json!({"user": bystander.id, "reason": "Saudara kandung."})),
    );
    stand.put(
        "refer_complaint",
        &office.head,
        at("referral", "referral"),
        note(),
    );
    stand.put(
        "recall_complaint",
        &office.conflict_officer,
        at("recall", "recall"),
        note(),
    );
    stand.put(
        "settle_externally",
        &office.external,
        at("external", "external-answer"),
        Some(answer()),
    );
    stand.put(
        "hold_complaint",
        &office.conflict_officer,
        at("hold", "legal-hold"),
        note(),
    );
    stand.put(
        "release_complaint",
        &office.conflict_officer,
        at("hold", "legal-hold/release"),
        note(),
    );
    stand.put(
        "reopen_complaint",
        &office.head,
        at("reopening", "reopening"),
        note(),
    );
    stand.put(
        "state_side",
        &bystander,
        format!("/api/v1/warnings/{mine}/statement"),
        note(),
    );
    stand.put(
        "report_retaliation",
        &writer,
        "/api/v1/complaints/mine/retaliation-reports".into(),
        report(),
    );
    let assessment = Some(
        json!({"finding": "upheld", "text": "Pemindahan dibatalkan.", "measures": ["restoration"]}),
    );
    stand.put(
        "assess_retaliation",
        &office.conflict_officer,
        at(
            "retaliation",
            &format!("retaliation-reports/{made}/assessment"),
        ),
        assessment,
    );
    stand.put(
        "recuse_from_complaint",
        &office.pji_lead,
        at("recusal", "recusal"),
        note(),
    );
    stand
}

#[actix_web::test]
async fn a_repeated_post_has_one_effect_and_one_reply_and_the_reply_is_kept_sealed() {
    let mut office = ComplaintOffice::open().await;
    let RetrySetup { mut acts } = acts(&mut office).await;
    let written = async || -> i64 {
        let count = "select (select count(*) from audit.event) + (select count(*) from wbs.outbox)";
        sqlx::query_scalar(count)
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap()
    };
    let repeatable = operations().into_iter().filter(|one| {
        one.method == Method::POST && is_of_complaints(&one.path) && one.takes("Idempotency-Key")
    });
    // Their bodies are files: `attachments` and `scans` test them.
    for operation in
        repeatable.filter(|one| !["attach_to_complaint", "attach_scan"].contains(&one.id.as_str()))
    {
        let act = acts
            .remove(operation.id.as_str())
            .unwrap_or_else(|| panic!("{} is not tried here", operation.id));
        repeated(&operation.id, &key(), &act, written).await;
    }
    assert!(acts.is_empty(), "{:?}", acts.keys());
    let in_clear: i64 = sqlx::query_scalar(
        "select count(*) from idempotency_record where route like '%complaint%' or route like '%warning%' or route like '%breach%'",
    )
    .fetch_one(&mut office.app.sql().await)
    .await
    .unwrap();
    assert_eq!(in_clear, 0, "a reply of this side lies in clear");
}

#[actix_web::test]
async fn a_key_that_can_be_guessed_is_refused_where_the_reply_holds_a_code() {
    let office = ComplaintOffice::open().await;
    let body = serde_json::to_vec(&form()).unwrap();
    for key in [
        "my-first",
        "pengaduan-saya-nomor-satu",
        "PengaduanSayaNomorSatuPalembang",
        "0b9d1a34-3f6e-4c55-9a0e-6c1d6f1d2a77",
    ] {
        let headers = [("idempotency-key", key)];
        for path in ["/api/v1/complaints", "/api/v1/complaints/activations"] {
            let code = json!({"activation_code": "00000-00000-00000-00000-00000-0"});
            let body = if path.ends_with("activations") {
                serde_json::to_vec(&code).unwrap()
            } else {
                body.clone()
            };
            let asking = Request {
                method: Method::POST,
                path,
                body: Some(("application/json", body)),
                headers: &headers,
            };
            office
                .nobody
                .ask(&asking)
                .await
                .refused(400, "invalid_parameter");
        }
    }
}

/// The key alone, from a log or seen on a screen, opens no stored reply; the sender gets the reply
/// again.
#[actix_web::test]
async fn a_kept_reply_opens_only_to_the_body_it_answered() {
    let office = ComplaintOffice::open().await;
    let key = key();
    let headers = [("idempotency-key", key.as_str())];
    let post = async |body: Value| {
        let body = Some(("application/json", serde_json::to_vec(&body).unwrap()));
        office
            .nobody
            .ask(&Request {
                method: Method::POST,
                path: "/api/v1/complaints",
                body,
                headers: &headers,
            })
            .await
    };
    let first = post(form()).await;
    let mut other = form();
    other["content"]["subject"] = json!("Lain");
    let refusal = post(other).await;
    let text = String::from_utf8_lossy(&refusal.bytes).into_owned();
    assert!(!text.contains(first.body["receipt_code"].as_str().unwrap()));
    assert_eq!(
        (refusal.status, refusal.code()),
        (422, "idempotency_key_reused")
    );
    assert_eq!(post(form()).await.bytes, first.bytes);
}

#[actix_web::test]
async fn a_complaint_has_a_version_and_spares_who_has_it_the_body() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let tag = office.head.get(&case.path).await.etag();
    let asking = Request {
        method: Method::GET,
        path: &case.path,
        body: None,
        headers: &[("if-none-match", &tag)],
    };
    assert_eq!(office.head.ask(&asking).await.status, 304);
    let stale = Request {
        method: Method::POST,
        path: &format!("{}/disposition", case.path),
        body: Some((
            "application/json",
            b"{\"text\": \"Mohon ditanggapi.\"}".to_vec(),
        )),
        headers: &[("if-match", "\"99.0\"")],
    };
    office.head.ask(&stale).await.refused(412, "stale_version");
}
