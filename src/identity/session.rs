//! Sessions: a family of refresh tokens, each good for one use. A second use of one means that two hold it, and one of them stole it: the whole family
//! is revoked (RFC 9700, 4.14.2).
//!
//! There is no grace for a client that lost the reply and repeats its refresh a moment later: within such a grace a thief and the owner could both
//! refresh and neither would be noticed. The honest client signs in again, which costs it a password and nobody a theft.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::journal::{Act, Subject, record_unsigned};
use super::revocation_reason::Reason;
use super::signed_in::{SignedIn, today};
use super::store::sessions as store;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, UserId};
use crate::mail;
use crate::secrecy::{random_bytes, sha256};

/// How long a refresh token may lie unused.
const IDLE: TimeDelta = TimeDelta::days(14);
/// How long a session lasts at most.
const LONGEST: TimeDelta = TimeDelta::days(30);

/// How long it is remembered which mails were sent.
const MAILS_KEPT: TimeDelta = TimeDelta::days(90);

/// A session with the refresh token that was just made for it. The token is shown once; we keep its digest.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub user: UserId,
    /// 256 random bits.
    pub refresh_token: String,
}

/// Starts a session of `user`.
///
/// # Errors
/// When the server refuses.
pub async fn start(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Opened> {
    let session = SessionId::at(now);
    store::add(connection, session, user, now, now + LONGEST).await?;
    let refresh_token = add_token(connection, session, now, now + LONGEST).await?;
    Ok(Opened {
        session,
        user,
        refresh_token,
    })
}

/// Takes a refresh token and gives the next one of its family.
///
/// # Errors
/// `invalid_refresh_token` when it is not ours, too old, of an ended session, or used before; then the family is revoked and the journal says so.
pub async fn refresh(database: &Database, token: &str, now: DateTime<Utc>) -> Result<Opened> {
    let digest = sha256(token.as_bytes());
    let mut transaction = database.begin().await?;
    let found = store::take_token(&mut transaction, &digest, now)
        .await?
        .filter(|found| found.is_live)
        .ok_or_else(refusal)?;
    if found.is_used {
        store::revoke(&mut transaction, found.session, Reason::Reuse, now).await?;
        let act = Act {
            subject: Subject::Session,
            id: found.session.0,
            task: "revoke_session",
            note: Some(Reason::Reuse.code()),
        };
        record_unsigned(&mut transaction, found.office, None, act, now).await?;
        transaction.commit().await?;
        tracing::warn!(session.id = %found.session, "a refresh token was used twice; its session is revoked");
        return Err(refusal());
    }
    if found.is_old {
        return Err(refusal());
    }
    store::use_token(&mut transaction, &digest, now).await?;
    let refresh_token = add_token(&mut transaction, found.session, now, found.session_ends).await?;
    transaction.commit().await?;
    Ok(Opened {
        session: found.session,
        user: found.user,
        refresh_token,
    })
}

/// Who the person of a session is by now: with the roles of today, or nobody when the session has ended or the account was deactivated. For what outlives
/// the request that began it.
///
/// # Errors
/// When the server refuses.
pub async fn still(
    connection: &mut PgConnection,
    who: &SignedIn,
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>> {
    store::find_signed_in(connection, who.session, who.user, today(now), now).await
}

/// Ends one session.
///
/// # Errors
/// When the server refuses.
pub async fn end(
    connection: &mut PgConnection,
    session: SessionId,
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<()> {
    store::revoke(connection, session, reason, now).await
}

/// Ends every session of a person, but for `except`.
///
/// # Errors
/// When the server refuses.
pub async fn end_all(
    connection: &mut PgConnection,
    user: UserId,
    except: Option<SessionId>,
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<()> {
    store::revoke_all(connection, user, except, reason, now).await
}

/// Deletes what no longer matters: sessions that ended a month ago, and mails of a quarter ago with their tokens. For a nightly job.
///
/// # Errors
/// When the server refuses.
pub async fn sweep(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    store::forget_ended(connection, now - LONGEST).await?;
    mail::store::forget(connection, now - MAILS_KEPT).await?;
    super::store::throttle::forget_addresses(connection, now - super::throttle::KNOWN_FOR).await
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
        session_ends.min(now + IDLE),
    )
    .await?;
    Ok(token)
}

fn refusal() -> Error {
    Error::new(Code::InvalidRefreshToken)
}
