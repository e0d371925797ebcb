//! Four eyes on one draft, and acting for the head.

use serde_json::{Value, json};
use service_desk::sop::role::{Role, Roles};

use super::Office;
use super::office::Until;
use crate::support::Person;

async fn head_and(office: &Office, role: Role) -> Person {
    office
        .app
        .staff_with(Roles::NONE.with(Role::Head).with(role))
        .await
}

async fn initials(case: &str, letter: &Person, cost: &Person) {
    letter
        .post(
            &format!("{case}/audit-notice/initials"),
            json!({"as": "letter"}),
        )
        .await
        .expect(200);
    cost.post(
        &format!("{case}/audit-notice/initials"),
        json!({"as": "cost"}),
    )
    .await
    .expect(200);
}

async fn sign(case: &str, person: &Person) -> crate::support::Answer {
    person.act(&format!("{case}/audit-notice/signature")).await
}

/// The entry for signing in `next`, as `person` reads it.
async fn signing_refusal(case: &str, person: &Person) -> Value {
    let view = person.get(case).await.expect(200);
    let entry = view["next"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["task"] == "sign_audit_notice")
        .unwrap()
        .clone();
    entry["refusal"].clone()
}

#[actix_web::test]
async fn who_drafted_the_notice_cannot_sign_it() {
    let office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    let both = head_and(&office, Role::OperationsStaff).await;
    both.post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    initials(&case, &office.ss_lead, &office.pji_lead).await;
    let before = office.written_counts(&case).await;
    assert_eq!(signing_refusal(&case, &both).await, "four_eyes");
    sign(&case, &both).await.refused(403, "four_eyes");
    assert_eq!(office.written_counts(&case).await, before);
    sign(&case, &office.head).await.expect(200);
}

#[actix_web::test]
async fn who_initialled_the_notice_cannot_sign_it() {
    let office = Office::open().await;
    for role in [Role::SsLead, Role::PjiLead] {
        let case = office.case(Until::Drafted).await;
        let both = head_and(&office, role).await;
        if role == Role::SsLead {
            initials(&case, &both, &office.pji_lead).await;
        } else {
            initials(&case, &office.ss_lead, &both).await;
        }
        assert_eq!(signing_refusal(&case, &both).await, "four_eyes");
        sign(&case, &both).await.refused(403, "four_eyes");
        assert_eq!(signing_refusal(&case, &office.head).await, json!(null));
        sign(&case, &office.head).await.expect(200);
    }
}

#[actix_web::test]
async fn who_drafted_one_draft_may_sign_the_next_that_others_drafted() {
    let office = Office::open().await;
    let case = office.case(Until::Confirmed).await;
    let both = head_and(&office, Role::OperationsStaff).await;
    both.post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    initials(&case, &office.ss_lead, &office.pji_lead).await;
    office
        .head
        .post(
            &format!("{case}/audit-notice/return"),
            json!({"reason": "Salah tanggal."}),
        )
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    initials(&case, &office.ss_lead, &office.pji_lead).await;
    sign(&case, &both).await.expect(200);
    let notice = office
        .head
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    assert_eq!(
        (&notice["draft"], &notice["signature"]["by"]),
        (&json!(2), &json!(both.id))
    );
}

#[actix_web::test]
async fn who_only_returned_a_draft_may_sign_what_comes_back() {
    let office = Office::open().await;
    let case = office.case(Until::Initialled).await;
    office
        .head
        .post(
            &format!("{case}/audit-notice/return"),
            json!({"reason": "Tembusan belum ada."}),
        )
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    initials(&case, &office.ss_lead, &office.pji_lead).await;
    sign(&case, &office.head).await.expect(200);
}

/// One person does at most two of the draft and the two parafs, in any order.
#[actix_web::test]
async fn one_person_does_not_draft_and_put_both_parafs() {
    let office = Office::open().await;
    let all = Roles::NONE
        .with(Role::OperationsStaff)
        .with(Role::SsLead)
        .with(Role::PjiLead);
    let alone = office.app.staff_with(all).await;
    for (first, second, other) in [
        ("letter", "cost", &office.pji_lead),
        ("cost", "letter", &office.ss_lead),
    ] {
        let case = office.case(Until::Confirmed).await;
        let path = format!("{case}/audit-notice/initials");
        alone
            .post(&format!("{case}/audit-notice"), office.notice())
            .await
            .expect(200);
        alone.post(&path, json!({"as": first})).await.expect(200);
        let view = alone.get(&case).await.expect(200);
        let task = format!("initial_notice_{second}");
        let entry = view["next"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["task"] == task.as_str())
            .unwrap();
        assert_eq!(
            (&entry["allowed"], &entry["refusal"]),
            (&json!(false), &json!("four_eyes"))
        );
        let before = office.written_counts(&case).await;
        alone
            .post(&path, json!({"as": second}))
            .await
            .refused(403, "four_eyes");
        assert_eq!(office.written_counts(&case).await, before);
        assert_eq!(
            other.post(&path, json!({"as": second})).await.expect(200)["stage"],
            "notice_initialled"
        );
        sign(&case, &office.head).await.expect(200);
    }
    // After a draft by another person, one person may put both parafs.
    let case = office.case(Until::Drafted).await;
    initials(&case, &alone, &alone).await;
    sign(&case, &office.head).await.expect(200);
}

