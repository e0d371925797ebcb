//! Secret settings: given in the environment or in a file, never displayed.

use std::path::Path;

use zeroize::Zeroizing;

/// A secret setting. `Debug` does not show its value.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The value, for the component that needs it.
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

/// A secret of 32 bytes. `Debug` does not show it; its memory is wiped.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<[u8; 32]>);

impl SecretBytes {
    /// The bytes, for the component that needs them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for SecretBytes {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl std::fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Reads the secret `name`, given as value or as file.
pub(super) fn secret(
    name: &str,
    value: Option<&String>,
    file: Option<&Path>,
) -> Result<Option<Secret>, String> {
    match (value, file) {
        (Some(_), Some(_)) => Err(format!(
            "{name} and {name}_FILE are both set: give one of them"
        )),
        (Some(value), None) => Ok(Some(Secret(value.clone()))),
        (None, Some(path)) => match std::fs::read_to_string(path) {
            Ok(text) if text.trim_end().is_empty() => {
                Err(format!("{name}_FILE: {} is empty", path.display()))
            }
            Ok(text) => Ok(Some(Secret(text.trim_end().to_owned()))),
            Err(error) => Err(format!(
                "{name}_FILE: {} cannot be read: {error}",
                path.display()
            )),
        },
        (None, None) => Ok(None),
    }
}
