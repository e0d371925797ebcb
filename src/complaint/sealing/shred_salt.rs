//! What makes a case unreadable for ever: its keys are derived with a salt that is kept outside the database, so that no backup of that brings it back.

use zeroize::Zeroizing;

use crate::secrecy::random_bytes;

/// What must be deleted to make a case unreadable for ever: kept outside the database, so that no backup of that brings it back.
pub struct ShredSalt(Zeroizing<[u8; 32]>);

impl ShredSalt {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// As it was kept; nothing when it is not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// To keep it.
    #[must_use]
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
