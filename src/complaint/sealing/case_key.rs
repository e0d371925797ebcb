//! The key of one complaint. Everything written about the complaint is padded, encrypted under this
//! key and bound to its table, column, row and case, so that write access to the database is not
//! enough to change a value, move it or exchange it for another.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::padding::{pad, unpad};
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::secrecy::SealingKey;

/// Format version: the first byte of a ciphertext, and part of the associated data.
const VERSION: u8 = 1;

/// The key of one complaint.
#[derive(Clone)]
pub struct CaseKey {
    case: ComplaintId,
    key: SealingKey,
}

impl CaseKey {
    /// Creates the key from the 32 random bytes of the case.
    pub(super) fn new(case: ComplaintId, bytes: Zeroizing<[u8; 32]>) -> Self {
        Self {
            case,
            key: SealingKey::from_bytes(bytes),
        }
    }

    /// Pads and encrypts `plain` for the column `place` ("table|column") of `row`.
    pub fn seal(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        [
            &[VERSION],
            self.key
                .seal(&self.associated_data(place, row), &pad(plain))
                .as_slice(),
        ]
        .concat()
    }

    /// Decrypts a value of the column `place` of `row`; none when it was changed, moved, or sealed
    /// for another case.
    pub fn open(&self, place: &str, row: Uuid, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let padded = self.key.open(
            &self.associated_data(place, row),
            sealed.strip_prefix(&[VERSION])?,
        )?;
        unpad(&padded).map(|plain| Zeroizing::new(plain.to_vec()))
    }

    /// Seals `value` as JSON.
    pub fn seal_json<T: Serialize>(&self, place: &str, row: Uuid, value: &T) -> Result<Vec<u8>> {
        let json = Zeroizing::new(serde_json::to_vec(value).map_err(Error::internal)?);
        Ok(self.seal(place, row, &json))
    }

    /// Opens JSON. The message of the parser is dropped, because it may quote the text.
    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        place: &str,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<T> {
        let json = self.open(place, row, sealed).ok_or_else(|| {
            Error::internal(format!(
                "{place} cannot be opened: changed, moved, or shredded"
            ))
        })?;
        serde_json::from_slice(&json).map_err(|_| {
            Error::internal(format!(
                "{place} was opened, but is not of the shape it should have"
            ))
        })
    }

    fn associated_data(&self, place: &str, row: Uuid) -> String {
        format!("wbs{VERSION}|{place}|{row}|{}", self.case)
    }
}

impl std::fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaseKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::random_bytes;

    fn key() -> CaseKey {
        CaseKey::new(ComplaintId::random(), Zeroizing::new(random_bytes()))
    }

    #[test]
    fn what_was_moved_or_changed_does_not_open() {
        let (key, row) = (key(), Uuid::new_v4());
        let sealed = key.seal("message|body", row, b"ia menerima amplop");
        assert_eq!(
            key.open("message|body", row, &sealed).unwrap().as_slice(),
            b"ia menerima amplop"
        );
        assert!(
            key.open("message|note", row, &sealed).is_none(),
            "another column"
        );
        assert!(
            key.open("warning|body", row, &sealed).is_none(),
            "another table"
        );
        assert!(
            key.open("message|body", Uuid::new_v4(), &sealed).is_none(),
            "another row"
        );
        for changed in [0, 1, 30, sealed.len() - 1] {
            let mut sealed = sealed.clone();
            sealed[changed] ^= 1;
            assert!(
                key.open("message|body", row, &sealed).is_none(),
                "byte {changed}"
            );
        }
        assert!(key.open("message|body", row, &sealed[..40]).is_none());
        assert!(key.open("message|body", row, b"").is_none());
    }

    #[test]
    fn what_is_of_another_case_does_not_open_even_under_the_same_key() {
        let (here, row) = (key(), Uuid::new_v4());
        let there = CaseKey {
            case: ComplaintId::random(),
            key: here.key.clone(),
        };
        assert!(
            there
                .open("message|body", row, &here.seal("message|body", row, b"x"))
                .is_none()
        );
        assert!(
            key()
                .open("message|body", row, &here.seal("message|body", row, b"x"))
                .is_none()
        );
    }

    #[test]
    fn a_word_and_a_paragraph_have_the_same_length() {
        let (key, row) = (key(), Uuid::new_v4());
        assert_eq!(
            key.seal("message|body", row, b"ya").len(),
            key.seal("message|body", row, "x".repeat(200).as_bytes())
                .len()
        );
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way_twice() {
        let (key, row) = (key(), Uuid::new_v4());
        assert_ne!(
            key.seal("message|body", row, b"ya"),
            key.seal("message|body", row, b"ya")
        );
    }

    #[test]
    fn json_comes_back_and_a_failure_quotes_nothing() {
        let (key, row) = (key(), Uuid::new_v4());
        let sealed = key
            .seal_json("case|accused", row, &["Budi Santoso"])
            .unwrap();
        assert_eq!(
            key.open_json::<Vec<String>>("case|accused", row, &sealed)
                .unwrap(),
            ["Budi Santoso"]
        );
        for refusal in [
            key.open_json::<u8>("case|accused", row, &sealed)
                .unwrap_err(),
            key.open_json::<u8>("case|body", row, &sealed).unwrap_err(),
        ] {
            assert!(!format!("{refusal:?}").contains("Budi"));
        }
    }
}
