//! Repeated passphrase attempts by custodians, and custodians with simultaneous decisions (abuse
//! cases 18 and 22).

use futures_util::future::join_all;
use serde_json::json;
use service_desk::sop::role::Role;

use super::disclosures::{
    actions, ask, assert_no_identity, confidential, decide, grant, office_with_case, open,
};
use super::office::Until;

#[actix_web::test]
async fn of_a_hundred_wrong_passphrases_ten_are_tried_and_the_deputy_decides_meanwhile() {
    let (mut office, case) = office_with_case().await;
    let deputy = office
        .another(Role::IdentityCustodian, "Fitri Handayani")
        .await;
    let (asked, other) = (
        ask(&office.head, &case, "consent", &["name"]).await,
        ask(
            &office.app.staff(Role::Head).await,
            &case,
            "consent",
            &["nik"],
        )
        .await,
    );
    let mut wrong = grant();
    wrong["passphrase"] = json!("empat belas kapal di Ogan");
    let mut tried = 0;
    for _ in 0..50 {
        // Two at once and not a hundred: all tests of the run share the queue before the key files.
        // An attempt that finds the queue full is not counted.
        for answer in
            join_all((0..2).map(|_| decide(&office.custodian, &asked, wrong.clone()))).await
        {
            assert_no_identity(&answer);
            let known = [
                (422, "invalid_content"),
                (429, "too_many_requests"),
                (503, "busy"),
            ];
            assert!(
                known.contains(&(answer.status, answer.code())),
                "{:#}",
                answer.body
            );
            tried += usize::from(answer.status == 422);
        }
    }
    assert_eq!(tried, 10, "of a hundred");
    let refused = decide(&office.custodian, &asked, grant()).await;
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    refused.refused(429, "too_many_requests");
    assert!((1..=901).contains(&wait), "{wait}");
    assert_eq!(
        decide(&deputy, &other, grant()).await.expect(200)["state"],
        "granted",
        "the deputy has a count of their own"
    );
    office.later(16).await;
    assert_eq!(
        decide(&office.custodian, &asked, grant()).await.expect(200)["state"],
        "granted",
        "the lock-out ends"
    );
}

#[actix_web::test]
async fn a_decision_that_races_the_requesters_recusal_opens_nothing() {
    let (mut office, first) = office_with_case().await;
    let forms = [confidential(), confidential(), confidential()];
    let mut cases = vec![first];
    for form in forms {
        cases.push(office.case_of(form, Until::Screened).await);
    }
    for (turn, case) in cases.iter().enumerate() {
        let asked = ask(&office.head, case, "consent", &["name"]).await;
        let stepping_back = async {
            // Opening a key file takes some time: each recusal falls into another moment of it.
            tokio::time::sleep(std::time::Duration::from_millis(
                60 * u64::try_from(turn).unwrap(),
            ))
            .await;
            office
                .head
                .post(
                    &format!("{}/recusal", case.path),
                    json!({"text": "Terlapor adalah ipar saya."}),
                )
                .await
        };
        let (decided, recused) =
            tokio::join!(decide(&office.custodian, &asked, grant()), stepping_back);
        assert_no_identity(&decided);
        assert_eq!(recused.status, 204, "{:#}", recused.body);
        assert!([200, 409].contains(&decided.status), "{:#}", decided.body);
        let refusal = open(&office.head, &asked).await;
        assert_no_identity(&refusal);
        refusal.refused(404, "not_found");
        let grants = actions(&office)
            .await
            .into_iter()
            .filter(|action| action == "grant_disclosure")
            .count();
        assert!(grants <= turn + 1, "decided once at most");
    }
    assert!(
        !actions(&office)
            .await
            .contains(&"open_disclosure".to_owned())
    );
}
