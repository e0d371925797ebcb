//! Signed letters: the signers, the stored file, the public check, and secrets that must not be
//! stored.

mod answers;
mod bsre;
mod patterns;
mod public;
mod register;
mod replaced;
mod secrets;

use serde_json::Value;

use crate::support::Person;

/// The PDF at `path`, as `person` gets it.
pub async fn pdf(person: &Person, path: &str) -> Vec<u8> {
    let answer = person.get(&format!("{path}/pdf")).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/pdf")),
        "{:#}",
        answer.body
    );
    assert!(answer.bytes.starts_with(b"%PDF-"));
    answer.bytes
}

/// The address of the public page in a letter.
pub fn address(pdf: &[u8]) -> String {
    let path = b"/api/v1/public/letters/";
    let start = pdf
        .windows(path.len())
        .rposition(|window| window == path)
        .unwrap();
    let rest = &pdf[start..];
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"/-_".contains(byte)))
        .unwrap();
    String::from_utf8(rest[..end].to_vec()).unwrap()
}

/// The signature attempts in the list of `person`, newest first.
pub async fn attempts(person: &Person) -> Vec<Value> {
    person.get("/api/v1/signature-attempts").await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}
