//! The secret shared with a receiver, and the signature made with it (Standard Webhooks 1.0:
//! HMAC-SHA-256 over id, time and body).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::ids::WebhookId;
use crate::secrecy::{SealingKey, random_bytes, webhook_signature};

/// The prefix of an encoded secret.
const PREFIX: &str = "whsec_";

/// A secret. It is shown once, when it is made.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Generates a secret.
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// The secret in the form that the receiver gets.
    pub fn encoded(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice()))
    }

    /// Encrypts the secret for the database, bound to its webhook.
    pub fn sealed(&self, key: &SealingKey, of: WebhookId) -> Vec<u8> {
        key.seal(&seal_context(of), self.0.as_slice())
    }

    /// Decrypts a secret from the database; none when it was changed or belongs to another webhook.
    pub fn open(key: &SealingKey, of: WebhookId, sealed: &[u8]) -> Option<Self> {
        let bytes = key.open(&seal_context(of), sealed)?;
        <[u8; 32]>::try_from(bytes.as_slice())
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The signature of a call.
    pub fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let key = SealingKey::from_bytes(self.0.clone());
        webhook_signature(&key, id, timestamp, body.as_bytes())
    }
}

fn seal_context(of: WebhookId) -> String {
    format!("webhook|secret|{of}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // Computed with openssl after the specification.
        let secret = Secret(Zeroizing::new(*b"0123456789abcdef0123456789abcdef"));
        assert_eq!(
            secret.encoded(),
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
        );
        assert_eq!(
            secret.signature("msg_1", 1_674_087_231, r#"{"a":1}"#),
            "v1,c9lhjcxcymv8/2VlKN9YRwiXq2vINjMBBrf/LxiKlvQ="
        );
    }

    #[test]
    fn a_secret_opens_only_for_its_webhook() {
        let (key, id) = (
            MasterKey::random().derive("x"),
            WebhookId(uuid::Uuid::from_u128(1)),
        );
        let secret = Secret::random();
        let sealed = secret.sealed(&key, id);
        assert_eq!(
            Secret::open(&key, id, &sealed).unwrap().encoded(),
            secret.encoded()
        );
        assert!(Secret::open(&key, WebhookId(uuid::Uuid::from_u128(2)), &sealed).is_none());
        assert!(Secret::open(&MasterKey::random().derive("x"), id, &sealed).is_none());
    }
}
