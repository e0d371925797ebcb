//! The story of whistle-blowing, readable by the office: an anonymous reporter submits a complaint
//! online; it ends with an acknowledged answer.

use serde_json::json;

use super::office::{ComplaintOffice, answer, form};

#[actix_web::test]
async fn a_complaint_goes_from_an_anonymous_reporter_to_an_acknowledged_answer() {
    let mut office = ComplaintOffice::open().await;

    // Step 1: submitted. The code is shown once; the service signs the receipt.
    let submitted = office
        .nobody
        .post("/api/v1/complaints", form())
        .await
        .expect(201);
    let genuine = office
        .nobody
        .post(
            "/api/v1/complaints/receipts/verification",
            submitted["receipt"].clone(),
        )
        .await
        .expect(200);
    assert_eq!(genuine, json!({"genuine": true}));
    let code = submitted["receipt_code"].as_str().unwrap();
    let number = submitted["public_number"].as_str().unwrap();
    let reporter = office.sign_in_with_code(code).await;
    assert_eq!(
        reporter.get("/api/v1/complaints/mine").await.expect(200)["stage"],
        "received"
    );

    // Until the surfacing time no user in the office sees it.
    assert_eq!(
        office
            .head
            .get("/api/v1/complaints?count=true")
            .await
            .expect(200)["count"],
        0
    );
    assert_eq!(
        office.head.get("/api/v1/desk").await.expect(200)["items"],
        json!([])
    );
    office.next_slot().await;
    let found = office
        .head
        .get("/api/v1/complaints?count=true")
        .await
        .expect(200);
    assert_eq!(
        (
            found["count"].as_i64(),
            found["items"][0]["public_number"].as_str()
        ),
        (Some(1), Some(number))
    );
    assert_eq!(
        office.head.get("/api/v1/desk").await.expect(200)["items"][0]["complaint"]["public_number"],
        number
    );
    let path = format!(
        "/api/v1/complaints/{}",
        found["items"][0]["id"].as_str().unwrap()
    );

    // Step 2: the head reads it and orders a response.
    let seen = office.head.get(&path).await.expect(200);
    assert_eq!(
        (seen["stage"].as_str(), seen["clock"]["step"].as_i64()),
        (Some("screened"), Some(2))
    );
    assert_eq!(seen["content"]["subject"], "Pungutan di luar tarif");
    let disposed = office
        .head
        .post(
            &format!("{path}/disposition"),
            json!({"text": "Mohon ditanggapi."}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            disposed["stage"].as_str(),
            disposed["clock"]["standard_minutes"].as_i64()
        ),
        (Some("disposed"), Some(30))
    );

    // Step 3: the PJI lead forwards it to the team concerned; until then the team does not see it.
    office.team_lead.get(&path).await.refused(404, "not_found");
    let forwarding = json!({"team": office.team, "text": "Mohon diselesaikan segera."});
    office
        .pji_lead
        .post(&format!("{path}/forwarding"), forwarding)
        .await
        .expect(200);

    // Step 4: the lead asks, the reporter answers, a person is warned and states their side.
    let question = json!({"text": "Apakah ada kuitansi?", "awaits_answer": true});
    office
        .team_lead
        .post(&format!("{path}/messages"), question)
        .await
        .expect(201);
    assert_eq!(
        office.team_lead.get(&path).await.expect(200)["stage"],
        "waiting_for_reporter"
    );
    let reporter = office.sign_in_with_code(code).await;
    let conversation = reporter
        .get("/api/v1/complaints/mine/messages")
        .await
        .expect(200);
    assert_eq!(conversation["items"][0]["text"], "Apakah ada kuitansi?");
    let awaited = reporter.get("/api/v1/complaints/mine").await.expect(200);
    assert_eq!(
        (awaited["stage"].as_str(), awaited["awaited_until"].as_str()),
        (Some("waiting_for_reporter"), Some("2026-07-20"))
    );
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Ada, tanggal 3 Juni."}),
        )
        .await
        .expect(201);
    assert_eq!(
        office
            .team_lead
            .get(&format!("{path}/messages"))
            .await
            .expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "it has not surfaced"
    );
    office.next_slot().await;
    assert_eq!(
        office
            .team_lead
            .get(&format!("{path}/messages"))
            .await
            .expect(200)["items"][1]["text"],
        "Ada, tanggal 3 Juni."
    );
    let accused = office
        .another(service_desk::sop::role::Role::PjiStaff, "Doni Saputra")
        .await;
    let warning = json!({"warnings": [{"user": accused.id, "text": "Pungutan di luar tarif tidak dibenarkan."}]});
    let warned = office
        .team_lead
        .post(&format!("{path}/warnings"), warning)
        .await
        .expect(200);
    assert_eq!(warned["stage"], "in_resolution");
    assert!(
        office
            .sign_in_with_code(code)
            .await
            .get("/api/v1/complaints/mine")
            .await
            .expect(200)["awaited_until"]
            .is_null(),
        "the office has the answer"
    );
    let mine = accused.get("/api/v1/warnings").await.expect(200)["items"][0].clone();
    let statement = json!({"text": "Uang sudah saya kembalikan."});
    accused
        .post(
            &format!(
                "/api/v1/warnings/{}/statement",
                mine["id"].as_str().unwrap()
            ),
            statement,
        )
        .await
        .expect(200);
    assert_eq!(
        office.team_lead.get(&path).await.expect(200)["warnings"][0]["statement"],
        "Uang sudah saya kembalikan."
    );
    let resolution =
        json!({"finding": "proven", "summary": "Pungutan terbukti; uang telah dikembalikan."});
    assert_eq!(
        office
            .team_lead
            .post(&format!("{path}/resolution"), resolution)
            .await
            .expect(200)["stage"],
        "resolved"
    );

    // Step 5: drafted from the settlement, without the complaint; the head returns it once.
    let drafter = office.team_staff.get(&path).await.expect(200);
    assert_eq!(
        (
            drafter["content"].is_null(),
            drafter["resolution"]["finding"].as_str()
        ),
        (true, Some("proven"))
    );
    office
        .team_staff
        .post(&format!("{path}/answer"), answer())
        .await
        .expect(200);
    office
        .head
        .post(
            &format!("{path}/answer/return"),
            json!({"text": "Sebutkan tarif yang berlaku."}),
        )
        .await
        .expect(200);
    assert_eq!(
        office.team_staff.get(&path).await.expect(200)["answer"]["returned"],
        "Sebutkan tarif yang berlaku."
    );
    office
        .team_staff
        .post(&format!("{path}/answer"), answer())
        .await
        .expect(200);

    // Step 6: signed, under a random number.
    let signed = office
        .head
        .act(&format!("{path}/answer/signature"))
        .await
        .expect(200);
    assert!(
        signed["answer"]["signature"]["number"]
            .as_str()
            .unwrap()
            .starts_with("R/")
    );
    let reporter = office.sign_in_with_code(code).await;
    reporter
        .get("/api/v1/complaints/mine/answer")
        .await
        .refused(404, "not_found");
    office.run_due_work().await;

    // Step 7: read, and acknowledged for a receipt; the office sees it at the next surfacing time.
    assert_eq!(
        reporter
            .get("/api/v1/complaints/mine/answer")
            .await
            .expect(200)["subject"],
        "Jawaban atas pengaduan Saudara"
    );
    let receipt = reporter
        .act("/api/v1/complaints/mine/answer/acknowledgement")
        .await
        .expect(200);
    assert_eq!(
        office
            .nobody
            .post("/api/v1/complaints/receipts/verification", receipt)
            .await
            .expect(200),
        json!({"genuine": true})
    );
    reporter
        .act("/api/v1/complaints/mine/answer/acknowledgement")
        .await
        .refused(409, "out_of_order");
    let version = office.head.get(&path).await.etag();
    office.run_due_work().await;
    assert_eq!(
        office.head.get(&path).await.etag(),
        version,
        "the minute is not revealed"
    );
    office.next_slot().await;
    assert_eq!(office.head.get(&path).await.expect(200)["stage"], "closed");

    // The reporter sees the accesses by day and role; the auditor verifies the chain.
    let reporter = office.sign_in_with_code(code).await;
    let log = reporter
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    let roles: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|access| access["role"].as_str().unwrap())
        .collect();
    assert!(
        roles.contains(&"head") && roles.contains(&"team_lead"),
        "{roles:?}"
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
