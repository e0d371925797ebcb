//! A setting that nobody is shown.

/// A secret setting: it is never shown.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Hands it to the part that must have it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}
