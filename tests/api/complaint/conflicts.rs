//! Conflicts of interest: a concerned person cannot learn that the complaint exists (abuse cases 1
//! to 7).

use serde_json::{Value, json};
use service_desk::sop::role::Role;

use super::office::{ComplaintOffice, Until, form};
use crate::support::{Answer, Person};

/// A form with `name` in its text or its list of accused.
fn naming(name: &str) -> Value {
    let mut form = form();
    form["content"]["accused"] = json!([{"name": name}]);
    form
}

/// A refusal without the values that differ in every reply.
fn bare(answer: Answer) -> Value {
    let mut body = answer.refused(404, "not_found");
    for differing in ["trace_id", "instance"] {
        body.as_object_mut().unwrap().remove(differing);
    }
    body
}

async fn seen_by(person: &Person) -> (Value, Value, Value) {
    (
        person
            .get("/api/v1/complaints?count=true")
            .await
            .expect(200),
        person
            .get("/api/v1/complaints/statistics")
            .await
            .expect(200),
        person.get("/api/v1/desk").await.expect(200),
    )
}

#[actix_web::test]
async fn the_accused_finds_no_trace_of_the_complaint_anywhere() {
    let mut office = ComplaintOffice::open().await;
    office.case(Until::Screened).await;
    let before = seen_by(&office.pji_lead).await;
    let second = office.another(Role::PjiLead, "Ratna Dewi").await;
    let hidden = office
        .case_of(naming("Hendra Gunawan"), Until::Disposed)
        .await;
    let mut after = seen_by(&office.pji_lead).await;
    // The age of the other case has changed in the meantime; no other value may differ.
    after.2 = before.2.clone();
    assert_eq!(
        before, after,
        "counts, lists or statistics reveal a hidden case"
    );
    assert_eq!(
        office
            .pji_lead
            .get(&format!(
                "/api/v1/complaints?public_number={}",
                hidden.number
            ))
            .await
            .expect(200)["items"],
        json!([])
    );
    let second = second.sign_in_again().await;
    assert_eq!(
        second.get(&hidden.path).await.expect(200)["stage"],
        "disposed",
        "another lead of PJI can act"
    );
    second
        .post(
            &format!("{}/forwarding", hidden.path),
            json!({"team": office.team, "text": "Mohon diselesaikan."}),
        )
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_known_address_of_a_hidden_case_is_answered_like_a_made_up_one() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiLead, "Ratna Dewi").await;
    let hidden = office
        .case_of(naming("Hendra Gunawan"), Until::Disposed)
        .await;
    let made_up = format!("/api/v1/complaints/{}", uuid::Uuid::new_v4());
    for end in ["", "/messages", "/timeline", "/conflicts", "/disclosures"] {
        let (hidden, none) = (
            office.pji_lead.get(&format!("{}{end}", hidden.path)).await,
            office.pji_lead.get(&format!("{made_up}{end}")).await,
        );
        assert_eq!(bare(hidden), bare(none), "GET {end}");
    }
    for end in ["forwarding", "recusal", "messages", "referral"] {
        let body = if end == "forwarding" {
            json!({"team": office.team, "text": "x"})
        } else {
            json!({"text": "x"})
        };
        let (hidden, none) = (
            office
                .pji_lead
                .post(&format!("{}/{end}", hidden.path), body.clone())
                .await,
            office
                .pji_lead
                .post(&format!("{made_up}/{end}"), body)
                .await,
        );
        assert_eq!(bare(hidden), bare(none), "POST {end}");
    }
}

#[actix_web::test]
async fn a_complaint_against_the_head_goes_outside_unseen_by_the_head() {
    let mut office = ComplaintOffice::open().await;
    let before = seen_by(&office.head).await;
    let mut in_free_text = form();
    in_free_text["content"]["account"] =
        json!("Saya melihat sari puspita menerima amplop di ruang rapat pada hari Senin.");
    for form in [in_free_text, naming("Bu Sari"), naming("Kepala Balai")] {
        let (reporter, _, _) = office.submit(form).await;
        office.next_slot().await;
        let reporter = reporter;
        drop(reporter);
        assert_eq!(seen_by(&office.head).await, before);
    }
    let outside = office
        .external
        .get("/api/v1/complaints?stage=referred_externally&count=true")
        .await
        .expect(200);
    assert_eq!(outside["count"], 3);
    let case = format!(
        "/api/v1/complaints/{}",
        outside["items"][0]["id"].as_str().unwrap()
    );
    bare(office.head.get(&case).await);
    bare(office.pji_lead.get(&case).await);
    let answered = office
        .external
        .post(&format!("{case}/external-answer"), super::office::answer())
        .await
        .expect(200);
    assert_eq!(answered["stage"], "answered");
    assert_eq!(
        seen_by(&office.head).await,
        before,
        "not even when it is answered"
    );
    office.later(60 * 24 * 31).await;
    office.run_due_work().await;
    assert_eq!(seen_by(&office.head).await, before, "nor when it is closed");
}

