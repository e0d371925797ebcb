//! The signing keys at one moment: the active one, and those with valid signatures.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{DecodingKey, EncodingKey};

use super::key_pair::KeyPair;
use super::store::keys::KeyRow;
use crate::error::{Error, Result};
use crate::secrecy::SealingKey;

/// How long a retired key stays valid and published: four times the lifetime of the last token it
/// signed.
pub const RETIRED_VALIDITY: TimeDelta = TimeDelta::hours(1);

/// The signing key.
#[derive(Debug)]
pub struct Signer {
    /// Key id.
    pub kid: String,
    /// The private key.
    pub key: EncodingKey,
}

/// A public key with the time until which its signatures are valid.
#[derive(Debug)]
struct VerificationKey {
    key: DecodingKey,
    jwk: Jwk,
    until: Option<DateTime<Utc>>,
}

/// The signing key and all valid public keys.
#[derive(Debug)]
pub struct KeySet {
    signer: Signer,
    verification_keys: HashMap<String, VerificationKey>,
}

impl KeySet {
    /// Builds the set from database rows.
    ///
    /// # Errors
    /// When no key is active, or the active one was sealed under another master key.
    pub(super) fn from_rows(rows: Vec<KeyRow>, key: &SealingKey) -> Result<Self> {
        let active = rows
            .iter()
            .find(|row| row.state == "active")
            .ok_or_else(|| Error::internal("there is no active signing key"))?;
        let sealed = active.sealed.as_deref().unwrap_or_default();
        let pair = KeyPair::open(key, &active.kid, sealed)?;
        let signer = Signer {
            kid: pair.kid,
            key: pair.private,
        };
        let known = rows.into_iter().map(|row| {
            let jwk: Jwk = serde_json::from_value(row.public_jwk).map_err(Error::internal)?;
            let key = DecodingKey::from_jwk(&jwk).map_err(Error::internal)?;
            Ok((
                row.kid,
                VerificationKey {
                    key,
                    jwk,
                    until: row.retired_at.map(|at| at + RETIRED_VALIDITY),
                },
            ))
        });
        Ok(Self {
            signer,
            verification_keys: known.collect::<Result<_>>()?,
        })
    }

    /// The active key, which signs new tokens.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The public key `kid`, if its signatures are valid at `now`.
    pub fn key(&self, kid: &str, now: DateTime<Utc>) -> Option<&DecodingKey> {
        self.verification_keys
            .get(kid)
            .filter(|known| known.until.is_none_or(|until| now < until))
            .map(|known| &known.key)
    }

    /// The public keys published at `now`, in a stable order.
    pub fn published(&self, now: DateTime<Utc>) -> JwkSet {
        let mut keys: Vec<_> = self
            .verification_keys
            .values()
            .filter(|known| known.until.is_none_or(|until| now < until))
            .map(|known| known.jwk.clone())
            .collect();
        keys.sort_by(|one, other| one.common.key_id.cmp(&other.common.key_id));
        JwkSet { keys }
    }

    #[cfg(test)]
    pub(super) fn of_one(pair: &KeyPair) -> Self {
        let key = crate::secrecy::MasterKey::random().derive("signing-key");
        let row = KeyRow {
            kid: pair.kid.clone(),
            state: "active".to_owned(),
            sealed: Some(pair.seal(&key)),
            public_jwk: serde_json::to_value(&pair.jwk).unwrap(),
            retired_at: None,
        };
        Self::from_rows(vec![row], &key).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    fn row(
        pair: &KeyPair,
        state: &str,
        sealed: Option<Vec<u8>>,
        retired_at: Option<DateTime<Utc>>,
    ) -> KeyRow {
        KeyRow {
            kid: pair.kid.clone(),
            state: state.to_owned(),
            sealed,
            public_jwk: serde_json::to_value(&pair.jwk).unwrap(),
            retired_at,
        }
    }

    #[test]
    fn a_retired_key_is_believed_for_an_hour_and_never_signs() {
        let now: DateTime<Utc> = "2026-07-06T01:00:00Z".parse().unwrap();
        let key = MasterKey::random().derive("signing-key");
        let (active, retired) = (KeyPair::random().unwrap(), KeyPair::random().unwrap());
        let key_set = KeySet::from_rows(
            vec![
                row(&retired, "retired", None, Some(now)),
                row(&active, "active", Some(active.seal(&key)), None),
            ],
            &key,
        )
        .unwrap();
        assert_eq!(key_set.signer().kid, active.kid);
        let just_before = now + TimeDelta::minutes(59);
        assert!(key_set.key(&retired.kid, just_before).is_some());
        assert_eq!(key_set.published(just_before).keys.len(), 2);
        assert!(key_set.key(&retired.kid, now + RETIRED_VALIDITY).is_none());
        assert_eq!(key_set.published(now + RETIRED_VALIDITY).keys.len(), 1);
        assert!(KeySet::from_rows(vec![row(&retired, "retired", None, Some(now))], &key).is_err());
    }
}
