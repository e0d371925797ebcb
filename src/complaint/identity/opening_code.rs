//! The code with which a requester opens granted fields: the seed of a private key that is stored
//! nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The requester's code. It has no `Display`, `Clone` or `Serialize`, and its memory is wiped.
pub struct OpeningCode(Zeroizing<[u8; 32]>);

impl OpeningCode {
    /// Creates the code from the seed of a private key.
    pub(super) fn new(seed: Zeroizing<[u8; 32]>) -> Self {
        Self(seed)
    }

    /// Parses a typed code; none when it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).ok()?);
        seed.as_slice()
            .try_into()
            .ok()
            .map(|seed| Self(Zeroizing::new(seed)))
    }

    /// The seed of the private key.
    pub(super) fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.0
    }

    /// The code in its displayed form: base64url.
    pub fn formatted(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }
}

impl std::fmt::Debug for OpeningCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpeningCode(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_does_not_show_itself() {
        assert_eq!(
            format!("{:?}", OpeningCode::new(Zeroizing::new([7; 32]))),
            "OpeningCode(secret)"
        );
    }
}