#[actix_web::test]
async fn a_head_whom_the_text_alone_names_is_suspected_and_never_told() {
    let mut office = ComplaintOffice::open().await;
    let mut in_free_text = form();
    in_free_text["content"]["account"] =
        json!("Saya melihat SARI  PUSPITA menerima amplop di ruang rapat.");
    let before = seen_by(&office.head).await;
    let told = async |person: &Person| {
        person
            .get("/api/v1/notifications?count=true")
            .await
            .expect(200)["count"]
            .clone()
    };
    let case = office.surfaced(&[in_free_text]).await.remove(0);
    let conflicts = office
        .conflict_officer
        .get(&format!("{}/conflicts", case.path))
        .await
        .expect(200)["items"]
        .clone();
    assert_eq!(conflicts.as_array().unwrap().len(), 1, "{conflicts:#}");
    assert_eq!(
        (
            &conflicts[0]["user"],
            &conflicts[0]["kind"],
            &conflicts[0]["lifted"]
        ),
        (&json!(office.head.id), &json!("suspected"), &json!(false))
    );
    assert_eq!(
        office.external.get(&case.path).await.expect(200)["stage"],
        "referred_externally"
    );
    bare(office.head.get(&case.path).await);
    assert_eq!(
        (told(&office.head).await, told(&office.external).await),
        (json!(0), json!(1))
    );
    assert_eq!(seen_by(&office.head).await, before);
}

#[actix_web::test]
async fn who_stepped_back_does_not_know_of_it_any_more_whatever_they_kept() {
    let mut office = ComplaintOffice::open().await;
    office.another(Role::PjiLead, "Ratna Dewi").await;
    let case = office.case(Until::Disposed).await;
    let tag = office.pji_lead.get(&case.path).await.etag();
    office
        .pji_lead
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Terlapor adalah ipar saya."}),
        )
        .await
        .expect(204);
    bare(office.pji_lead.get(&case.path).await);
    let asking = crate::support::Request {
        method: reqwest::Method::GET,
        path: &case.path,
        body: None,
        headers: &[("if-none-match", &tag)],
    };
    office.pji_lead.ask(&asking).await.refused(404, "not_found");
    assert_eq!(
        office.head.get(&case.path).await.expect(200)["stage"],
        "disposed",
        "another lead of PJI is there"
    );
    let conflicts = office
        .conflict_officer
        .get(&format!("{}/conflicts", case.path))
        .await
        .expect(200);
    assert_eq!(conflicts["items"][0]["kind"], "recused");
    assert_eq!(
        conflicts["items"][0]["reason"],
        "Terlapor adalah ipar saya."
    );
}

#[actix_web::test]
async fn when_nobody_is_left_to_carry_it_the_complaint_goes_outside() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Disposed).await;
    office
        .pji_lead
        .post(
            &format!("{}/recusal", case.path),
            json!({"text": "Terlapor adalah ipar saya."}),
        )
        .await
        .expect(204);
    assert_eq!(
        office.external.get(&case.path).await.expect(200)["stage"],
        "referred_externally"
    );
    let note = json!({"text": "Sudah ada pengganti."});
    office
        .conflict_officer
        .post(&format!("{}/recall", case.path), note.clone())
        .await
        .refused(409, "conflict");
    office.another(Role::PjiLead, "Ratna Dewi").await;
    assert_eq!(
        office
            .conflict_officer
            .post(&format!("{}/recall", case.path), note)
            .await
            .expect(200)["stage"],
        "screened"
    );
}

#[actix_web::test]
async fn a_complaint_is_not_forwarded_to_a_team_whose_lead_is_concerned() {
    let mut office = ComplaintOffice::open().await;
    let case = office
        .case_of(naming("Yusuf Rahman"), Until::Disposed)
        .await;
    let forwarding = json!({"team": office.team, "text": "Mohon diselesaikan."});
    let refused = office
        .pji_lead
        .post(&format!("{}/forwarding", case.path), forwarding)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            refused["errors"][0]["pointer"].as_str(),
            refused["errors"][0]["code"].as_str()
        ),
        (Some("/team"), Some("team_cannot_take_it"))
    );
    let unknown = json!({"team": uuid::Uuid::new_v4(), "text": "Mohon diselesaikan."});
    office
        .pji_lead
        .post(&format!("{}/forwarding", case.path), unknown)
        .await
        .refused(422, "invalid_content");
}

