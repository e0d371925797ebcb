//! The token in a letter's QR code: random, and kept only as its digest. It opens the public page of one letter and says nothing about it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrecy::{random_bytes, sha256};
use crate::text::pasted;

/// Bytes of a token: 160 bits.
const BYTES: usize = 20;
/// Characters of a token.
pub const LENGTH: usize = 27;
/// What stands before the token in the address of a public page.
pub const PATH: &str = "/api/v1/public/letters/";

/// A token.
pub struct Token(String);

impl Token {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<BYTES>()))
    }

    /// What somebody sent as one, pasted perhaps with what stood around it, if it can be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = pasted(text);
        (text.len() == LENGTH && text.bytes().all(is_of_one)).then_some(Self(text))
    }

    /// What it is found by.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }

    /// The address of its letter's public page.
    #[must_use]
    pub fn url(&self, public_url: &str) -> String {
        format!("{public_url}{PATH}{}", self.0)
    }
}

/// Whether tokens are made of this character.
#[must_use]
pub fn is_of_one(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_random_and_read_again() {
        let (one, other) = (Token::random(), Token::random());
        assert_eq!(one.0.len(), LENGTH);
        assert_ne!(one.digest(), other.digest());
        assert_eq!(Token::parse(&one.0).unwrap().digest(), one.digest());
        for wrong in [
            "",
            "../../etc/passwd",
            &one.0[1..],
            &format!("{}=", &one.0[1..]),
        ] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(
            one.url("https://desk.test"),
            format!("https://desk.test/api/v1/public/letters/{}", one.0)
        );
    }
}
