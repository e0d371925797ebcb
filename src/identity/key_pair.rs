//! An Ed25519 key pair: generation, key id (RFC 7638), sealing for the database and opening.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrecy::{SealingKey, random_bytes};

/// PKCS #8 header before the 32 bytes of an Ed25519 private key (RFC 8410).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key pair for signing access tokens.
#[derive(Debug)]
pub struct KeyPair {
    /// Key id: the RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// The public key, as published.
    pub jwk: Jwk,
    /// The private key.
    pub private: EncodingKey,
}

impl KeyPair {
    /// Generates a key pair.
    pub fn random() -> Result<Self> {
        Self::from_seed(&Zeroizing::new(random_bytes()))
    }

    /// Opens the private key that was sealed as `kid`.
    ///
    /// # Errors
    /// When it was sealed under another master key or another key id.
    pub fn open(key: &SealingKey, kid: &str, sealed: &[u8]) -> Result<Self> {
        let refusal = || Error::internal("a signing key cannot be opened: was MASTER_KEY changed?");
        let seed = key
            .open(&associated_data(kid), sealed)
            .ok_or_else(refusal)?;
        let seed = Zeroizing::new(
            <[u8; 32]>::try_from(seed.get(PKCS8_PREFIX.len()..).ok_or_else(refusal)?)
                .map_err(Error::internal)?,
        );
        let pair = Self::from_seed(&seed)?;
        if pair.kid == kid {
            Ok(pair)
        } else {
            Err(refusal())
        }
    }

    /// Seals the private key for the database, bound to its key id.
    pub fn seal(&self, key: &SealingKey) -> Vec<u8> {
        key.seal(&associated_data(&self.kid), self.private.as_bytes())
    }

    fn from_seed(seed: &[u8; 32]) -> Result<Self> {
        let private =
            EncodingKey::from_ed_der(&Zeroizing::new([PKCS8_PREFIX.as_slice(), seed].concat()));
        let mut jwk =
            Jwk::from_encoding_key(&private, Algorithm::EdDSA).map_err(Error::internal)?;
        let kid = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(Error::internal)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { kid, jwk, private })
    }
}

fn associated_data(kid: &str) -> String {
    format!("signing_key|{kid}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .unwrap();
        assert_eq!(
            KeyPair::from_seed(&seed.try_into().unwrap()).unwrap().kid,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_key_opens_only_under_its_own_name_and_master_key() {
        let (key, pair) = (
            MasterKey::random().derive("signing-key"),
            KeyPair::random().unwrap(),
        );
        let sealed = pair.seal(&key);
        assert_eq!(
            KeyPair::open(&key, &pair.kid, &sealed).unwrap().kid,
            pair.kid
        );
        assert!(KeyPair::open(&key, "another", &sealed).is_err());
        assert!(
            KeyPair::open(
                &MasterKey::random().derive("signing-key"),
                &pair.kid,
                &sealed
            )
            .is_err()
        );
    }

    #[test]
    fn what_is_published_has_no_private_half() {
        let published = serde_json::to_value(KeyPair::random().unwrap().jwk).unwrap();
        let fields: std::collections::BTreeSet<_> = published
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x"].into());
        assert_eq!(
            (&published["alg"], &published["use"]),
            (&"EdDSA".into(), &"sig".into())
        );
    }
}