#[actix_web::test]
async fn an_acting_head_who_initialled_the_letter_cannot_sign_it() {
    let office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    let case = office.case(Until::Initialled).await;
    appoint(&office, &admin, &office.ss_lead, "2026-07-06", "2026-07-06").await;
    sign(&case, &office.ss_lead).await.refused(403, "four_eyes");
}

/// Two administrators appoint `person` to act for the head.
async fn appoint(
    office: &Office,
    admin: &Person,
    person: &Person,
    first: &str,
    last: &str,
) -> Value {
    let form = json!({"user_id": person.id, "role": "head", "kind": "plh", "first_day": first, "last_day": last, "decree_number": "B/512/BSPJI/KP/2026"});
    let made = admin
        .post("/api/v1/acting-appointments", form)
        .await
        .expect(201);
    let confirmation = format!(
        "/api/v1/acting-appointments/{}/confirmation",
        made["id"].as_str().unwrap()
    );
    office
        .app
        .staff(Role::Admin)
        .await
        .act(&confirmation)
        .await
        .expect(200)
}

#[actix_web::test]
async fn an_acting_head_signs_from_the_first_to_the_last_day_in_palembang_and_the_letter_says_so() {
    let mut office = Office::open().await;
    let admin = office.app.staff(Role::Admin).await;
    // One deputy has a role that never sees a notice, the other has one that does.
    let (mut outsider, mut lead) = (
        office.app.staff(Role::TeamStaff).await,
        office.app.staff(Role::SsLead).await,
    );
    let cases = [
        office.case(Until::Initialled).await,
        office.case(Until::Initialled).await,
        office.case(Until::Initialled).await,
    ];
    let tuesday = appoint(&office, &admin, &outsider, "2026-07-07", "2026-07-07").await;
    let wednesday = appoint(&office, &admin, &lead, "2026-07-08", "2026-07-09").await;

    // Monday 23:59.
    minutes_pass(&mut office, &mut [&mut outsider, &mut lead], 16 * 60 - 1).await;
    sign(&cases[0], &outsider).await.refused(404, "not_found");
    sign(&cases[0], &lead).await.refused(403, "not_your_step");

    // Tuesday 00:00: the first minute of one appointment; the other begins later.
    minutes_pass(&mut office, &mut [&mut outsider, &mut lead], 1).await;
    sign(&cases[0], &lead).await.refused(403, "not_your_step");
    sign(&cases[0], &outsider).await.expect(200);
    let signature = signature(&office, &cases[0]).await;
    assert_eq!(
        (&signature["capacity"], &signature["acting_appointment"]),
        (&json!("Plh. Kepala Balai"), &tuesday["id"])
    );
    assert_eq!(signature["by"], json!(outsider.id));
    let timeline = office
        .head
        .get(&format!("{}/timeline", cases[0]))
        .await
        .expect(200);
    let entry = timeline["entries"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&entry["task"], &entry["acting"]),
        (&json!("sign_audit_notice"), &json!("plh"))
    );

    // Thursday 23:59, the last minute of the other appointment.
    minutes_pass(
        &mut office,
        &mut [&mut outsider, &mut lead],
        3 * 24 * 60 - 1,
    )
    .await;
    sign(&cases[1], &outsider).await.refused(404, "not_found");
    sign(&cases[1], &lead).await.expect(200);
    let signature = self::signature(&office, &cases[1]).await;
    assert_eq!(
        (&signature["capacity"], &signature["acting_appointment"]),
        (&json!("Plh. Kepala Balai"), &wednesday["id"])
    );

    // Friday.
    minutes_pass(&mut office, &mut [&mut outsider, &mut lead], 1).await;
    sign(&cases[2], &lead).await.refused(403, "not_your_step");
    sign(&cases[2], &office.head).await.expect(200);
    let signature = self::signature(&office, &cases[2]).await;
    assert_eq!(
        (&signature["capacity"], &signature["acting_appointment"]),
        (&json!("Kepala Balai"), &json!(null))
    );
}

async fn minutes_pass(office: &mut Office, others: &mut [&mut Person], minutes: i64) {
    office.later(minutes).await;
    for person in others {
        **person = person.sign_in_again().await;
    }
}

async fn signature(office: &Office, case: &str) -> Value {
    office
        .head
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200)["signature"]
        .clone()
}
