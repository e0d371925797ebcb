//! Certificates of the test authority: the root, and one per signature that names signer and
//! capacity. X.509 v3, ECDSA over P-256.

use std::time::Duration;

use chrono::{DateTime, Utc};
use der::asn1::{GeneralizedTime, ObjectIdentifier, SetOfVec, Utf8StringRef};
use der::pem::LineEnding;
use der::{Any, EncodePem as _};
use p256::ecdsa::DerSignature;
use p256::ecdsa::signature::Keypair as _;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::{Builder as _, CertificateBuilder, Profile};
use x509_cert::name::{Name, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use super::key::Key;
use crate::error::{Error, Result};
use crate::secrecy::random_bytes;

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const TITLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.12");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Backdating of a signer's certificate in seconds, because readers' clocks may be slow.
const BACKDATING: i64 = 5 * 60;
/// Backdating of the root in seconds. The signature of a whistle-blowing letter is dated to the
/// beginning of its day, which may be before the authority was created.
const ROOT_BACKDATING: i64 = 2 * 86_400;
/// Validity of a signer's certificate in seconds. Without time stamps, readers distrust a signature
/// after that.
const VALIDITY: i64 = 5 * 365 * 86_400;
/// Validity of the root in seconds.
const ROOT_VALIDITY: i64 = 20 * 365 * 86_400;
/// Maximum length of common name and title in characters (RFC 5280, appendix A).
const MAX_NAME: usize = 64;

/// Creates the self-signed root certificate.
pub fn root(key: &Key, office: &str, now: DateTime<Utc>) -> Result<Certificate> {
    let subject = name(&[
        (COUNTRY, "ID"),
        (ORGANISATION, office),
        (COMMON_NAME, &format!("Otoritas Sertifikat Uji {office}")),
    ])?;
    build(
        Profile::Root,
        subject,
        (key, key),
        now,
        (ROOT_BACKDATING, ROOT_VALIDITY),
    )
}

/// Creates the certificate of a signer's `key`, issued by the authority.
pub fn signer(
    issuer: &Certificate,
    issuing: &Key,
    key: &Key,
    signer: (&str, &str),
    now: DateTime<Utc>,
) -> Result<Certificate> {
    let root = &issuer.tbs_certificate.subject;
    let organisation = root
        .0
        .iter()
        .flat_map(|part| part.0.iter())
        .find(|part| part.oid == ORGANISATION);
    let organisation = organisation
        .and_then(|part| part.value.decode_as::<Utf8StringRef<'_>>().ok())
        .map(|text| text.as_str().to_owned());
    let subject = name(&[
        (COUNTRY, "ID"),
        (ORGANISATION, organisation.as_deref().unwrap_or("-")),
        (TITLE, signer.1),
        (COMMON_NAME, signer.0),
    ])?;
    let profile = Profile::Leaf {
        issuer: root.clone(),
        enable_key_agreement: false,
        enable_key_encipherment: false,
    };
    build(
        profile,
        subject,
        (key, issuing),
        now,
        (BACKDATING, VALIDITY),
    )
}

fn build(
    profile: Profile,
    subject: Name,
    (key, issuing): (&Key, &Key),
    now: DateTime<Utc>,
    (before, lasts): (i64, i64),
) -> Result<Certificate> {
    // A positive serial number with more than 120 random bits.
    let mut serial: [u8; 16] = random_bytes();
    serial[0] = serial[0] & 0x7f | 0x40;
    let serial = SerialNumber::new(&serial).map_err(Error::internal)?;
    let validity = Validity {
        not_before: time(now.timestamp() - before)?,
        not_after: time(now.timestamp() + lasts)?,
    };
    let public =
        SubjectPublicKeyInfoOwned::from_key(key.verifying_key()).map_err(Error::internal)?;
    let builder = CertificateBuilder::new(profile, serial, validity, subject, public, issuing)
        .map_err(Error::internal)?;
    builder.build::<DerSignature>().map_err(Error::internal)
}

fn time(seconds: i64) -> Result<Time> {
    let since = Duration::from_secs(u64::try_from(seconds).map_err(Error::internal)?);
    GeneralizedTime::from_unix_duration(since)
        .map(Time::GeneralTime)
        .map_err(Error::internal)
}

/// Builds a distinguished name from its parts in this order. Parsing a string instead would fail
/// for a person's name with a comma.
fn name(parts: &[(ObjectIdentifier, &str)]) -> Result<Name> {
    let parts = parts.iter().map(|(oid, text)| {
        let text: String = text.chars().take(MAX_NAME).collect();
        let value = if *oid == COUNTRY {
            Any::new(der::Tag::PrintableString, text.as_bytes())
        } else {
            Utf8StringRef::new(&text).and_then(|text| Any::encode_from(&text))
        };
        let value = value.map_err(Error::internal)?;
        let part = SetOfVec::try_from(vec![AttributeTypeAndValue { oid: *oid, value }])
            .map_err(Error::internal)?;
        Ok(RelativeDistinguishedName(part))
    });
    Ok(x509_cert::name::RdnSequence(parts.collect::<Result<_>>()?))
}

/// Encodes a certificate as PEM.
pub fn pem(certificate: &Certificate) -> Result<String> {
    certificate.to_pem(LineEnding::LF).map_err(Error::internal)
}
