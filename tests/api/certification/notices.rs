//! Steps 4 and 6: teams, dates and costs, and the scope of the customer's agreement.

use serde_json::{Value, json};

use super::Office;
use super::attempts::explained;
use super::drafts::faults;
use super::office::{Until, completion, cost, mandatory, verification};

/// Another auditor for these schemes, qualified as lead or not.
async fn auditor(office: &Office, schemes: &[&str], lead: bool) -> Value {
    let role = if lead { "lead" } else { "auditor" };
    let form = super::office::auditor("Siti Aminah, S.T.", schemes, &[role]);
    office
        .ss_lead
        .post("/api/v1/auditors", form)
        .await
        .expect(201)["id"]
        .clone()
}

/// Invalid teams, each with the expected pointer and code.
async fn wrong_teams(office: &Office) -> Vec<(Value, (&'static str, &'static str))> {
    let (lead, member) = (&office.auditors[0], &office.auditors[1]);
    let (stranger, chemist) = (
        json!(uuid::Uuid::new_v4()),
        auditor(office, &["product_sni"], true).await,
    );
    let person = |id: Value, role: &str| json!({"auditor_id": id, "role": role});
    vec![
        (json!([]), ("", "one_lead")),
        (json!([person(json!(member), "auditor")]), ("", "one_lead")),
        (
            json!([person(json!(lead), "lead"), person(json!(lead), "auditor")]),
            ("/1/auditor_id", "duplicate"),
        ),
        (
            json!([person(json!(lead), "lead"), person(json!(lead), "decider")]),
            ("/1/auditor_id", "reviewer_in_team"),
        ),
        (
            json!([
                person(json!(lead), "lead"),
                person(json!(member), "sampling_officer")
            ]),
            ("/1/auditor_id", "not_competent"),
        ),
        (
            json!([person(json!(lead), "lead"), person(stranger, "expert")]),
            ("/1/auditor_id", "unknown_auditor"),
        ),
        (
            json!([person(json!(lead), "lead"), person(chemist, "auditor")]),
            ("/1/auditor_id", "not_competent"),
        ),
        (
            json!([person(json!(member), "lead")]),
            ("/0/auditor_id", "may_not_lead"),
        ),
    ]
}

