//! A notice that the customer has received is withdrawn and replaced; its billing stays valid.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{address, pdf};
use crate::certification::Office;
use crate::certification::drafts::faults;
use crate::certification::office::{Until, application, cost, pdf as paper};

fn reason() -> Value {
    json!({"reason": "Nama auditor keliru."})
}

/// A case with a notice that was sent and then withdrawn.
async fn withdrawn(office: &Office) -> String {
    let case = office.case(Until::Sent).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    case
}

async fn billings(office: &Office, case: &str) -> Vec<Value> {
    let id = case.rsplit('/').next().unwrap();
    office
        .treasurer
        .get(&format!("/api/v1/billings?application={id}"))
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

async fn pay(office: &Office, billing: &Value) {
    let path = format!(
        "/api/v1/billings/{}/payments",
        billing["id"].as_str().unwrap()
    );
    office
        .treasurer
        .post(&path, office.payment())
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_letter_that_was_sent_is_withdrawn_and_the_next_holds_in_its_stead() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let notice = format!("{case}/audit-notice");
    let (first, nobody) = (pdf(&office.customer, &notice).await, office.app.nobody());
    office
        .pji_lead
        .post(&format!("{notice}/voiding"), reason())
        .await
        .refused(403, "not_your_step");
    let tag = office.customer.get(&notice).await.etag();
    let view = office
        .head
        .post(&format!("{notice}/voiding"), reason())
        .await
        .expect(200);
    assert_ne!(
        office.customer.get(&notice).await.etag(),
        tag,
        "the receiver of the letter is notified"
    );
    assert_eq!(
        (&view["stage"], &view["clock"]["step"]),
        (&json!("confirmed"), &json!(6)),
        "the next is drafted"
    );
    office
        .head
        .post(&format!("{notice}/voiding"), reason())
        .await
        .refused(409, "out_of_order");
    assert_eq!(
        nobody.get(&address(&first)).await.expect(200)["status"],
        "void"
    );
    let entry = office
        .customer
        .get(&format!("{case}/timeline"))
        .await
        .expect(200)["entries"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&entry["task"], &entry["note"]),
        (&json!("void_audit_notice"), &json!("Nama auditor keliru.")),
        "the customer reads why"
    );

    office.sign_anew(&case, office.notice()).await;
    let known = office.customer.get(&notice).await.expect(200);
    assert_eq!(
        (&known["draft"], &known["letter"]["status"]),
        (&json!(1), &json!("superseded")),
        "the customer knows of the one that was sent"
    );
    assert_eq!(pdf(&office.customer, &notice).await, first);
    office
        .pji_staff
        .post(&format!("{notice}/dispatch"), json!({}))
        .await
        .expect(200);
    let second = pdf(&office.customer, &notice).await;
    assert_ne!(first, second);
    let status =
        async |letter: &[u8]| nobody.get(&address(letter)).await.expect(200)["status"].clone();
    assert_eq!(
        (status(&first).await, status(&second).await),
        (json!("superseded"), json!("valid")),
        "the printed letter's page says so"
    );
    let listed = office
        .customer
        .get("/api/v1/audit-notices")
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone();
    let mut statuses: Vec<_> = listed
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["superseded", "valid"]);
}

#[actix_web::test]
async fn a_billing_that_can_still_be_paid_is_the_next_letters_too() {
    let office = Office::open().await;
    let case = withdrawn(&office).await;
    let issued = billings(&office, &case).await;
    office.sign_anew(&case, office.notice()).await;
    let dispatch = format!("{case}/audit-notice/dispatch");
    let refusal = office
        .pji_staff
        .post(&dispatch, office.dispatch())
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal),
        [("/billing", "nothing_to_bill")],
        "the customer is not billed twice"
    );
    office
        .pji_staff
        .post(&dispatch, json!({}))
        .await
        .expect(200);
    assert_eq!(billings(&office, &case).await, issued, "it stays as it is");
    pay(&office, &issued[0]).await;
    assert_eq!(billings(&office, &case).await[0]["status"], "paid");
}

#[actix_web::test]
async fn what_was_paid_stays_paid_and_the_next_letter_comes_to_the_same() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    pay(&office, &billings(&office, &case).await[0]).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    let paid = billings(&office, &case).await;
    assert_eq!((paid.len(), &paid[0]["status"]), (1, &json!("paid")));
    let mut cheaper = office.notice();
    cheaper["cost_lines"] = cost(1_500_000);
    let refusal = office
        .operations
        .post(&format!("{case}/audit-notice"), cheaper)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/cost_lines", "paid_otherwise")]);
    office.sign_anew(&case, office.notice()).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), json!({}))
        .await
        .expect(200);
    assert_eq!(billings(&office, &case).await, paid);
}

