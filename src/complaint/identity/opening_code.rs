//! The code with which a requester opens granted fields: the seed of a key whose private half nobody keeps.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The requester's code. Cannot be shown by accident, copied or written; its memory is wiped.
pub struct OpeningCode(Zeroizing<[u8; 32]>);

impl OpeningCode {
    /// Of the seed of a private half.
    pub(super) fn new(seed: Zeroizing<[u8; 32]>) -> Self {
        Self(seed)
    }

    /// As it was typed; nothing when it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).ok()?);
        seed.as_slice()
            .try_into()
            .ok()
            .map(|seed| Self(Zeroizing::new(seed)))
    }

    /// The seed.
    pub(super) fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.0
    }

    /// The code as the requester sees it, once: base64url.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
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