#[actix_web::test]
async fn a_wrong_team_is_neither_proposed_nor_drafted() {
    let office = Office::open().await;
    let (proposing, drafting) = (
        office.case(Until::Verified).await,
        office.case(Until::Confirmed).await,
    );
    for (team, (place, code)) in wrong_teams(&office).await {
        let (mut proposal, mut notice) = (office.proposal(), office.notice());
        proposal["proposed_team"] = team.clone();
        notice["team"] = team;
        let refusal = office
            .pji_staff
            .post(&format!("{proposing}/audit-confirmation"), proposal)
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            faults(&refusal),
            [(format!("/proposed_team{place}").as_str(), code)]
        );
        let refusal = office
            .operations
            .post(&format!("{drafting}/audit-notice"), notice)
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [(format!("/team{place}").as_str(), code)]);
    }
    office
        .pji_staff
        .post(
            &format!("{proposing}/audit-confirmation"),
            office.proposal(),
        )
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{drafting}/audit-notice"), office.notice())
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_proposal_lies_in_the_future_and_its_audit_after_the_answer() {
    let office = Office::open().await;
    let case = office.case(Until::Verified).await;
    let told = async |name: &str, value: Value| {
        let mut proposal = office.proposal();
        proposal[name] = value;
        let refusal = office
            .pji_staff
            .post(&format!("{case}/audit-confirmation"), proposal)
            .await
            .refused(422, "invalid_content");
        faults(&refusal)
            .into_iter()
            .map(|(pointer, code)| format!("{pointer} {code}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("answer_by", json!(office.app.clock.now())).await,
        ["/answer_by in_the_past"]
    );
    assert_eq!(
        told("proposed_dates", json!(["2026-07-11", "2026-07-12"])).await,
        ["/proposed_dates/0 too_early"]
    );
    assert_eq!(
        told("proposed_dates", json!([])).await,
        ["/proposed_dates wrong_value"]
    );
    assert_eq!(
        told("cost_estimate", json!([])).await,
        ["/cost_estimate wrong_value"]
    );
}

#[actix_web::test]
async fn an_answer_chooses_among_what_was_proposed() {
    let office = Office::open().await;
    let case = office.case(Until::AwaitingCustomer).await;
    let answer = json!({"confirmation": {
        "chosen_date": "2026-08-04", "accepts_cost": true,
        "objections": [{"auditor_id": uuid::Uuid::new_v4(), "reason": "Pernah menjadi konsultan kami."}],
    }});
    let refusal = office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .refused(422, "invalid_content");
    let expected = [
        ("/confirmation/chosen_date", "not_proposed"),
        ("/confirmation/objections/0/auditor_id", "not_proposed"),
    ];
    assert_eq!(faults(&refusal), expected);
}

/// A refusal leads back to step 4 with its reasons. Proposing a refused item again needs a reason;
/// a lower cost or another date does not.
#[actix_web::test]
async fn a_customer_who_does_not_agree_leads_straight_back_to_step_4_with_the_reasons() {
    let office = Office::open().await;
    let mut objecting = completion();
    objecting["confirmation"]["objections"] =
        json!([{"auditor_id": office.auditors[1], "reason": "Pernah menjadi konsultan kami."}]);
    let mut refusing = completion();
    refusing["confirmation"]["accepts_cost"] = json!(false);
    refusing["confirmation"]["cost_reason"] = json!("Dua hari sudah cukup.");
    let mut another = office.proposal();
    another["proposed_team"] = json!([{"auditor_id": office.auditors[0], "role": "lead"}]);
    let mut cheaper = office.proposal();
    cheaper["cost_estimate"] = cost(1_999_999);
    for (answer, note, mended) in [
        (
            objecting,
            "Keberatan atas Bambang Susilo, S.T.: Pernah menjadi konsultan kami.",
            another,
        ),
        (
            refusing,
            "Biaya tidak disetujui: Dua hari sudah cukup.",
            cheaper,
        ),
    ] {
        let case = office.case(Until::AwaitingCustomer).await;
        let back = office
            .customer
            .post(&format!("{case}/completion"), answer.clone())
            .await
            .expect(200);
        assert_eq!(
            (
                &back["stage"],
                &back["clock"]["step"],
                &back["clock"]["party"]
            ),
            (&json!("verified"), &json!(4), &json!("office")),
            "{note}"
        );
        assert_eq!(
            last_entry(&office, &case).await,
            (json!("complete_application"), json!(note))
        );
        let printed = office
            .pji_staff
            .get(&format!("{case}/audit-confirmations/1/pdf"))
            .await;
        assert_eq!(
            (printed.status, printed.header("content-type")),
            (200, Some("application/pdf")),
            "{note}"
        );
        let desk = office.pji_staff.get("/api/v1/desk").await.expect(200);
        assert!(
            desk["items"]
                .to_string()
                .contains(&super::attempts::id_of(&case).to_string()),
            "it is on the desk of step 4"
        );

        let propose = format!("{case}/audit-confirmation");
        let refusal = office
            .pji_staff
            .post(&propose, office.proposal())
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [("/reason", "missing_field")], "{note}");
        let mut again = office.proposal();
        again["reason"] = json!(" ");
        office
            .pji_staff
            .post(&propose, again.clone())
            .await
            .refused(422, "invalid_content");
        again["reason"] = json!("Tidak ada auditor lain; biaya sesuai tarif.");
        office
            .pji_staff
            .post(&propose, again.clone())
            .await
            .expect(200);
        assert_eq!(
            last_entry(&office, &case).await,
            (json!("propose_audit"), again["reason"].clone())
        );
        let sheets = office
            .customer
            .get(&format!("{case}/audit-confirmations"))
            .await
            .expect(200);
        assert_eq!(
            sheets["items"][1]["proposal"]["reason"], again["reason"],
            "the customer reads why"
        );

        // Refused again, and corrected.
        office
            .customer
            .post(&format!("{case}/completion"), answer)
            .await
            .expect(200);
        office
            .pji_staff
            .post(&propose, mended.clone())
            .await
            .expect(200);
        assert_eq!(
            office
                .customer
                .post(&format!("{case}/completion"), completion())
                .await
                .expect(200)["stage"],
            "confirmed"
        );
        let notice = json!({"team": mended["proposed_team"], "audit_dates": ["2026-08-03"], "cost_lines": mended["cost_estimate"]});
        assert_eq!(
            office
                .operations
                .post(&format!("{case}/audit-notice"), notice)
                .await
                .expect(200)["stage"],
            "notice_drafted"
        );
    }
}

/// Completed documents are verified first; then the refused items are proposed again.
#[actix_web::test]
async fn a_customer_who_hands_in_papers_and_does_not_agree_is_verified_and_then_asked_again() {
    let office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[wanting]))
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let mut answer = explained(wanting);
    answer["confirmation"]["accepts_cost"] = json!(false);
    assert_eq!(
        office
            .customer
            .post(&format!("{case}/completion"), answer)
            .await
            .expect(200)["stage"],
        "completed"
    );
    let judged = json!({"items": [{"requirement": wanting, "result": "complete"}]});
    assert_eq!(
        office
            .operations
            .post(&format!("{case}/verification"), judged)
            .await
            .expect(200)["stage"],
        "verified"
    );
    assert_eq!(
        last_entry(&office, &case).await,
        (json!("verify_documents"), json!("Biaya tidak disetujui."))
    );
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .refused(422, "invalid_content");
    let mut cheaper = office.proposal();
    cheaper["cost_estimate"] = cost(1_000_000);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), cheaper)
        .await
        .expect(200);
    assert_eq!(
        office
            .customer
            .post(&format!("{case}/completion"), completion())
            .await
            .expect(200)["stage"],
        "confirmed",
        "its papers stay complete"
    );
}

