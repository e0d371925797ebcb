//! The passphrase of a key file: wiped from memory, and never quoted in an error.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::web::body::verbatim;

/// Maximum length in bytes; bounds the work of the key derivation.
const MAX_BYTES: usize = 1_000;

/// A custodian's passphrase. Cannot be printed, copied or serialised.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Whether the passphrase exceeds `MAX_BYTES`.
    pub fn is_too_long(&self) -> bool {
        self.0.len() > MAX_BYTES
    }

    /// Takes out the text, only to open the key file.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a numeric passphrase.
        verbatim(from)
            .map(|text| Self(Zeroizing::new(text)))
            .map_err(|_| serde::de::Error::custom("expected a string"))
    }
}

#[cfg(test)]
mod tests {
    use super::Passphrase;

    #[test]
    fn a_refusal_does_not_quote_it() {
        let refusal = serde_json::from_str::<Passphrase>("14285714285714")
            .err()
            .unwrap()
            .to_string();
        assert!(!refusal.contains("1428"), "{refusal}");
    }
}
