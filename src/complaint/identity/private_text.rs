//! One text of an identity: it is wiped from memory, and what refuses it does not quote it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// One text of an identity. Its memory is wiped.
pub struct PrivateText(Zeroizing<String>);

impl PrivateText {
    /// A copy of its own.
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
        // The parser's own message would quote a NIK that was given as a number.
        String::deserialize(from)
            .map(Self::new)
            .map_err(|_| serde::de::Error::custom("expected a string"))
    }
}

/// JSON in memory that is wiped, reserved at once: a vector that grows would leave copies behind.
///
/// # Errors
/// When `value` cannot be written as JSON.
pub fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::with_capacity(8_192));
    serde_json::to_writer(&mut *json, value).map_err(Error::internal)?;
    Ok(json)
}
