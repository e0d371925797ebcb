//! The test certification authority as a running server holds it: made at the first start, its private key sealed in the database under the master key, as
//! those of tokens are. Every signature gets a key of its own, used once and forgotten, with a certificate that names the signer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use der::{Decode as _, Encode as _};
use x509_cert::Certificate;

use super::key::Key;
use super::{certificate, store};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::secrecy::{MasterKey, SealingKey, sha256};

/// The authority. Cheap to clone.
#[derive(Clone)]
pub struct Authority(Arc<Held>);

struct Held {
    key: Key,
    certificate: Certificate,
    pem: String,
}

/// A key for one signature, and its certificate.
pub struct Signer {
    /// The private key.
    pub key: Key,
    /// Who it is.
    pub certificate: Certificate,
}

impl Authority {
    /// Loads the authority, and makes it when this is the first start. Several processes that start at once agree on one.
    ///
    /// # Errors
    /// When the database cannot be asked, or what it holds is sealed under another master key.
    pub async fn load(database: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Self> {
        let sealing = master.derive("letter-authority");
        let mut transaction = database.begin().await?;
        let office = store::lock_first_office(&mut transaction).await?;
        let kept = if let Some(kept) = store::find(&mut transaction).await? {
            kept
        } else {
            let made = Self::make(&office, now)?.seal(&sealing)?;
            store::add(&mut transaction, &made, now).await?;
            made
        };
        transaction.commit().await?;
        Self::open(&sealing, &kept)
    }

    /// A new authority of this office.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn make(office: &str, now: DateTime<Utc>) -> Result<Self> {
        let key = Key::random()?;
        let certificate = certificate::root(&key, office, now)?;
        Self::of(key, certificate)
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// Its certificate as PEM: what a reader must trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.0.pem
    }

    /// A key for one signature, with the certificate that says who makes it in which capacity.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn issue(&self, name: &str, capacity: &str, now: DateTime<Utc>) -> Result<Signer> {
        let key = Key::random()?;
        let certificate = certificate::signer(
            &self.0.certificate,
            &self.0.key,
            &key,
            (name, capacity),
            now,
        )?;
        Ok(Signer { key, certificate })
    }

    fn of(key: Key, certificate: Certificate) -> Result<Self> {
        let pem = certificate::pem(&certificate)?;
        Ok(Self(Arc::new(Held {
            key,
            certificate,
            pem,
        })))
    }

    fn seal(&self, sealing: &SealingKey) -> Result<store::Kept> {
        let certificate = self.0.certificate.to_der().map_err(Error::internal)?;
        let sealed = sealing.seal(&place(&certificate), &self.0.key.to_bytes());
        Ok(store::Kept {
            sealed,
            certificate,
        })
    }

    fn open(sealing: &SealingKey, kept: &store::Kept) -> Result<Self> {
        let refusal = || {
            Error::internal(
                "the key of the letters' authority cannot be opened: was MASTER_KEY changed?",
            )
        };
        let key = sealing
            .open(&place(&kept.certificate), &kept.sealed)
            .ok_or_else(refusal)?;
        let key = Key::of(&key).map_err(|_| refusal())?;
        Self::of(
            key,
            Certificate::from_der(&kept.certificate).map_err(Error::internal)?,
        )
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(secret)")
    }
}

/// The key opens only beside its own certificate.
fn place(certificate: &[u8]) -> String {
    format!("letter_authority|{}", hex::encode(sha256(certificate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> DateTime<Utc> {
        "2026-07-06T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn its_key_opens_only_beside_its_certificate_and_under_its_master_key() {
        let sealing = MasterKey::random().derive("letter-authority");
        let authority = Authority::make("BSPJI Palembang", day()).unwrap();
        let kept = authority.seal(&sealing).unwrap();
        assert_eq!(
            Authority::open(&sealing, &kept).unwrap().pem(),
            authority.pem()
        );
        assert!(Authority::open(&MasterKey::random().derive("letter-authority"), &kept).is_err());
        let other = Authority::make("BSPJI Palembang", day())
            .unwrap()
            .seal(&sealing)
            .unwrap();
        assert!(
            Authority::open(
                &sealing,
                &store::Kept {
                    certificate: other.certificate,
                    ..kept
                }
            )
            .is_err()
        );
    }
}
