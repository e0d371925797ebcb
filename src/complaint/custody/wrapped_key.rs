//! The file that holds a custodian's private key under a passphrase, and the bounds within which we take one back.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{FieldError, fault};
use crate::secrecy::SealingKey;

/// The version of a wrapped key.
const VERSION: u8 = 1;
/// The most that a file may ask for: one that somebody made up must not use up our memory or our time.
const MOST_MEMORY: u32 = 262_144;
const MOST_PASSES: u32 = 8;
const MOST_LANES: u32 = 4;
/// Bytes of a salt.
pub const SALT: usize = 16;
/// Bytes of nonce, sealed seed and tag.
pub const SEALED: usize = 24 + 32 + 16;

/// A custodian's private key under a passphrase: the file the custodian keeps.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrappedKey {
    /// The version of this form.
    #[schema(example = 1, minimum = 1, maximum = 1)]
    pub version: u8,
    /// How a key is made of the passphrase.
    pub kdf: Kdf,
    /// The private key under XChaCha20-Poly1305, nonce in front, base64url.
    #[schema(
        pattern = "^[A-Za-z0-9_-]{96}$",
        example = "Zk9x2QpLm3RvT8sYw1aBcDeFZk9x2QpLm3RvT8sYw1aBcDeFZk9x2QpLm3RvT8sYw1aBcDeFZk9x2QpLm3RvT8sYw1aBcDeF"
    )]
    pub sealed: String,
    /// SHA-256 of the public key, in hexadecimal.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
    )]
    pub fingerprint: String,
}

/// How a key is made of a passphrase.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    /// The function.
    pub algorithm: KdfAlgorithm,
    /// Memory in KiB.
    #[schema(example = 65536, minimum = 8, maximum = 262_144)]
    pub memory_kib: u32,
    /// Passes.
    #[schema(example = 3, minimum = 1, maximum = 8)]
    pub passes: u32,
    /// Lanes.
    #[schema(example = 1, minimum = 1, maximum = 4)]
    pub lanes: u32,
    /// 16 random bytes, base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$", example = "Zk9x2QpLm3RvT8sYw1aBcD")]
    pub salt: String,
}

/// A function that makes a key of a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KdfAlgorithm {
    /// Argon2id, version 1.3.
    Argon2id,
}

impl WrappedKey {
    /// A file whose `sealed` is still to come.
    pub(super) fn new(kdf: Kdf, fingerprint: [u8; 32]) -> Self {
        Self {
            version: VERSION,
            kdf,
            sealed: String::new(),
            fingerprint: hex::encode(fingerprint),
        }
    }

    /// What is wrong with it, below `pointer`.
    #[must_use]
    pub fn faults(&self, pointer: &str) -> Vec<FieldError> {
        let Kdf {
            algorithm: KdfAlgorithm::Argon2id,
            memory_kib,
            passes,
            lanes,
            salt,
        } = &self.kdf;
        let right = [
            ("version", self.version == VERSION),
            (
                "kdf/memory_kib",
                (8 * (*lanes).clamp(1, MOST_LANES)..=MOST_MEMORY).contains(memory_kib),
            ),
            ("kdf/passes", (1..=MOST_PASSES).contains(passes)),
            ("kdf/lanes", (1..=MOST_LANES).contains(lanes)),
            ("kdf/salt", decoded::<SALT>(salt).is_some()),
            ("sealed", decoded::<SEALED>(&self.sealed).is_some()),
            (
                "fingerprint",
                self.fingerprint.len() == 64
                    && self
                        .fingerprint
                        .bytes()
                        .all(|byte| byte.is_ascii_hexdigit()),
            ),
        ];
        let wrong = right.into_iter().filter(|(_, right)| !right);
        wrong
            .map(|(field, _)| {
                fault(
                    format!("{pointer}/{field}"),
                    "wrong_value",
                    "Bukan berkas kunci yang dibuat layanan ini.",
                    "Not a key file made by this service.",
                )
            })
            .collect()
    }

    /// The key that the passphrase gives, and what it is bound to: nothing of the file can be exchanged.
    pub(super) fn key(&self, passphrase: &str) -> Option<(SealingKey, String)> {
        let Kdf {
            algorithm: KdfAlgorithm::Argon2id,
            memory_kib,
            passes,
            lanes,
            salt,
        } = &self.kdf;
        let params = Params::new(*memory_kib, *passes, *lanes, Some(32)).ok()?;
        let mut key = Zeroizing::new([0; 32]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2
            .hash_password_into(
                passphrase.as_bytes(),
                decoded::<SALT>(salt)?.as_slice(),
                key.as_mut_slice(),
            )
            .ok()?;
        let place = format!(
            "wbs/custodian-key/v{}|argon2id|{memory_kib}|{passes}|{lanes}|{salt}|{}",
            self.version, self.fingerprint
        );
        Some((SealingKey::from_bytes(key), place))
    }
}

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappedKey(secret)")
    }
}

/// Base64url of exactly `N` bytes.
#[must_use]
pub fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_asks_for_too_much_is_refused_before_any_work() {
        let kdf = |memory_kib, passes, lanes| Kdf {
            algorithm: KdfAlgorithm::Argon2id,
            memory_kib,
            passes,
            lanes,
            salt: "A".repeat(22),
        };
        for (kdf, fields) in [
            (kdf(MOST_MEMORY + 1, 3, 1), vec!["/key/kdf/memory_kib"]),
            (
                kdf(u32::MAX, u32::MAX, u32::MAX),
                vec!["/key/kdf/memory_kib", "/key/kdf/passes", "/key/kdf/lanes"],
            ),
            (
                kdf(0, 0, 0),
                vec!["/key/kdf/memory_kib", "/key/kdf/passes", "/key/kdf/lanes"],
            ),
            (kdf(65_536, 3, 1), vec![]),
        ] {
            let wrapped = WrappedKey {
                version: 1,
                kdf,
                sealed: "A".repeat(96),
                fingerprint: "0".repeat(64),
            };
            let pointers: Vec<_> = wrapped
                .faults("/key")
                .into_iter()
                .map(|fault| fault.pointer)
                .collect();
            assert_eq!(pointers, fields);
        }
    }

    #[test]
    fn a_file_takes_no_other_field_and_no_other_algorithm() {
        let file = serde_json::json!({
            "version": 1, "sealed": "", "fingerprint": "",
            "kdf": { "algorithm": "argon2id", "memory_kib": 65_536, "passes": 3, "lanes": 1, "salt": "" },
        });
        let with = |path: &str, value: serde_json::Value| {
            let mut file = file.clone();
            file.pointer_mut(path)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .extend(value.as_object().unwrap().clone());
            serde_json::from_value::<WrappedKey>(file).is_ok()
        };
        assert!(with("", serde_json::json!({})));
        assert!(!with("", serde_json::json!({"passphrase": "x"})));
        assert!(!with("/kdf", serde_json::json!({"algorithm": "argon2d"})));
        assert!(!with("/kdf", serde_json::json!({"pepper": "x"})));
    }
}
