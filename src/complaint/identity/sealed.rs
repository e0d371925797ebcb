//! A sealed identity in the vault: encrypted to the custodian's public key, then under a key of the
//! service and the case. Every case has a sealed identity of the same length, anonymous or not.
//! Opening takes both the service's keys and the custodian's key file with its passphrase.

use super::given::Identity;
use crate::complaint::custody::custodian::{CustodianPrivateKey, CustodianPublicKey};
use crate::complaint::sealing::keys::Keys;
use crate::complaint::sealing::keys::ShredSalt;
use crate::complaint::sealing::padding::{pad_to, unpad};
use crate::error::{Error, Result};

/// HPKE `info` of this use.
const INFO: &str = "wbs/identity/v1";
/// Format version of a sealed identity: its first byte, and part of the associated data.
const VERSION: u8 = 1;
/// Length of the padded identity; the longest valid identity has about 2,900 bytes.
const PADDED: usize = 4_096;
/// Length of a fingerprint.
const FINGERPRINT: usize = 32;

/// Seals the reporter's identity, or an empty one for an anonymous reporter; the length is the
/// same.
pub fn seal_identity(
    key: &CustodianPublicKey,
    keys: &Keys,
    case_ref: &[u8; 32],
    salt: &ShredSalt,
    identity: Option<&Identity>,
) -> Result<Vec<u8>> {
    let json = identity.unwrap_or(&Identity::default()).to_json()?;
    let padded = pad_to(&json, PADDED)
        .ok_or_else(|| Error::internal("an identity is longer than its checks allow"))?;
    let fingerprint = key.fingerprint();
    let inner = key.public.seal(
        INFO,
        &inner_associated_data(case_ref, &fingerprint),
        &padded,
    )?;
    let outer = keys.vault_layer(case_ref, salt).seal(
        &outer_associated_data(case_ref),
        &[fingerprint.as_slice(), &inner].concat(),
    );
    Ok([&[VERSION], outer.as_slice()].concat())
}

/// Opens an identity; empty when the reporter is anonymous. None when it belongs to another case,
/// was changed or shredded, or is sealed to another key.
pub fn open_identity(
    private: &CustodianPrivateKey,
    keys: &Keys,
    case_ref: &[u8; 32],
    salt: &ShredSalt,
    sealed: &[u8],
) -> Option<Identity> {
    let (fingerprint, inner) = open_outer_layer(keys, case_ref, salt, sealed)?;
    let padded = private.open(INFO, &inner_associated_data(case_ref, &fingerprint), &inner)?;
    serde_json::from_slice(unpad(&padded)?).ok()
}

/// The fingerprint of the custodian's key that opens the identity: after a change of key, old cases
/// still need the old key.
pub fn custodian_fingerprint(
    keys: &Keys,
    case_ref: &[u8; 32],
    salt: &ShredSalt,
    sealed: &[u8],
) -> Option<[u8; 32]> {
    open_outer_layer(keys, case_ref, salt, sealed).map(|(fingerprint, _)| fingerprint)
}

fn open_outer_layer(
    keys: &Keys,
    case_ref: &[u8; 32],
    salt: &ShredSalt,
    sealed: &[u8],
) -> Option<([u8; FINGERPRINT], Vec<u8>)> {
    let layer = keys.vault_layer(case_ref, salt).open(
        &outer_associated_data(case_ref),
        sealed.strip_prefix(&[VERSION])?,
    )?;
    let (fingerprint, inner) = layer.split_first_chunk()?;
    Some((*fingerprint, inner.to_vec()))
}

fn inner_associated_data(case_ref: &[u8; 32], fingerprint: &[u8; 32]) -> Vec<u8> {
    [case_ref.as_slice(), fingerprint].concat()
}