/// The last entry of the timeline: the task and its note.
async fn last_entry(office: &Office, case: &str) -> (Value, Value) {
    let timeline = office
        .customer
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    let last = timeline["entries"].as_array().unwrap().last().unwrap();
    (last["task"].clone(), last["note"].clone())
}

/// A notice beyond the customer's agreement cannot be drafted. The single rules are tested in
/// `certification/agreement`.
#[actix_web::test]
async fn a_notice_that_was_not_agreed_to_goes_back_to_step_4() {
    let office = Office::open().await;
    let stranger = auditor(&office, &["quality_iso9001"], true).await;
    let mut dearer = office.notice();
    dearer["cost_lines"] = cost(2_000_001);
    let mut led_by_another = office.notice();
    led_by_another["team"][0]["auditor_id"] = stranger.clone();
    let mut with_another = office.notice();
    with_another["team"][1] = json!({"auditor_id": stranger, "role": "auditor"});
    for (notice, why) in [
        (dearer, "melebihi"),
        (led_by_another, "tidak termasuk"),
        (with_another, "tidak termasuk"),
    ] {
        let case = office.case(Until::Confirmed).await;
        let view = office
            .operations
            .post(&format!("{case}/audit-notice"), notice)
            .await
            .expect(200);
        assert_eq!(
            (&view["stage"], &view["clock"]["step"]),
            (&json!("verified"), &json!(4)),
            "{why}"
        );
        let (task, note) = last_entry(&office, &case).await;
        assert!(
            task == "draft_audit_notice" && note.as_str().unwrap().contains(why),
            "{note}"
        );
        office
            .operations
            .get(&format!("{case}/audit-notice"))
            .await
            .refused(404, "not_found");
        // The customer gets a new proposal, and agrees.
        office
            .pji_staff
            .post(&format!("{case}/audit-confirmation"), office.proposal())
            .await
            .expect(200);
        office
            .customer
            .post(&format!("{case}/completion"), completion())
            .await
            .expect(200);
        let view = office
            .operations
            .post(&format!("{case}/audit-notice"), office.notice())
            .await
            .expect(200);
        assert_eq!(view["stage"], "notice_drafted", "{why}");
    }
}

/// The audit dates are the agreed days.
#[actix_web::test]
async fn the_audit_is_on_the_days_that_were_agreed() {
    let office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    let path = format!("{case}/audit-notice");
    for (dates, expected) in [
        (
            json!(["2026-08-10", "2026-08-11"]),
            ("/audit_dates/0", "not_agreed"),
        ),
        (
            json!(["2026-08-04", "2026-08-03"]),
            ("/audit_dates", "not_in_order"),
        ),
        (
            json!(["2026-08-03", "2026-08-03"]),
            ("/audit_dates", "not_in_order"),
        ),
        (
            json!(["2026-08-03", "2026-08-10"]),
            ("/audit_dates/1", "not_agreed"),
        ),
        (
            json!(["2026-08-03", "2027-12-25"]),
            ("/audit_dates/1", "not_agreed"),
        ),
    ] {
        let mut notice = office.notice();
        notice["audit_dates"] = dates;
        // A reason allows a holiday or short notice, never another day than the agreed ones.
        notice["reason"] = json!("Diminta pelanggan.");
        let refusal = office
            .operations
            .post(&path, notice)
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [expected]);
    }
    assert_eq!(
        office
            .operations
            .post(&path, office.notice())
            .await
            .expect(200)["stage"],
        "notice_drafted"
    );
}

