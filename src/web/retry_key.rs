//! The `Idempotency-Key` of a request, read in one place and as the contract describes it (draft-ietf-httpapi-idempotency-key-header).

use actix_web::HttpRequest;
use actix_web::http::Method;

use crate::error::{Code, Error, Result};

/// What a key is made of, as a regular expression: visible ASCII, spaces within.
pub const PATTERN: &str = "^[!-~]([ -~]*[!-~])?$";
/// The key that the contract shows as an example: whoever copies it is not the only one.
pub const SHOWN: &str = "0b9d1a34-3f6e-4c55-9a0e-6c1d6f1d2a77";
/// The longest key we keep, in characters.
pub const LONGEST: usize = 255;

/// The key under which the caller may repeat this `POST`; nothing when they sent none, or ask for something else.
///
/// # Errors
/// `invalid_parameter` when it is not of `PATTERN`, is longer than `LONGEST`, or is not the only one.
pub fn retry_key(request: &HttpRequest) -> Result<Option<&str>> {
    let mut given = request
        .headers()
        .get_all("idempotency-key")
        .filter(|_| request.method() == Method::POST);
    let Some(first) = given.next() else {
        return Ok(None);
    };
    match (first.to_str(), given.next()) {
        (Ok(key), None) if is_key(key) => Ok(Some(key)),
        _ => Err(Error::new(Code::InvalidParameter).detail(
            "Idempotency-Key harus satu, 1 sampai 255 karakter ASCII yang terlihat, spasi hanya di tengah.",
            "Idempotency-Key must be one, of 1 to 255 visible ASCII characters, with spaces only within.",
        )),
    }
}

fn is_key(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && text.trim() == text
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn asked(keys: &[&[u8]]) -> HttpRequest {
        let with =
            |request: TestRequest, key: &&[u8]| request.append_header(("idempotency-key", *key));
        keys.iter()
            .fold(TestRequest::post(), with)
            .to_http_request()
    }

    #[test]
    fn two_keys_are_none() {
        assert_eq!(
            retry_key(&asked(&[b"one", b"two"])).unwrap_err().code(),
            Some(Code::InvalidParameter)
        );
        assert_eq!(retry_key(&asked(&[b"one"])).unwrap(), Some("one"));
        assert_eq!(retry_key(&asked(&[])).unwrap(), None);
    }

    /// What a header can carry: mostly what a key is made of, now and then a tab or a byte beyond ASCII, and lengths about the limits.
    fn values() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![60 => b'!'..=b'~', 4 => Just(b' '), 1 => Just(b'\t'), 1 => 0x80..=0xff_u8];
        prop_oneof![3 => 0..12_usize, 1 => 250..260_usize]
            .prop_flat_map(move |length| proptest::collection::vec(byte.clone(), length))
    }

    proptest! {
        #[test]
        fn what_the_contract_describes_is_what_is_taken(key in values()) {
            let contract = serde_json::json!({"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": PATTERN});
            let described = std::str::from_utf8(&key).is_ok_and(|text| jsonschema::is_valid(&contract, &text.into()));
            prop_assert_eq!(retry_key(&asked(&[&key])).is_ok(), described);
        }
    }
}
