//! The custodian's key pair. The service has the public key and seals every identity to it; the
//! private key is in memory only during a custodian's decision.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::envelope::{PrivateKey, PublicKey};
use crate::secrecy::sha256;

/// Public key of the custodian.
#[derive(Clone)]
pub struct CustodianPublicKey {
    pub(in crate::complaint) public: PublicKey,
    fingerprint: [u8; 32],
}

impl CustodianPublicKey {
    fn new(public: PublicKey) -> Self {
        let fingerprint = sha256(&public.to_bytes());
        Self {
            public,
            fingerprint,
        }
    }

    /// Parses the base64url of the setting.
    pub fn from_base64(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.trim())
            .map_err(|_| "it must be base64url without padding")?;
        PublicKey::from_bytes(&bytes)
            .map(Self::new)
            .ok_or("it is no public key of X-Wing")
    }

    /// Encodes as base64url, for the setting.
    pub fn to_base64(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public.to_bytes())
    }

    /// SHA-256 of the public key, used to pin and compare keys.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl std::fmt::Debug for CustodianPublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustodianPublicKey({})", hex::encode(self.fingerprint))
    }
}

/// Private key of the custodian. Cannot be printed, copied or serialised; its memory is wiped.
pub struct CustodianPrivateKey(PrivateKey);

impl CustodianPrivateKey {
    pub(in crate::complaint) fn random() -> Self {
        Self(PrivateKey::random())
    }

    pub(super) fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(PrivateKey::from_seed(seed))
    }

    pub(super) fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.seed()
    }

    pub(in crate::complaint) fn open(
        &self,
        info: &str,
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(info, associated_data, sealed)
    }

    /// The matching public key.
    pub(crate) fn public(&self) -> CustodianPublicKey {
        CustodianPublicKey::new(self.0.public())
    }
}

impl std::fmt::Debug for CustodianPrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustodianPrivateKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_half_survives_the_settings() {
        let key = CustodianPrivateKey::random().public();
        let again = CustodianPublicKey::from_base64(&format!(" {}\n", key.to_base64())).unwrap();
        assert_eq!(again.fingerprint(), key.fingerprint());
        assert_eq!(
            CustodianPublicKey::from_base64("?").unwrap_err(),
            "it must be base64url without padding"
        );
        assert_eq!(
            CustodianPublicKey::from_base64("AAAA").unwrap_err(),
            "it is no public key of X-Wing"
        );
    }
}
