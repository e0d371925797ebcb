//! Access tokens (RFC 9068): short-lived, signed with Ed25519, containing user and session but no
//! rights. Rights are read from the database.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::key_set::KeySet;
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};

/// Lifetime of an access token.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// Value of `aud`.
const AUDIENCE: &str = "service-desk";
/// Media type (`typ`) of an access token; distinguishes it from other JWTs of the service.
const TYPE: &str = "at+jwt";

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer: the public URL of the service.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// Subject: the user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// Id of the token.
    pub jti: Uuid,
    /// Time of issue, in seconds since 1970.
    pub iat: i64,
    /// Time of expiry, in seconds since 1970.
    pub exp: i64,
    /// Id of the signing key, from the header.
    #[serde(skip)]
    pub kid: String,
}

impl Claims {
    /// True if the token has expired at `now`.
    pub fn have_expired(&self, now: DateTime<Utc>) -> bool {
        self.exp <= now.timestamp()
    }

    #[cfg(test)]
    pub(super) fn for_tests(exp: i64) -> Self {
        let nil = Uuid::nil();
        Self {
            iss: String::new(),
            aud: String::new(),
            sub: UserId(nil),
            sid: SessionId(nil),
            jti: nil,
            iat: 0,
            exp,
            kid: String::new(),
        }
    }
}

/// The reason for rejecting a token. The client does not learn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// The signing key is unknown; it may have been created since the last reload.
    UnknownKey,
    /// The token is invalid, altered or expired.
    Invalid,
}

/// Issues and verifies tokens of one issuer.
#[derive(Debug, Clone)]
pub struct Tokens {
    issuer: String,
}

impl Tokens {
    /// Creates it with this issuer: the public URL of the service.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
        }
    }

    /// Issues a token with the id `jti` for `user` in `session`, signed with the active key.
    pub fn issue(
        &self,
        key_set: &KeySet,
        (user, session): (UserId, SessionId),
        jti: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let signer = key_set.signer();
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(signer.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            kid: String::new(),
        };
        jsonwebtoken::encode(&header, &claims, &signer.key).map_err(Error::internal)
    }

    /// Returns the claims of `token` if signature, type, issuer, audience and expiry are valid.
    pub fn verify(
        &self,
        key_set: &KeySet,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA
            || header.typ.as_deref() != Some(TYPE)
            || header.crit.is_some()
        {
            return Err(TokenError::Invalid);
        }
        let kid = header.kid.ok_or(TokenError::Invalid)?;
        let key = key_set.key(&kid, now).ok_or(TokenError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation())
            .map_err(|_| TokenError::Invalid)?
            .claims;
        if claims.have_expired(now) {
            Err(TokenError::Invalid)
        } else {
            Ok(Claims { kid, ..claims })
        }
    }

    /// Expiry is checked against `now` instead, because the library would read the system clock.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::identity::key_pair::KeyPair;

    fn now() -> DateTime<Utc> {
        "2026-07-06T01:00:00Z".parse().unwrap()
    }

    fn setting() -> (Tokens, KeySet, String, UserId) {
        let (tokens, key_set, user) = (
            Tokens::new("https://desk.example"),
            KeySet::of_one(&KeyPair::random().unwrap()),
            UserId::at(now()),
        );
        let token = tokens
            .issue(
                &key_set,
                (user, SessionId::at(now())),
                Uuid::new_v4(),
                now(),
            )
            .unwrap();
        (tokens, key_set, token, user)
    }

    /// `token` with another header; its signature is left as it was.
    fn with_header(token: &str, header: &str) -> String {
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            token.split_once('.').unwrap().1
        )
    }

    #[test]
    fn a_token_says_who_it_is_about_for_a_quarter_of_an_hour() {
        let (tokens, key_set, token, user) = setting();
        assert_eq!(tokens.verify(&key_set, &token, now()).unwrap().sub, user);
        assert!(
            tokens
                .verify(&key_set, &token, now() + TimeDelta::seconds(899))
                .is_ok()
        );
        assert_eq!(
            tokens.verify(&key_set, &token, now() + TimeDelta::seconds(900)),
            Err(TokenError::Invalid)
        );
    }

    #[test]
    fn a_token_of_another_issuer_or_key_is_not_believed() {
        let (tokens, key_set, token, _) = setting();
        assert_eq!(
            Tokens::new("https://other.example").verify(&key_set, &token, now()),
            Err(TokenError::Invalid)
        );
        assert_eq!(
            tokens.verify(&KeySet::of_one(&KeyPair::random().unwrap()), &token, now()),
            Err(TokenError::UnknownKey)
        );
    }

    #[test]
    fn a_changed_token_is_not_believed() {
        let (tokens, key_set, token, _) = setting();
        let kid = &key_set.signer().kid;
        let (front, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[0] ^= 1;
        assert_eq!(
            tokens.verify(
                &key_set,
                &format!("{front}.{}", URL_SAFE_NO_PAD.encode(bytes)),
                now()
            ),
            Err(TokenError::Invalid)
        );
        for alg in ["none", "HS256", "RS256"] {
            let header = format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}"}}"#);
            assert_eq!(
                tokens.verify(&key_set, &with_header(&token, &header), now()),
                Err(TokenError::Invalid),
                "{alg}"
            );
        }
        let as_id_token = with_header(
            &token,
            &format!(r#"{{"typ":"JWT","alg":"EdDSA","kid":"{kid}"}}"#),
        );
        assert_eq!(
            tokens.verify(&key_set, &as_id_token, now()),
            Err(TokenError::Invalid)
        );
        assert_eq!(
            tokens.verify(&key_set, "rubbish", now()),
            Err(TokenError::Invalid)
        );
    }
}
