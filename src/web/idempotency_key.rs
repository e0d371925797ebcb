//! The `Idempotency-Key` of a request, parsed in one place and as the contract describes it
//! (draft-ietf-httpapi-idempotency-key-header).

use actix_web::HttpRequest;
use actix_web::http::Method;

use crate::error::{Code, Error, Result};

/// The allowed characters of a key, as a regular expression: visible ASCII, spaces only within.
pub const PATTERN: &str = "^[!-~]([ -~]*[!-~])?$";
/// The example key of the contract. Many callers may copy it, so reporters' operations reject it.
pub const EXAMPLE: &str = "0b9d1a34-3f6e-4c55-9a0e-6c1d6f1d2a77";
/// The longest key, in characters.
pub const MAX_LENGTH: usize = 255;

/// The key under which the caller may repeat this `POST`; `None` without the header and for other
/// methods.
///
/// # Errors
/// `invalid_parameter` when the key does not match `PATTERN`, is longer than `MAX_LENGTH`, or
/// occurs more than once.
pub fn idempotency_key(request: &HttpRequest) -> Result<Option<&str>> {
    let mut given = request
        .headers()
        .get_all("idempotency-key")
        .filter(|_| request.method() == Method::POST);
    let Some(first) = given.next() else {
        return Ok(None);
    };
    match (first.to_str(), given.next()) {
        (Ok(key), None) if is_valid(key) => Ok(Some(key)),
        _ => Err(Error::new(Code::InvalidParameter).detail(
            "Idempotency-Key harus satu, 1 sampai 255 karakter ASCII yang terlihat, spasi hanya di tengah.",
            "Idempotency-Key must be one, of 1 to 255 visible ASCII characters, with spaces only within.",
        )),
    }
}

fn is_valid(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
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
            idempotency_key(&asked(&[b"one", b"two"]))
                .unwrap_err()
                .code(),
            Some(Code::InvalidParameter)
        );
        assert_eq!(idempotency_key(&asked(&[b"one"])).unwrap(), Some("one"));
        assert_eq!(idempotency_key(&asked(&[])).unwrap(), None);
    }

    /// Header values: mostly characters of a key, sometimes a tab or a byte beyond ASCII, with
    /// lengths around the limits.
    fn values() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![60 => b'!'..=b'~', 4 => Just(b' '), 1 => Just(b'\t'), 1 => 0x80..=0xff_u8];
        prop_oneof![3 => 0..12_usize, 1 => 250..260_usize]
            .prop_flat_map(move |length| proptest::collection::vec(byte.clone(), length))
    }

    proptest! {
        #[test]
        fn what_the_contract_describes_is_what_is_taken(key in values()) {
            let contract = serde_json::json!({"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": PATTERN});
            let described = std::str::from_utf8(&key).is_ok_and(|text| jsonschema::is_valid(&contract, &text.into()));
            prop_assert_eq!(idempotency_key(&asked(&[&key])).is_ok(), described);
        }
    }
}
