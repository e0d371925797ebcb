//! Canonical JSON (RFC 8785) of letter content: initials and signatures bind to its hash. The RFC
//! knows doubles only; the amounts of a letter stay far below 2^53, where every integer has its own
//! text.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// The canonical JSON of `content` and its SHA-256.
pub fn canonical(content: &impl Serialize) -> Result<(String, [u8; 32])> {
    let text = serde_json_canonicalizer::to_string(content).map_err(Error::internal)?;
    let hash = sha256(text.as_bytes());
    Ok((text, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn the_order_of_writing_does_not_matter() {
        let (text, hash) =
            canonical(&json!({"b": [1, true, null], "a": {"z": "é\n\"", "y": -5}})).unwrap();
        assert_eq!(text, r#"{"a":{"y":-5,"z":"é\n\""},"b":[1,true,null]}"#);
        assert_eq!(
            hash,
            canonical(&json!({"a": {"y": -5, "z": "é\n\""}, "b": [1, true, null]}))
                .unwrap()
                .1
        );
    }

    proptest! {
        /// A text without objects has one compact form, which serde_json writes as well: what was
        /// initialled before stays the same, byte for byte.
        #[test]
        fn strings_and_integers_are_written_as_they_always_were(text: String, number in -(1_i64 << 53)..1 << 53) {
            let value = json!([text, number, {"only": text}]);
            let (written, _) = canonical(&value).unwrap();
            prop_assert_eq!(&written, &value.to_string());
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        }
    }
}
