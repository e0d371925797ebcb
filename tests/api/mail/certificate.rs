//! The certificate of the tests' mail server: for `localhost`, made anew by each run, so that the
//! source contains no private key.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::Encode as _;
use der::asn1::{Ia5String, ObjectIdentifier};
use p256::ecdsa::signature::{Keypair, Signer};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::EncodePrivateKey as _;
use service_desk::secrecy::random_bytes;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_cert::builder::{Builder as _, CertificateBuilder, Profile};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned,
};
use x509_cert::time::Validity;

const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A key that reports its own algorithm identifier; the library's implementation needs another
/// version of SHA-2 than ours.
struct Key(SigningKey);

impl Keypair for Key {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        *self.0.verifying_key()
    }
}

impl DynSignatureAlgorithmIdentifier for Key {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA_256,
            parameters: None,
        })
    }
}

impl Signer<DerSignature> for Key {
    fn try_sign(&self, message: &[u8]) -> Result<DerSignature, p256::ecdsa::signature::Error> {
        self.0.try_sign(message)
    }
}

/// The certificate and key of this run.
static LOCALHOST: LazyLock<Localhost> = LazyLock::new(Localhost::new);

struct Localhost {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Localhost {
    fn new() -> Self {
        let key = Key(SigningKey::from_slice(&random_bytes::<32>()).unwrap());
        let serial = SerialNumber::from(1_u8);
        let validity = Validity::from_now(Duration::from_hours(24)).unwrap();
        let public = SubjectPublicKeyInfoOwned::from_key(key.verifying_key()).unwrap();
        // Self-issued, and not a certificate authority: a client that trusts it trusts it for
        // `localhost` only.
        let name: Name = "CN=localhost".parse().unwrap();
        let profile = Profile::Leaf {
            issuer: name.clone(),
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let mut builder =
            CertificateBuilder::new(profile, serial, validity, name, public, &key).unwrap();
        builder
            .add_extension(&SubjectAltName(vec![GeneralName::DnsName(
                Ia5String::new("localhost").unwrap(),
            )]))
            .unwrap();
        let certificate = builder.build::<DerSignature>().unwrap().to_der().unwrap();
        Self {
            certificate,
            key: key.0.to_pkcs8_der().unwrap().as_bytes().to_vec(),
        }
    }
}

/// The server's certificate and its private key.
pub fn of_localhost() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = PrivatePkcs8KeyDer::from(LOCALHOST.key.clone());
    (
        CertificateDer::from(LOCALHOST.certificate.clone()),
        PrivateKeyDer::from(key),
    )
}

/// The certificate as PEM, for clients that trust it.
pub fn pem() -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(&LOCALHOST.certificate)
    )
}
