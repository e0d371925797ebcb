//! Builds the signature: CMS `SignedData` over the digest of the covered bytes, with the ESS
//! attribute that binds the signer's certificate (RFC 5035). It contains no signing time, because
//! PAdES stores the time in the PDF (ETSI EN 319 142-1).

use cms::builder::{SignedDataBuilder, SignerInfoBuilder};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier};
use der::asn1::{ObjectIdentifier, SetOfVec};
use der::{Any, Decode as _, Encode as _};
use p256::ecdsa::DerSignature;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::authority::Signer;
use super::key::Key;
use crate::error::{Error, Result};
use crate::secrecy::sha256;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// DER prefix of `SigningCertificateV2` with one `ESSCertIDv2` and the default algorithm SHA-256,
/// up to the digest: three sequences and the header of an octet string.
const ESS_PREFIX: [u8; 8] = [0x30, 0x26, 0x30, 0x24, 0x30, 0x22, 0x04, 0x20];

/// The DER-encoded signature over `digest` (SHA-256).
pub fn detached(signer: &Signer, root: &Certificate, digest: &[u8; 32]) -> Result<Vec<u8>> {
    let content = EncapsulatedContentInfo {
        econtent_type: DATA,
        econtent: None,
    };
    let algorithm = AlgorithmIdentifierOwned {
        oid: SHA_256,
        parameters: None,
    };
    let identified = &signer.certificate.tbs_certificate;
    let sid = IssuerAndSerialNumber {
        issuer: identified.issuer.clone(),
        serial_number: identified.serial_number.clone(),
    };
    let sid = SignerIdentifier::IssuerAndSerialNumber(sid);
    let mut info =
        SignerInfoBuilder::new(&signer.key, sid, algorithm.clone(), &content, Some(digest))
            .map_err(|error| refused(&error))?;
    info.add_signed_attribute(signing_certificate(&signer.certificate)?)
        .map_err(|error| refused(&error))?;
    let mut builder = SignedDataBuilder::new(&content);
    let message = builder
        .add_digest_algorithm(algorithm)
        .and_then(|builder| {
            builder.add_certificate(CertificateChoices::Certificate(signer.certificate.clone()))
        })
        .and_then(|builder| builder.add_certificate(CertificateChoices::Certificate(root.clone())))
        .and_then(|builder| builder.add_signer_info::<Key, DerSignature>(info))
        .and_then(SignedDataBuilder::build);
    message
        .map_err(|error| refused(&error))?
        .to_der()
        .map_err(Error::internal)
}

fn refused(error: &cms::builder::Error) -> Error {
    Error::internal(error.to_string())
}

fn signing_certificate(certificate: &Certificate) -> Result<Attribute> {
    let digest = sha256(&certificate.to_der().map_err(Error::internal)?);
    let value =
        Any::from_der(&[ESS_PREFIX.as_slice(), &digest].concat()).map_err(Error::internal)?;
    Ok(Attribute {
        oid: SIGNING_CERTIFICATE_V2,
        values: SetOfVec::try_from(vec![value]).map_err(Error::internal)?,
    })
}
