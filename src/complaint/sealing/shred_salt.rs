//! Shred salt: random bytes from which the keys of a case are derived and which are stored outside
//! the database. Deleting the salt makes the case unreadable, also in backups of the database.

use zeroize::Zeroizing;

use crate::secrecy::random_bytes;

/// A shred salt. Wiped from memory on drop.
pub struct ShredSalt(Zeroizing<[u8; 32]>);

impl ShredSalt {
    /// Creates a random salt.
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// Restores a stored salt; none when it is not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl std::fmt::Debug for ShredSalt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShredSalt(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_32_bytes() {
        assert!(ShredSalt::from_bytes(&[1; 31]).is_none());
        assert_eq!(format!("{:?}", ShredSalt::random()), "ShredSalt(secret)");
    }
}
