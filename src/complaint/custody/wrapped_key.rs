//! Format of a custodian's key file, and the limits within which the service accepts one.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{FieldError, fault};
use crate::secrecy::SealingKey;

/// Version of the format.
const VERSION: u8 = 1;
/// Maximum Argon2id parameters of a file: a forged file must not exhaust memory or CPU.
const MAX_MEMORY_KIB: u32 = 262_144;
const MAX_PASSES: u32 = 8;
const MAX_LANES: u32 = 4;
/// Bytes of the salt.
pub(crate) const SALT_BYTES: usize = 16;
/// Bytes of nonce, sealed seed and tag.
pub(crate) const SEALED_BYTES: usize = 24 + 32 + 16;

/// A custodian's key file: the private key encrypted under a passphrase.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrappedKey {
    /// Version of the format.
    #[schema(example = 1, minimum = 1, maximum = 1)]
    pub version: u8,
    /// Key derivation from the passphrase.
    pub kdf: Kdf,
    /// Private key encrypted with XChaCha20-Poly1305, nonce first, base64url.
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

/// Key derivation function and its parameters.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    /// Algorithm.
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

/// Key derivation algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KdfAlgorithm {
    /// Argon2id, version 1.3.
    Argon2id,
}

impl WrappedKey {
    /// A file with an empty `sealed`, which the caller fills in.
    pub(super) fn new(kdf: Kdf, fingerprint: [u8; 32]) -> Self {
        Self {
            version: VERSION,
            kdf,
            sealed: String::new(),
            fingerprint: hex::encode(fingerprint),
        }
    }

    /// Validates the file; pointers start with `pointer`.
    pub(crate) fn errors(&self, pointer: &str) -> Vec<FieldError> {
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
                (8 * (*lanes).clamp(1, MAX_LANES)..=MAX_MEMORY_KIB).contains(memory_kib),
            ),
            ("kdf/passes", (1..=MAX_PASSES).contains(passes)),
            ("kdf/lanes", (1..=MAX_LANES).contains(lanes)),
            ("kdf/salt", decode_exact::<SALT_BYTES>(salt).is_some()),
            (
                "sealed",
                decode_exact::<SEALED_BYTES>(&self.sealed).is_some(),
            ),
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

    /// Derives the key of the passphrase and the associated data, which covers all other fields of
    /// the file.
    pub(super) fn derive_key(&self, passphrase: &str) -> Option<(SealingKey, String)> {
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
                decode_exact::<SALT_BYTES>(salt)?.as_slice(),
                key.as_mut_slice(),
            )
            .ok()?;
        let associated_data = format!(
            "wbs/custodian-key/v{}|argon2id|{memory_kib}|{passes}|{lanes}|{salt}|{}",
            self.version, self.fingerprint
        );
        Some((SealingKey::from_bytes(key), associated_data))
    }
}

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappedKey(secret)")
    }
}

/// Decodes base64url of exactly `N` bytes.
pub(crate) fn decode_exact<const N: usize>(text: &str) -> Option<[u8; N]> {
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
            (kdf(MAX_MEMORY_KIB + 1, 3, 1), vec!["/key/kdf/memory_kib"]),
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
                .errors("/key")
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