/// A holiday or short notice needs a reason, which the signers read.
#[actix_web::test]
async fn a_holiday_or_short_notice_needs_a_reason_that_the_signers_read() {
    let mut office = Office::open().await;
    // Independence Day; and a Friday that is eight working days away when the notice is drafted.
    for (chosen, days, wait) in [
        ("2026-08-17", json!(["2026-08-17"]), 0),
        ("2026-07-24", json!(["2026-07-24"]), 8),
    ] {
        let case = office.case(Until::Verified).await;
        let mut proposal = office.proposal();
        proposal["proposed_dates"] = json!([chosen]);
        office
            .pji_staff
            .post(&format!("{case}/audit-confirmation"), proposal)
            .await
            .expect(200);
        office
            .customer
            .post(
                &format!("{case}/completion"),
                json!({"confirmation": {"chosen_date": chosen, "accepts_cost": true}}),
            )
            .await
            .expect(200);
        office.later(wait * 24 * 60).await;
        let mut notice = office.notice();
        notice["audit_dates"] = days;
        let refusal = office
            .operations
            .post(&format!("{case}/audit-notice"), notice.clone())
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refusal), [("/reason", "missing_field")], "{chosen}");
        notice["reason"] = json!("Hari ini diminta pelanggan.");
        office
            .operations
            .post(&format!("{case}/audit-notice"), notice.clone())
            .await
            .expect(200);
        for signer in [&office.ss_lead, &office.pji_lead, &office.head] {
            let seen = signer
                .get(&format!("{case}/audit-notice"))
                .await
                .expect(200);
            assert_eq!(seen["content"]["reason"], notice["reason"]);
        }
        assert_eq!(
            last_entry(&office, &case).await,
            (json!("draft_audit_notice"), notice["reason"].clone())
        );
    }
}

/// The audit dates must be in the future when the notice is drafted, signed and sent.
#[actix_web::test]
async fn a_notice_whose_day_has_come_is_neither_drafted_nor_signed_nor_sent() {
    let mut office = Office::open().await;
    let (drafting, signing, sending) = (
        office.case(Until::Confirmed).await,
        office.case(Until::Initialled).await,
        office.case(Until::Signed).await,
    );
    // The last minute of 2 August, and the first of 3 August, in Palembang.
    let minutes_to_go = (28 * 24 - 8) * 60 - 1;
    // In two parts, because an unused session ends after a fortnight.
    office.later(minutes_to_go / 2).await;
    office.later(minutes_to_go - minutes_to_go / 2).await;
    let (signature, dispatch) = (
        format!("{signing}/audit-notice/signature"),
        format!("{sending}/audit-notice/dispatch"),
    );
    let next = office.head.get(&signing).await.expect(200)["next"].clone();
    assert_eq!(entry(&next, "sign_audit_notice")["allowed"], true);
    office.later(1).await;
    let back = office
        .operations
        .post(&format!("{drafting}/audit-notice"), office.notice())
        .await
        .expect(200);
    assert_eq!(back["stage"], "verified");
    assert!(
        last_entry(&office, &drafting)
            .await
            .1
            .as_str()
            .unwrap()
            .contains("lewat")
    );

    let numbers = office.rows("letter", "application_id", &signing).await;
    office.head.act(&signature).await.refused(409, "conflict");
    assert_eq!(
        office.rows("letter", "application_id", &signing).await,
        numbers
    );
    let next = office.head.get(&signing).await.expect(200)["next"].clone();
    assert_eq!(
        (
            &entry(&next, "sign_audit_notice")["allowed"],
            &entry(&next, "sign_audit_notice")["refusal"]
        ),
        (&json!(false), &json!("conflict"))
    );
    // The recovery: the notice is returned, and step 6 leads back to step 4.
    office
        .head
        .post(
            &format!("{signing}/audit-notice/return"),
            json!({"reason": "Tanggal lewat."}),
        )
        .await
        .expect(200);
    assert_eq!(
        office
            .operations
            .post(&format!("{signing}/audit-notice"), office.notice())
            .await
            .expect(200)["stage"],
        "verified"
    );

    office
        .pji_staff
        .post(&dispatch, office.dispatch())
        .await
        .refused(409, "conflict");
    let next = office.pji_staff.get(&sending).await.expect(200)["next"].clone();
    assert_eq!(
        (
            &entry(&next, "dispatch_audit_notice")["allowed"],
            &entry(&next, "dispatch_audit_notice")["refusal"]
        ),
        (&json!(false), &json!("conflict"))
    );
    office
        .head
        .post(
            &format!("{sending}/audit-notice/voiding"),
            json!({"reason": "Tanggal lewat."}),
        )
        .await
        .expect(200);
    assert_eq!(
        office
            .operations
            .post(&format!("{sending}/audit-notice"), office.notice())
            .await
            .expect(200)["stage"],
        "verified"
    );
}

