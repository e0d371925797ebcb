//! The Ed25519 key pair that signs receipts. It is derived from the master key, so receipts stay
//! genuine as long as the master key is kept.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The key pair; its public key is published.
pub struct ReceiptSigner(Ed25519KeyPair);

impl ReceiptSigner {
    /// Creates the key pair from a seed.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed.
    pub(in crate::complaint) fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(
            Ed25519KeyPair::from_seed_unchecked(seed.as_slice())
                .expect("32 bytes are a seed of Ed25519"),
        )
    }

    /// Signs `message`; base64url.
    pub fn sign(&self, message: &[u8]) -> Result<String> {
        self.0
            .try_sign(message)
            .map(|signature| URL_SAFE_NO_PAD.encode(signature))
            .map_err(Error::internal)
    }

    /// The public key, base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    pub(super) fn verify(&self, message: &[u8], signature: &str) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.0.public_key());
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| public.verify(message, &signature).is_ok())
    }
}

impl std::fmt::Debug for ReceiptSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiptSigner(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_is_that_of_rfc_8032() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .unwrap();
        let signer = ReceiptSigner::from_seed(&Zeroizing::new(seed.try_into().unwrap()));
        let expected =
            hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                .unwrap();
        assert_eq!(signer.public_key(), URL_SAFE_NO_PAD.encode(expected));
        let signature = concat!(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        assert_eq!(
            signer.sign(b"").unwrap(),
            URL_SAFE_NO_PAD.encode(hex::decode(signature).unwrap())
        );
    }
}
