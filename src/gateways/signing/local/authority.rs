//! The office's test certification authority. It is created at the first start; its private key is
//! stored in the database, sealed under the master key like the token keys. Every signature uses a
//! new key, which is dropped afterwards, with a certificate that names the signer.

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
pub struct Authority(Arc<AuthorityInner>);

struct AuthorityInner {
    key: Key,
    certificate: Certificate,
    pem: String,
}

/// The key of one signature with its certificate.
pub struct Signer {
    /// The private key.
    pub key: Key,
    /// The certificate, which names the signer.
    pub certificate: Certificate,
}

impl Authority {
    /// Loads the authority, or creates it at the first start. A database lock makes processes that
    /// start together use the same one.
    ///
    /// # Errors
    /// When the database fails, or the key is sealed under another master key.
    pub async fn load(database: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Self> {
        let sealing = master.derive("letter-authority");
        let mut transaction = database.begin().await?;
        let office = store::lock_first_office(&mut transaction).await?;
        let kept = if let Some(kept) = store::find(&mut transaction).await? {
            kept
        } else {
            let made = Self::create(&office, now)?.seal(&sealing)?;
            store::add(&mut transaction, &made, now).await?;
            made
        };
        transaction.commit().await?;
        Self::open(&sealing, &kept)
    }

    /// Creates a new authority for this office.
    pub fn create(office: &str, now: DateTime<Utc>) -> Result<Self> {
        let key = Key::random()?;
        let certificate = certificate::root(&key, office, now)?;
        Self::from_parts(key, certificate)
    }

    /// The root certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// The root certificate as PEM, for the trust store of a PDF reader.
    pub fn pem(&self) -> &str {
        &self.0.pem
    }

    /// Creates a key for one signature, with a certificate that names signer and capacity.
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

    fn from_parts(key: Key, certificate: Certificate) -> Result<Self> {
        let pem = certificate::pem(&certificate)?;
        Ok(Self(Arc::new(AuthorityInner {
            key,
            certificate,
            pem,
        })))
    }

    fn seal(&self, sealing: &SealingKey) -> Result<store::SealedAuthority> {
        let certificate = self.0.certificate.to_der().map_err(Error::internal)?;
        let sealed = sealing.seal(&associated_data(&certificate), &self.0.key.to_bytes());
        Ok(store::SealedAuthority {
            sealed,
            certificate,
        })
    }

    fn open(sealing: &SealingKey, kept: &store::SealedAuthority) -> Result<Self> {
        let refusal = || {
            Error::internal(
                "the key of the letters' authority cannot be opened: was MASTER_KEY changed?",
            )
        };
        let key = sealing
            .open(&associated_data(&kept.certificate), &kept.sealed)
            .ok_or_else(refusal)?;
        let key = Key::from_bytes(&key).map_err(|_| refusal())?;
        Self::from_parts(
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

/// Associated data of the seal: binds the key to its certificate.
fn associated_data(certificate: &[u8]) -> String {
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
        let authority = Authority::create("BSPJI Palembang", day()).unwrap();
        let kept = authority.seal(&sealing).unwrap();
        assert_eq!(
            Authority::open(&sealing, &kept).unwrap().pem(),
            authority.pem()
        );
        assert!(Authority::open(&MasterKey::random().derive("letter-authority"), &kept).is_err());
        let other = Authority::create("BSPJI Palembang", day())
            .unwrap()
            .seal(&sealing)
            .unwrap();
        assert!(
            Authority::open(
                &sealing,
                &store::SealedAuthority {
                    certificate: other.certificate,
                    ..kept
                }
            )
            .is_err()
        );
    }
}
