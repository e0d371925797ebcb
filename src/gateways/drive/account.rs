//! The key file of a Google service account.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

/// Grant type of RFC 7523.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// OAuth scope. The narrower `drive.file` would not show the folder, because people created it.
const SCOPE: &str = "https://www.googleapis.com/auth/drive";
/// Lifetime of an assertion, in seconds.
const LIFETIME: i64 = 3600;

/// The fields of the key file that the service uses.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
    token_uri: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

/// A service account with its private key.
pub struct ServiceAccount {
    email: String,
    key: EncodingKey,
    key_id: Option<String>,
    token_uri: String,
}

impl ServiceAccount {
    /// Parses the JSON key file that Google issues.
    ///
    /// # Errors
    /// One line that describes the defect without quoting the file.
    pub fn from_json(json: &str) -> Result<Self, &'static str> {
        let written: KeyFile = serde_json::from_str(json)
            .map_err(|_| "it is not the JSON key of a service account")?;
        let near = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"]
            .iter()
            .any(|start| written.token_uri.starts_with(start));
        if !(written.token_uri.starts_with("https://") || near) {
            return Err("its token_uri is not https");
        }
        let key = EncodingKey::from_rsa_pem(written.private_key.as_bytes())
            .map_err(|_| "its private_key is no RSA key in PEM")?;
        Ok(Self {
            email: written.client_email,
            key,
            key_id: written.private_key_id,
            token_uri: written.token_uri,
        })
    }

    /// The token endpoint.
    pub(super) fn token_uri(&self) -> &str {
        &self.token_uri
    }

    /// A signed assertion for requesting a token at `now`, in seconds since 1970.
    pub(super) fn assertion(&self, now: i64) -> Option<String> {
        let header = Header {
            kid: self.key_id.clone(),
            ..Header::new(Algorithm::RS256)
        };
        let claims = Claims {
            iss: &self.email,
            scope: SCOPE,
            aud: &self.token_uri,
            iat: now,
            exp: now + LIFETIME,
        };
        jsonwebtoken::encode(&header, &claims, &self.key).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_of_a_service_account_is_refused_without_a_word_of_it() {
        let refusal = |json: &str| ServiceAccount::from_json(json).err().unwrap();
        assert!(refusal("{}").contains("JSON key"));
        let made = |uri: &str| {
            format!(r#"{{"client_email": "x@y", "private_key": "secret", "token_uri": "{uri}"}}"#)
        };
        assert!(refusal(&made("http://oauth.example/token")).contains("https"));
        assert!(refusal(&made("https://oauth.example/token")).contains("RSA"));
    }
}