#[actix_web::test]
async fn another_amount_that_nobody_has_paid_goes_out_with_a_new_code() {
    let office = Office::open().await;
    let case = withdrawn(&office).await;
    let mut cheaper = office.notice();
    cheaper["cost_lines"] = cost(1_500_000);
    office.sign_anew(&case, cheaper).await;
    let dispatch = format!("{case}/audit-notice/dispatch");
    let refusal = office
        .pji_staff
        .post(&dispatch, json!({}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal), [("/billing", "missing_field")]);
    // Billings are sorted by time.
    office.app.clock.advance(TimeDelta::seconds(1));
    office
        .pji_staff
        .post(&dispatch, office.dispatch())
        .await
        .expect(200);
    let billed = billings(&office, &case).await;
    let amounts: Vec<_> = billed
        .iter()
        .map(|billing| {
            (
                billing["amount"].as_i64().unwrap(),
                billing["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(amounts, [(3_000_000, "issued"), (4_000_000, "replaced")]);
}

#[actix_web::test]
async fn a_code_that_has_expired_may_be_left_to_what_was_paid_in_time() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let (issued, payment) = (billings(&office, &case).await, office.payment());
    office.later(8 * 24 * 60).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    let path = format!(
        "/api/v1/billings/{}/payments",
        issued[0]["id"].as_str().unwrap()
    );
    office.sign_anew(&case, office.notice()).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), json!({}))
        .await
        .expect(200);
    assert_eq!(
        office.treasurer.post(&path, payment).await.expect(200)["status"],
        "paid",
        "the moment of payment counts"
    );
}

#[actix_web::test]
async fn the_time_between_dispatch_and_withdrawal_is_nobodys() {
    let mut office = Office::open().await;
    let case = office.case(Until::Sent).await;
    office.later(3 * 24 * 60).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    office.later(10).await;
    let clock = office.operations.get(&case).await.expect(200)["clock"].clone();
    assert_eq!(
        (&clock["step"], &clock["used_minutes"], &clock["overdue"]),
        (&json!(6), &json!(10), &json!(false))
    );
}

/// A submitted application for the same certification as `case`.
async fn again(office: &Office, case: &str) -> String {
    let mut form = application();
    form["company"] = office.customer.get(case).await.expect(200)["company"].clone();
    let again = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    let again = format!("/api/v1/applications/{}", again["id"].as_str().unwrap());
    office
        .customer
        .upload(&format!("{again}/documents/Q01"), paper("surat"))
        .await
        .expect(201);
    office
        .customer
        .act(&format!("{again}/submission"))
        .await
        .expect(200);
    again
}

/// A newer application for the same certification is open, and the older one's notice is wrong.
#[actix_web::test]
async fn a_letter_is_withdrawn_although_the_company_has_applied_for_the_same_again() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let newer = again(&office, &case).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    // Both are open now, and both continue: only a submission is checked against open applications.
    office
        .pji_staff
        .act(&format!("{newer}/filing"))
        .await
        .expect(200);
    office.sign_anew(&case, office.notice()).await;
    office
        .head
        .post(&format!("{case}/audit-notice/voiding"), reason())
        .await
        .expect(200);
    office
        .operations
        .post(&format!("{case}/audit-notice"), office.notice())
        .await
        .expect(200);
    office
        .head
        .post(&format!("{case}/audit-notice/return"), reason())
        .await
        .expect(200);
    // A third submission is refused because of either of them.
    let mut form = application();
    form["company"] = office.customer.get(&case).await.expect(200)["company"].clone();
    let third = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    let third = format!("/api/v1/applications/{}", third["id"].as_str().unwrap());
    office
        .customer
        .upload(&format!("{third}/documents/Q01"), paper("surat"))
        .await
        .expect(201);
    office
        .customer
        .act(&format!("{third}/submission"))
        .await
        .refused(409, "conflict");
    office
        .customer
        .post(&format!("{newer}/withdrawal"), reason())
        .await
        .expect(200);
    office
        .customer
        .act(&format!("{third}/submission"))
        .await
        .refused(409, "conflict");
    office.sign_anew(&case, office.notice()).await;
    office
        .pji_staff
        .post(&format!("{case}/audit-notice/dispatch"), json!({}))
        .await
        .expect(200);
    office
        .customer
        .act(&format!("{third}/submission"))
        .await
        .expect(200);
}
