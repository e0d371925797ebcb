//! The key of a service account, as Google hands it out.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

/// The grant of RFC 7523.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// What we may do with it: the folder was made by people, so "files of this app only" would not show it.
const SCOPE: &str = "https://www.googleapis.com/auth/drive";
/// How long an assertion is good, in seconds.
const LIFETIME: i64 = 3600;

/// What the JSON file holds, as far as we need it.
#[derive(Deserialize)]
struct Written {
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

/// A service account that can sign in.
pub struct ServiceAccount {
    email: String,
    key: EncodingKey,
    key_id: Option<String>,
    token_uri: String,
}

impl ServiceAccount {
    /// From the JSON that Google hands out.
    ///
    /// # Errors
    /// One line, when it is not that.
    pub fn from_json(json: &str) -> Result<Self, &'static str> {
        let written: Written = serde_json::from_str(json)
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

    /// Where tokens are asked for.
    pub(super) fn token_uri(&self) -> &str {
        &self.token_uri
    }

    /// The signed assertion with which a token is asked for at `now`, in seconds since 1970.
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
