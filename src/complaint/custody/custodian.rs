//! The two halves of the custodian's key: the service has the public one and seals every identity to it; the private one exists only while the custodian
//! decides.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::envelope::{Private, Public};
use crate::secrecy::sha256;

/// The public half.
#[derive(Clone)]
pub struct CustodianKey {
    pub(in crate::complaint) public: Public,
    fingerprint: [u8; 32],
}

impl CustodianKey {
    fn new(public: Public) -> Self {
        let fingerprint = sha256(&public.to_bytes());
        Self {
            public,
            fingerprint,
        }
    }

    /// From base64url, as it stands in the settings.
    ///
    /// # Errors
    /// When it is no public key of X-Wing.
    pub fn from_base64(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.trim())
            .map_err(|_| "it must be base64url without padding")?;
        Public::from_bytes(&bytes)
            .map(Self::new)
            .ok_or("it is no public key of X-Wing")
    }

    /// As base64url, for the settings.
    #[must_use]
    pub fn to_base64(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public.to_bytes())
    }

    /// SHA-256 of the key, by which it is pinned and compared.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl std::fmt::Debug for CustodianKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustodianKey({})", hex::encode(self.fingerprint))
    }
}

/// The private half. Cannot be shown, copied or written; its memory is wiped.
pub struct CustodianPrivate(Private);

impl CustodianPrivate {
    pub(in crate::complaint) fn random() -> Self {
        Self(Private::random())
    }

    pub(super) fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(Private::from_seed(seed))
    }

    pub(super) fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.seed()
    }

    pub(in crate::complaint) fn open(
        &self,
        info: &str,
        place: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(info, place, sealed)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> CustodianKey {
        CustodianKey::new(self.0.public())
    }
}

impl std::fmt::Debug for CustodianPrivate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustodianPrivate(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_half_survives_the_settings() {
        let key = CustodianPrivate::random().public();
        let again = CustodianKey::from_base64(&format!(" {}\n", key.to_base64())).unwrap();
        assert_eq!(again.fingerprint(), key.fingerprint());
        assert_eq!(
            CustodianKey::from_base64("?").unwrap_err(),
            "it must be base64url without padding"
        );
        assert_eq!(
            CustodianKey::from_base64("AAAA").unwrap_err(),
            "it is no public key of X-Wing"
        );
    }
}
