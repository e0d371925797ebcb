//! A text of an identity: wiped from memory, and not quoted by parse errors.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// A text of an identity. Its memory is wiped.
pub struct PrivateText(Zeroizing<String>);

impl PrivateText {
    /// Takes ownership of `text`.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for PrivateText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PrivateText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a NIK given as a number.
        String::deserialize(from)
            .map(Self::new)
            .map_err(|_| serde::de::Error::custom("expected a string"))
    }
}

/// Serializes to JSON in memory that is wiped. The capacity is reserved at once: a growing vector
/// would leave copies in memory.
pub fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::with_capacity(8_192));
    serde_json::to_writer(&mut *json, value).map_err(Error::internal)?;
    Ok(json)
}
