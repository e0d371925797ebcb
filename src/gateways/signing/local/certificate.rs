//! Certificates of the test authority: its own root, and one for each signature that names who signed in which capacity. X.509 v3, ECDSA over P-256.

use std::time::Duration;

use chrono::{DateTime, Utc};
use der::asn1::{GeneralizedTime, ObjectIdentifier, SetOfVec, Utf8StringRef};
use der::{Any, Encode as _};
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

/// Clocks of readers may be slow; and a letter of whistle-blowing is of the beginning of its day, which may be before the authority was made.
const BEFORE: i64 = 5 * 60;
/// The same for the authority.
const ROOT_BEFORE: i64 = 2 * 86_400;
/// How long a certificate for a signature lasts: without time stamps, readers doubt a signature after it.
const SIGNER: i64 = 5 * 365 * 86_400;
/// How long the authority lasts.
const ROOT: i64 = 20 * 365 * 86_400;
/// The longest common name and title (RFC 5280, appendix A), in characters.
const LONGEST: usize = 64;

/// The certificate of the authority itself.
///
/// # Errors
/// When the library refuses.
pub fn root(key: &Key, office: &str, now: DateTime<Utc>) -> Result<Certificate> {
    let subject = name(&[
        (COUNTRY, "ID"),
        (ORGANISATION, office),
        (COMMON_NAME, &format!("Otoritas Sertifikat Uji {office}")),
    ])?;
    build(Profile::Root, subject, (key, key), now, (ROOT_BEFORE, ROOT))
}

/// The certificate of a signer's `key`, issued by the authority.
///
/// # Errors
/// When the library refuses.
pub fn signer(
    issuer: &Certificate,
    issuing: &Key,
    key: &Key,
    who: (&str, &str),
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
        (TITLE, who.1),
        (COMMON_NAME, who.0),
    ])?;
    let profile = Profile::Leaf {
        issuer: root.clone(),
        enable_key_agreement: false,
        enable_key_encipherment: false,
    };
    build(profile, subject, (key, issuing), now, (BEFORE, SIGNER))
}

fn build(
    profile: Profile,
    subject: Name,
    (key, issuing): (&Key, &Key),
    now: DateTime<Utc>,
    (before, lasts): (i64, i64),
) -> Result<Certificate> {
    // Positive, and of 127 random bits.
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

/// A name of these parts, in this order. A string of a name is parsed by rules that a person's name with a comma in it breaks.
fn name(parts: &[(ObjectIdentifier, &str)]) -> Result<Name> {
    let parts = parts.iter().map(|(oid, text)| {
        let text: String = text.chars().take(LONGEST).collect();
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

/// A certificate as PEM.
///
/// # Errors
/// When the library refuses.
pub fn pem(certificate: &Certificate) -> Result<String> {
    use base64::Engine as _;
    let der = certificate.to_der().map_err(Error::internal)?;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    Ok(format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    ))
}
