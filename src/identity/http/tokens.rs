//! The token reply of signing in and refreshing.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::database::Database;
use crate::error::Result;
use crate::identity::Identity;
use crate::identity::session::IssuedSession;
use crate::identity::token::LIFETIME;

/// A pair of tokens.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    #[schema(
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImtQcksifQ.eyJzdWIiOiIwMTlhIn0.c2lnbmF0dXJl"
    )]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Lifetime of the access token in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Valid for one `POST /auth/refresh`. A second use ends the session.
    #[schema(example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    pub refresh_token: String,
}

/// Issues the tokens of a session.
pub async fn issue_tokens(
    identity: &Identity,
    database: &Database,
    opened: IssuedSession,
    now: DateTime<Utc>,
) -> Result<TokenPair> {
    let key_set = identity.keys.current(database, now).await?;
    let access_token = identity
        .tokens
        .issue(&key_set, opened.user, opened.session, now)?;
    Ok(TokenPair {
        access_token,
        token_type: "Bearer",
        expires_in: LIFETIME.num_seconds(),
        refresh_token: opened.refresh_token,
    })
}