#[actix_web::test]
async fn the_conflict_officer_reads_names_and_nothing_else() {
    let mut office = ComplaintOffice::open().await;
    let case = office
        .case_of(naming("Doni Saputra"), Until::Screened)
        .await;
    let seen = office.conflict_officer.get(&case.path).await.expect(200);
    assert_eq!(
        (seen["content"].is_null(), seen["disposition"].is_null()),
        (true, true)
    );
    office
        .conflict_officer
        .get(&format!("{}/messages", case.path))
        .await
        .refused(404, "not_found");
    assert_eq!(
        office
            .conflict_officer
            .get(&format!("{}/conflicts", case.path))
            .await
            .expect(200)["named"],
        json!(["Doni Saputra"])
    );
    office
        .head
        .get(&format!("{}/conflicts", case.path))
        .await
        .refused(403, "forbidden");
}

#[actix_web::test]
async fn a_drafter_reads_the_settlement_and_the_complaint_only_when_the_lead_says_so() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Resolved).await;
    assert!(office.team_staff.get(&case.path).await.expect(200)["content"].is_null());
    office
        .team_staff
        .get(&format!("{}/messages", case.path))
        .await
        .refused(404, "not_found");
    let open = office.case(Until::Forwarded).await;
    let resolution =
        json!({"finding": "proven", "summary": "Terbukti.", "drafter_reads_complaint": true});
    office
        .team_lead
        .post(&format!("{}/resolution", open.path), resolution)
        .await
        .expect(200);
    assert_eq!(
        office.team_staff.get(&open.path).await.expect(200)["content"]["subject"],
        "Pungutan di luar tarif"
    );
}

#[actix_web::test]
async fn who_is_warned_sees_the_warning_and_nothing_of_the_case() {
    let mut office = ComplaintOffice::open().await;
    let warned = office.another(Role::Head, "Doni Saputra").await;
    let case = office.case(Until::Forwarded).await;
    let warning = json!({"warnings": [{"user": warned.id, "text": "Pungutan di luar tarif tidak dibenarkan."}]});
    office
        .team_lead
        .post(&format!("{}/warnings", case.path), warning)
        .await
        .expect(200);
    let warned = warned.sign_in_again().await;
    let mine = warned.get("/api/v1/warnings").await.expect(200);
    let fields: Vec<_> = mine["items"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(fields, ["id", "issued_on", "statement", "text"]);
    bare(warned.get(&case.path).await);
    assert_eq!(
        warned
            .get("/api/v1/complaints?count=true")
            .await
            .expect(200)["count"],
        0,
        "though a head sees all others"
    );
    let other = format!(
        "/api/v1/warnings/{}/statement",
        mine["items"][0]["id"].as_str().unwrap()
    );
    office
        .team_staff
        .post(&other, json!({"text": "Saya juga."}))
        .await
        .refused(404, "not_found");
    let quoting = json!({"warnings": [{"user": office.clerk.id, "text": "Bahwa petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima."}]});
    let refused = office
        .team_lead
        .post(&format!("{}/warnings", case.path), quoting)
        .await
        .refused(422, "invalid_content");
    assert_eq!(refused["errors"][0]["code"], "quotes_complaint");
}

#[actix_web::test]
async fn a_clerk_reads_nothing_of_what_they_typed_in() {
    let mut office = ComplaintOffice::open().await;
    let slip = office
        .clerk
        .post("/api/v1/complaints/paper", json!({"form": form()}))
        .await
        .expect(201);
    office.next_slot().await;
    let number = slip["public_number"].as_str().unwrap();
    let found = office
        .head
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    let path = format!(
        "/api/v1/complaints/{}",
        found["items"][0]["id"].as_str().unwrap()
    );
    bare(office.clerk.get(&path).await);
    assert_eq!(
        office
            .clerk
            .get("/api/v1/complaints?count=true")
            .await
            .expect(200)["count"],
        0
    );
    let asking = crate::support::Request {
        method: reqwest::Method::GET,
        path: "/api/v1/complaints/paper",
        body: None,
        headers: &[],
    };
    assert!([400, 404, 405].contains(&office.clerk.ask(&asking).await.status));
}
