//! Sessions: a family of refresh tokens, each valid for one use. Reuse means that two parties hold
//! the token and one of them stole it, so the whole family is revoked (RFC 9700, 4.14.2).
//!
//! There is no grace period for a client that lost the reply and repeats its refresh: within such a
//! period thief and owner could both refresh unnoticed. The honest client signs in again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::journal::{Subject, record_unsigned};
use super::signed_in::{SignedIn, today};
use super::store::sessions::{self as store, RevocationReason};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, UserId};
use crate::mail;
use crate::secrecy::{random_bytes, sha256};

/// A refresh token expires after this time without use.
const IDLE_TIMEOUT: TimeDelta = TimeDelta::days(14);
/// Maximum lifetime of a session.
const MAX_LIFETIME: TimeDelta = TimeDelta::days(30);

/// Retention of sent mails.
const MAIL_RETENTION: TimeDelta = TimeDelta::days(90);

/// A session with its new refresh token. The token is shown once; only its digest is stored.
#[derive(Debug)]
pub struct IssuedSession {
    /// The session.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// 256 random bits.
    pub refresh_token: String,
}

/// Starts a session of `user`.
pub async fn start(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<IssuedSession> {
    let session = SessionId::at(now);
    store::add(connection, session, user, now, now + MAX_LIFETIME).await?;
    let refresh_token = add_token(connection, session, now, now + MAX_LIFETIME).await?;
    Ok(IssuedSession {
        session,
        user,
        refresh_token,
    })
}

/// Exchanges a refresh token for the next one of its family.
///
/// # Errors
/// `invalid_refresh_token` when it is unknown, expired, of an ended session, or used before. Reuse
/// also revokes the family and is recorded in the journal.
pub async fn refresh(
    database: &Database,
    token: &str,
    now: DateTime<Utc>,
) -> Result<IssuedSession> {
    let digest = sha256(token.as_bytes());
    let mut transaction = database.begin().await?;
    let found = store::lock_token(&mut transaction, &digest, now)
        .await?
        .filter(|found| found.is_live)
        .ok_or_else(refusal)?;
    if found.is_used {
        store::revoke(
            &mut transaction,
            found.session,
            RevocationReason::RefreshTokenReuse,
            now,
        )
        .await?;
        let act = Subject::Session(found.session)
            .act("revoke_session")
            .note(Some(RevocationReason::RefreshTokenReuse.code()));
        record_unsigned(&mut transaction, found.office, None, act, now).await?;
        transaction.commit().await?;
        tracing::warn!(session.id = %found.session, "a refresh token was used twice; its session is revoked");
        return Err(refusal());
    }
    if found.is_expired {
        return Err(refusal());
    }
    store::mark_token_used(&mut transaction, &digest, now).await?;
    let refresh_token = add_token(&mut transaction, found.session, now, found.session_ends).await?;
    transaction.commit().await?;
    Ok(IssuedSession {
        session: found.session,
        user: found.user,
        refresh_token,
    })
}

/// Reloads a signed-in user with today's roles; `None` when the session has ended or the account
/// was deactivated. For work that outlives its request, such as streams.
pub async fn reload(
    connection: &mut PgConnection,
    caller: &SignedIn,
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>> {
    store::find_signed_in(connection, caller.session, caller.user, today(now), now).await
}

/// Deletes expired data: sessions that ended 30 days ago, mails older than 90 days with their
/// tokens, and addresses without a recent sign-in. For a nightly job.
pub async fn delete_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    store::delete_ended(connection, now - MAX_LIFETIME).await?;
    mail::store::delete_before(connection, now - MAIL_RETENTION).await?;
    super::store::throttle::delete_unused_addresses(connection, now - super::throttle::KNOWN_FOR)
        .await
}

async fn add_token(
    connection: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
    session_ends: DateTime<Utc>,
) -> Result<String> {
    let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
    store::add_token(
        connection,
        &sha256(token.as_bytes()),
        session,
        now,
        session_ends.min(now + IDLE_TIMEOUT),
    )
    .await?;
    Ok(token)
}

fn refusal() -> Error {
    Error::new(Code::InvalidRefreshToken)
}
