//! A passphrase on its way to the key file it opens: its memory is wiped, and what refuses it does not quote it.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::web::body::verbatim;

/// The longest, in bytes: the key derivation reads all of it.
const LONGEST: usize = 1_000;

/// A custodian's passphrase. Cannot be shown, copied or written.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Whether it is longer than anybody types.
    pub fn is_too_long(&self) -> bool {
        self.0.len() > LONGEST
    }

    /// For the key file, and nothing else.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a passphrase of digits that was given as a number.
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