fn entry<'a>(next: &'a Value, task: &str) -> &'a Value {
    next.as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["task"] == task)
        .unwrap()
}

#[actix_web::test]
async fn what_is_listed_twice_is_refused() {
    let office = Office::open().await;
    let (case, wanting) = (office.case(Until::Filed).await, mandatory()[1]);
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[wanting]))
        .await
        .expect(200);
    let mut proposal = office.proposal();
    proposal["proposed_dates"] = json!(["2026-08-03", "2026-08-03"]);
    let refusal = office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), proposal)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/proposed_dates/1", "duplicate")]);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let mut answer = explained(wanting);
    let first = answer["answers"][0].clone();
    answer["answers"].as_array_mut().unwrap().push(first);
    let refusal = office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/answers/1/requirement", "duplicate")]);
    let mut answer = explained(wanting);
    let objection = json!({"auditor_id": office.auditors[1], "reason": "Bekas konsultan kami."});
    answer["confirmation"]["objections"] = json!([objection, objection]);
    let refusal = office
        .customer
        .post(&format!("{case}/completion"), answer)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [("/confirmation/objections/1/auditor_id", "duplicate")]
    );
    let mut form = super::office::auditor("Siti Aminah, S.T.", &["product_sni"], &["auditor"]);
    let customer = uuid::Uuid::new_v4();
    let relation = json!({"customer_id": customer, "kind": "family"});
    form["relations"] = json!([relation, relation]);
    let refusal = office
        .ss_lead
        .post("/api/v1/auditors", form)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/relations/1", "duplicate")]);
    let mut form = super::office::application();
    let product =
        json!({"name": "Air mineral", "brand": "Tirta Musi", "standard": "SNI 3553:2023"});
    form["scheme"] = json!("product_sni");
    form["products"] = json!([product, product]);
    form.as_object_mut().unwrap().remove("scope");
    let refusal = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/products/1", "duplicate")]);
}

#[actix_web::test]
async fn a_paraf_is_given_once_and_for_what_was_seen() {
    let office = Office::open().await;
    let case = office.case(Until::Drafted).await;
    let (path, notice) = (
        format!("{case}/audit-notice/initials"),
        format!("{case}/audit-notice"),
    );
    let seen = office.ss_lead.get(&notice).await.expect(200)["content_sha256"].clone();
    let other = json!({"as": "letter", "content_sha256": "0".repeat(64)});
    office
        .ss_lead
        .post(&path, other)
        .await
        .refused(412, "stale_version");
    office
        .ss_lead
        .post(&path, json!({"as": "letter", "content_sha256": seen}))
        .await
        .expect(200);
    let next = office.ss_lead.get(&case).await.expect(200)["next"].clone();
    let letter = next
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["task"] == "initial_notice_letter")
        .unwrap();
    assert_eq!(
        (letter["allowed"].as_bool(), letter["refusal"].as_str()),
        (Some(false), Some("out_of_order"))
    );
    office
        .ss_lead
        .post(&path, json!({"as": "letter"}))
        .await
        .refused(409, "out_of_order");
    office
        .ss_lead
        .post(&path, json!({"as": "cost"}))
        .await
        .refused(403, "not_your_step");
    office
        .head
        .act(&format!("{notice}/signature"))
        .await
        .refused(409, "out_of_order");
    assert_eq!(
        office
            .pji_lead
            .post(&path, json!({"as": "cost"}))
            .await
            .expect(200)["stage"],
        "notice_initialled"
    );
}

#[actix_web::test]
async fn what_is_not_what_was_initialled_is_not_signed() {
    let office = Office::open().await;
    let case = office.case(Until::Initialled).await;
    // The application's role may not change a draft; the superuser may.
    let forged = "update audit_notice set content = replace(content, '2026-08-03', '2026-09-03') where application_id = $1";
    sqlx::query(forged)
        .bind(super::attempts::id_of(&case))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    office
        .head
        .act(&format!("{case}/audit-notice/signature"))
        .await
        .refused(409, "conflict");
}
