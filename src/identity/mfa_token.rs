//! The token between the two steps of a sign-in. It says that the password was right, gives access to
//! nothing without the second factor, and is not stored: user, password and time are sealed into it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::secrecy::{SealingKey, sha256};

/// How long the second step may take.
pub(super) const VALIDITY: TimeDelta = TimeDelta::minutes(5);
/// Associated data of the sealed content.
const SEALED: &str = "mfa_token";

/// Issues and reads the tokens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MfaTokens(SealingKey);

/// The first step of a sign-in, as the token holds it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FirstStep {
    /// The user.
    pub user: UserId,
    /// Digest of the password's hash: a changed password voids the token.
    password: String,
    /// When the token expires.
    until: i64,
}

impl FirstStep {
    /// True if the account still has the password of the first step.
    pub fn has_password(&self, password_hash: &str) -> bool {
        self.password == digest(password_hash)
    }
}

impl MfaTokens {
    /// Uses `key`.
    pub fn new(key: SealingKey) -> Self {
        Self(key)
    }

    /// A token for `user`, whose password has this hash.
    pub(super) fn issue(
        &self,
        user: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let step = FirstStep {
            user,
            password: digest(password_hash),
            until: (now + VALIDITY).timestamp(),
        };
        let step = serde_json::to_vec(&step).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(self.0.seal(SEALED, &step)))
    }

    /// The first step of a valid token.
    ///
    /// # Errors
    /// `unauthenticated` when it was changed or has expired.
    pub(super) fn read(&self, token: &str, now: DateTime<Utc>) -> Result<FirstStep> {
        URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|sealed| self.0.open(SEALED, &sealed))
            .and_then(|step| serde_json::from_slice::<FirstStep>(&step).ok())
            .filter(|step| step.until > now.timestamp())
            .ok_or_else(invalid)
    }
}

/// The error for a token that is not valid, or no longer.
pub(super) fn invalid() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "mfa_token tidak berlaku atau sudah kedaluwarsa; masuk kembali dengan kata sandi.",
        "The mfa_token is not valid or has expired; sign in with the password again.",
    )
}

fn digest(password_hash: &str) -> String {
    hex::encode(sha256(password_hash.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn a_token_of_the_first_step_lives_for_five_minutes_under_one_key_and_one_password() {
        let now: DateTime<Utc> = "2026-07-06T01:00:00Z".parse().unwrap();
        let tokens = MfaTokens::new(MasterKey::random().derive("test"));
        let user = UserId::at(now);
        let token = tokens.issue(user, "hash", now).unwrap();
        let step = tokens.read(&token, now + TimeDelta::seconds(299)).unwrap();
        assert!(step.user == user && step.has_password("hash") && !step.has_password("other"));
        assert!(tokens.read(&token, now + TimeDelta::minutes(5)).is_err());
        assert!(tokens.read(&format!("{token}A"), now).is_err());
        let others = MfaTokens::new(MasterKey::random().derive("test"));
        assert!(others.read(&token, now).is_err());
    }
}
