//! The secrecy canary. Unique words go through every operation, as every role; then every place
//! that could hold a copy is searched for them in every spelling, and every reply is compared with
//! the list of allowed readers. The second half attacks with the master key.

mod all_requests;
mod attacker;
pub mod copies;
mod exposures;
mod scenario;
mod sieve;

use reqwest::Method;
use serde_json::{Value, json};
use service_desk::complaint::custody::key_file::unwrap;
use service_desk::complaint::identity::IdentityField;
use service_desk::sop::role::Role;

use super::office::ComplaintOffice;
use crate::certification::office::{application, mandatory, pdf};
use crate::manners::logs::log;
use crate::support::{PASSPHRASE, Person, Request, custodian};
use attacker::Attacker;
use copies::{CopySearch, FoundCanaries};
use scenario::{IDENTITY, Scenario};
use sieve::Canaries;

/// Sends a word that is not confidential: finding it proves that the search works.
async fn send_control_word(office: &ComplaintOffice, word: &str) {
    let customer = office.app.customer().await;
    let mut form = application();
    form["scope"] = json!(word);
    let draft = customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    let path = format!(
        "/api/v1/applications/{}/documents/{}",
        draft["id"].as_str().unwrap(),
        mandatory()[0]
    );
    customer.upload(&path, pdf(word)).await.expect(201);
    let say = format!("do $$ begin raise log '{word}'; end $$");
    sqlx::query(sqlx::AssertSqlSafe(say))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    tracing::info!("{word}");
}

#[actix_web::test]
async fn what_reporters_tell_lies_nowhere_in_clear_and_is_told_to_nobody_else() {
    let _log = log();
    let mut office = ComplaintOffice::open_with(&[
        "--trust-proxy",
        "127.0.0.1",
        "--metrics-token",
        "angka-saja",
    ])
    .await;
    office.app.recorder().open();
    let ground = CopySearch::begin(&office.app).await;
    let mut words = Canaries::default();
    let planted = words.word("planted");
    send_control_word(&office, &planted).await;
    let scenario = Scenario::run(&mut office, &mut words).await;
    all_requests::everybody_asks_for_everything(&office, &scenario).await;
    all_requests::everybody_sends_what_is_refused(&office, &mut words, &scenario).await;
    let numbers = office
        .nobody
        .with_token("angka-saja")
        .ask(&Request {
            method: Method::GET,
            path: "/metrics",
            body: None,
            headers: &[],
        })
        .await;
    assert!(
        String::from_utf8_lossy(&numbers.bytes).contains("route=\"/api/v1/complaints/{id}\""),
        "the numbers were read"
    );
    let sieve = words.sieve();
    let heard = office.app.recorder().replies();
    assert!(sieve.kinds(&numbers.bytes).is_empty());

    exposures::compare(&exposures::found(&heard, &sieve, &scenario.people));
    let found = ground.search(&office.app, &sieve).await;
    let holding: FoundCanaries = found
        .iter()
        .filter(|(_, kinds)| !kinds.is_empty())
        .map(|(place, kinds)| (*place, kinds.clone()))
        .collect();
    let expected = [
        "document store",
        "files of the database",
        "log of the server",
        "our log",
        "tables",
        "write-ahead log",
    ];
    assert!(
        holding
            .values()
            .flatten()
            .all(|(kind, _)| *kind == "planted"),
        "a canary leaked: {holding:#?}"
    );
    assert_eq!(
        holding.keys().copied().collect::<Vec<_>>(),
        expected,
        "the control word was found in every place"
    );
}

#[actix_web::test]
async fn who_has_database_documents_and_master_key_reads_complaints_and_no_identity() {
    let mut office = ComplaintOffice::open().await;
    let mut words = Canaries::default();
    let scenario = Scenario::run(&mut office, &mut words).await;
    let sieve = words.sieve();
    let attacker = Attacker::with_everything_of(&office.app).await;

    let opened = sieve.kinds(&attacker.open_every_case().await);
    assert!(
        scenario::WRITTEN.iter().all(|kind| opened.contains(kind)),
        "the tool works and opens the texts: {opened:?}"
    );
    assert!(
        IDENTITY.iter().all(|kind| !opened.contains(kind)),
        "and no identity: {opened:?}"
    );

    let (rows, peeled) = attacker.peel_every_identity().await;
    assert_eq!(
        (rows, sieve.kinds(&peeled).len()),
        (scenario.cases.len(), 0),
        "one row for each case, and nothing below the outer layer"
    );
    assert!(unwrap(&custodian().1, &"kata sandi yang lain".to_owned().into()).is_none());
    assert_eq!(
        attacker
            .identities_under(&attacker::another_key())
            .await
            .len(),
        0
    );

    // With the custodian's key file and passphrase.
    let private = unwrap(&custodian().1, &PASSPHRASE.to_owned().into()).unwrap();
    let identities = attacker.identities_under(&private).await;
    assert_eq!(identities.len(), scenario.cases.len());
    let named: Vec<_> = identities
        .iter()
        .filter(|identity| !identity.is_empty())
        .collect();
    assert_eq!(named.len(), scenario.named);
    for field in IdentityField::ALL {
        assert!(
            named.iter().all(|identity| sieve
                .kinds(identity.get(field).unwrap().as_bytes())
                .contains(field.code())),
            "{field:?}"
        );
    }
}

/// Sends a request with an `Idempotency-Key` twice: the second reply is the stored one.
async fn twice(
    person: &Person,
    path: &str,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> Value {
    let asking = || Request {
        method: Method::POST,
        path,
        body: body.map(|body| ("application/json", serde_json::to_vec(body).unwrap())),
        headers,
    };
    let first = person.ask(&asking()).await;
    let again = person.ask(&asking()).await;
    assert!(
        (200..300).contains(&first.status),
        "{path}: {:#}",
        first.body
    );
    assert_eq!(first.body, again.body, "{path}");
    first.body
}

/// A further member of staff for the test.
async fn staff(office: &ComplaintOffice, role: Role, name: &str) -> Person {
    office.another(role, name).await
}
