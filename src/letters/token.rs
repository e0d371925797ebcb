//! The random token in a letter's QR code. Only its digest is stored. The token opens the public
//! page of one letter and encodes no information.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrecy::{random_bytes, sha256};
use crate::text::pasted;

/// Length of a token in bytes (160 bits).
const BYTES: usize = 20;
/// Length of an encoded token in characters.
pub const LENGTH: usize = 27;
/// Path of a public page, without the token.
pub const PATH: &str = "/api/v1/public/letters/";

/// A letter token.
pub struct Token(String);

impl Token {
    /// Generates a token.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<BYTES>()))
    }

    /// Parses user input as a token; surrounding text from copy and paste is removed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = pasted(text);
        (text.len() == LENGTH && text.bytes().all(is_token_byte)).then_some(Self(text))
    }

    /// The digest under which the letter is stored.
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }

    /// The address of the letter's public page.
    pub fn url(&self, public_url: &str) -> String {
        format!("{public_url}{PATH}{}", self.0)
    }
}

/// True if `byte` may occur in a token.
pub fn is_token_byte(byte: u8) -> bool {
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