fn outer_associated_data(case_ref: &[u8; 32]) -> String {
    format!("wbs{VERSION}|identity|sealed|{}", hex::encode(case_ref))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::custody::envelope::OVERHEAD;
    use crate::complaint::identity::IdentityField;
    use crate::ids::ComplaintId;
    use crate::secrecy::MasterKey;

    /// Length of a sealed identity: version, nonce and tag of the outer layer, fingerprint of the
    /// custodian's key, and inner layer.
    const SEALED_LENGTH: usize = 1 + 24 + 16 + FINGERPRINT + OVERHEAD + PADDED;

    struct Case {
        keys: Keys,
        reference: [u8; 32],
        salt: ShredSalt,
        private: CustodianPrivateKey,
    }

    fn case() -> Case {
        let keys = Keys::new(&MasterKey::random());
        let reference = keys.case_ref(ComplaintId::random());
        Case {
            keys,
            reference,
            salt: ShredSalt::random(),
            private: CustodianPrivateKey::random(),
        }
    }

    impl Case {
        fn seal(&self, identity: Option<&Identity>) -> Vec<u8> {
            seal_identity(
                &self.private.public(),
                &self.keys,
                &self.reference,
                &self.salt,
                identity,
            )
            .unwrap()
        }

        fn open(&self, sealed: &[u8]) -> Option<Identity> {
            open_identity(
                &self.private,
                &self.keys,
                &self.reference,
                &self.salt,
                sealed,
            )
        }
    }

    fn identity(name: &str) -> Identity {
        serde_json::from_value(serde_json::json!({"name": name, "nik": "1671014203900001"}))
            .unwrap()
    }

    #[test]
    fn anonymous_and_confidential_have_the_same_length() {
        let case = case();
        let lengths = [
            case.seal(None),
            case.seal(Some(&identity("Siti"))),
            case.seal(Some(&identity(&"é".repeat(200)))),
        ]
        .map(|sealed| sealed.len());
        assert_eq!(lengths, [SEALED_LENGTH; 3]);
        assert!(case.open(&case.seal(None)).unwrap().is_empty());
    }

    #[test]
    fn the_longest_that_passes_the_checks_can_be_sealed() {
        let line = "\u{10ffff}".repeat(200);
        let longest = serde_json::json!({
            "name": line, "address": line, "relation": line, "nik": "1".repeat(16), "phone": "1".repeat(30), "email": format!("{}@{}.id", "a".repeat(64), "abcdefgh.".repeat(20) + "abcdef"),
        });
        let longest: Identity = serde_json::from_value(longest).unwrap();
        assert_eq!(longest.field_errors(""), []);
        assert_eq!(case().seal(Some(&longest)).len(), SEALED_LENGTH);
        let case = case();
        let longer = seal_identity(
            &case.private.public(),
            &case.keys,
            &case.reference,
            &case.salt,
            Some(&identity(&"x".repeat(PADDED))),
        );
        assert!(longer.is_err(), "never cut");
    }

    #[test]
    fn an_identity_opens_only_for_its_case_its_salt_and_its_custodian() {
        let case = case();
        let sealed = case.seal(Some(&identity("Siti")));
        assert_eq!(
            case.open(&sealed).unwrap().get(IdentityField::Name),
            Some("Siti")
        );
        assert_eq!(
            custodian_fingerprint(&case.keys, &case.reference, &case.salt, &sealed),
            Some(case.private.public().fingerprint())
        );
        let another_ref = case.keys.case_ref(ComplaintId::random());
        assert!(
            open_identity(&case.private, &case.keys, &another_ref, &case.salt, &sealed).is_none(),
            "another case"
        );
        assert!(
            open_identity(
                &case.private,
                &case.keys,
                &case.reference,
                &ShredSalt::random(),
                &sealed
            )
            .is_none(),
            "shredded"
        );
        assert!(
            open_identity(
                &CustodianPrivateKey::random(),
                &case.keys,
                &case.reference,
                &case.salt,
                &sealed
            )
            .is_none(),
            "another custodian"
        );
        let another = Keys::new(&MasterKey::random());
        assert!(
            open_identity(
                &case.private,
                &another,
                &case.reference,
                &case.salt,
                &sealed
            )
            .is_none(),
            "the custodian without the service"
        );
        for changed in [0, 1, 30, 100, 2_000, SEALED_LENGTH - 1] {
            let mut sealed = sealed.clone();
            sealed[changed] ^= 1;
            assert!(case.open(&sealed).is_none(), "byte {changed}");
        }
    }

    #[test]
    fn all_keys_of_the_service_without_the_custodians_passphrase_open_no_identity() {
        let case = case();
        let sealed = case.seal(Some(&identity("Siti Rahmawati")));
        let (fingerprint, inner) =
            open_outer_layer(&case.keys, &case.reference, &case.salt, &sealed).unwrap();
        assert!(!inner.windows(4).any(|part| part == b"Siti"));
        assert!(
            CustodianPrivateKey::random()
                .open(
                    INFO,
                    &inner_associated_data(&case.reference, &fingerprint),
                    &inner
                )
                .is_none()
        );
    }

    #[test]
    fn who_has_only_the_public_key_cannot_forge_an_identity() {
        let case = case();
        let fingerprint = case.private.public().fingerprint();
        let padded = pad_to(b"{}", PADDED).unwrap();
        let inner = case
            .private
            .public()
            .public
            .seal(
                INFO,
                &inner_associated_data(&case.reference, &fingerprint),
                &padded,
            )
            .unwrap();
        let forger = Keys::new(&MasterKey::random());
        let outer = forger.vault_layer(&case.reference, &case.salt).seal(
            &outer_associated_data(&case.reference),
            &[fingerprint.as_slice(), &inner].concat(),
        );
        assert!(
            case.open(&[&[VERSION], outer.as_slice()].concat())
                .is_none()
        );
    }
}
