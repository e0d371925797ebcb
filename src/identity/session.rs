//! Sessions: a family of refresh tokens, each valid for one use. Reuse means that two parties hold
//! the token and one of them stole it, so the whole family is revoked (RFC 9700, 4.14.2).
//!
//! A client that lost the reply may repeat its refresh for ten seconds and gets the same reply: the
//! next token is computed from the present one, so nothing usable is stored. Only the client that
//! used the token may repeat it, recognised by its network and the name of its program.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::address::Address;
use super::journal::{Subject, record_unsigned};
use super::session_limits::{IDLE_TIMEOUT, MAX_LIFETIME};
use super::signed_in::{SignedIn, today};
use super::store::sessions::{self as store, NewSession, RefreshToken, RevocationReason};
use super::store::{passkeys, sign_ins};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, UserId};
use crate::mail;
use crate::secrecy::{SealingKey, random_bytes, sha256};

/// How long the client that used a refresh token may repeat the request.
const REPEAT_WINDOW: TimeDelta = TimeDelta::seconds(10);

/// Retention of the log of sign-ins.
const SIGN_IN_RETENTION: TimeDelta = TimeDelta::days(180);

/// Retention of sent mails.
const MAIL_RETENTION: TimeDelta = TimeDelta::days(90);

/// A session with its new refresh token. Only the digest of the token is stored.
#[derive(Debug)]
pub struct IssuedSession {
    /// The session.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// 256 random bits.
    pub refresh_token: String,
    /// When the token was issued.
    pub issued_at: DateTime<Utc>,
    /// True if the session can only enrol a second factor.
    pub must_enrol: bool,
}

impl IssuedSession {
    /// The id of the access token that goes with the refresh token: the same for a repeated request.
    pub fn token_id(&self) -> Uuid {
        let digest = sha256(format!("access token|{}", self.refresh_token).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// The start of a session.
#[derive(Debug, Clone, Copy)]
pub struct SessionStart {
    /// The user.
    pub user: UserId,
    /// True if the second factor was proved.
    pub proved: bool,
    /// True if the session can only enrol a second factor.
    pub must_enrol: bool,
    /// The address of the client.
    pub from: Address,
}

/// Starts a session.
pub async fn start(
    connection: &mut PgConnection,
    start: SessionStart,
    now: DateTime<Utc>,
) -> Result<IssuedSession> {
    let (session, ends) = (SessionId::at(now), now + MAX_LIFETIME);
    let new = NewSession {
        id: session,
        user: start.user,
        expires_at: ends,
        proved: start.proved,
        place: &start.from.network(),
    };
    store::add(connection, &new, now).await?;
    let refresh_token = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
    add_token(connection, &refresh_token, session, now, ends).await?;
    Ok(IssuedSession {
        session,
        user: start.user,
        refresh_token,
        issued_at: now,
        must_enrol: start.must_enrol,
    })
}

/// Computes refresh tokens, and recognises the clients that send them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RefreshKey(SealingKey);

impl RefreshKey {
    /// Uses `key`.
    pub fn new(key: SealingKey) -> Self {
        Self(key)
    }

    /// The token that follows `token`: unpredictable without the key.
    fn successor(&self, token: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.0.tag(format!("successor|{token}").as_bytes()))
    }

    /// The tag of a client: its network and the name of its program.
    pub fn client(&self, from: Address, program: &str) -> [u8; 32] {
        let client = [
            b"client|",
            from.bytes().as_slice(),
            b"|",
            program.as_bytes(),
        ]
        .concat();
        self.0.tag(&client)
    }
}

/// Exchanges a refresh token for the next one of its family. `client` is the tag of the sender.
///
/// # Errors
/// `invalid_refresh_token` when it is unknown, expired, of an ended session, or used before. Reuse
/// also revokes the family and is recorded in the journal, unless the same client repeats the
/// request within ten seconds, which gets the same token again.
pub async fn refresh(
    identity: &Identity,
    database: &Database,
    token: &str,
    client: &[u8; 32],
) -> Result<IssuedSession> {
    let (digest, now) = (sha256(token.as_bytes()), identity.clock.now());
    let mut transaction = database.begin().await?;
    let found = store::lock_token(&mut transaction, &digest, now)
        .await?
        .filter(|found| found.is_live)
        .ok_or_else(refusal)?;
    let repeated = found
        .used
        .as_ref()
        .map(|(at, by)| (now - *at < REPEAT_WINDOW && by == client, *at));
    if let Some((false, _)) = repeated {
        revoke_family(&mut transaction, &found, now).await?;
        transaction.commit().await?;
        tracing::warn!(session.id = %found.session, "a refresh token was used twice; its session is revoked");
        return Err(refusal());
    }
    let caller =
        store::find_signed_in(&mut transaction, found.session, found.user, today(now), now).await?;
    let Some(caller) = caller.filter(|_| !found.is_expired) else {
        return Err(refusal());
    };
    let refresh_token = identity.refresh_key.successor(token);
    if repeated.is_none() {
        store::mark_token_used(&mut transaction, &digest, client, now).await?;
        add_token(
            &mut transaction,
            &refresh_token,
            found.session,
            now,
            found.session_ends,
        )
        .await?;
        store::record_use(&mut transaction, found.session, now).await?;
    }
    transaction.commit().await?;
    Ok(IssuedSession {
        session: found.session,
        user: found.user,
        refresh_token,
        issued_at: repeated.map_or(now, |(_, at)| at),
        must_enrol: identity.must_enrol(&caller),
    })
}

async fn revoke_family(
    connection: &mut PgConnection,
    found: &RefreshToken,
    now: DateTime<Utc>,
) -> Result<()> {
    let reason = RevocationReason::RefreshTokenReuse;
    store::revoke(connection, found.session, reason, now).await?;
    let act = Subject::Session(found.session)
        .act("revoke_session")
        .note(Some(reason.code()));
    record_unsigned(connection, found.office, None, act, now).await
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
/// tokens, the log of sign-ins after half a year, and addresses without a recent sign-in. For a
/// nightly job.
pub async fn delete_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    store::delete_ended(connection, now - MAX_LIFETIME).await?;
    mail::store::delete_before(connection, now - MAIL_RETENTION).await?;
    passkeys::delete_expired_challenges(connection, now).await?;
    sign_ins::delete_before(connection, now - SIGN_IN_RETENTION).await?;
    super::store::throttle::delete_unused_addresses(connection, now - super::throttle::KNOWN_FOR)
        .await
}

async fn add_token(
    connection: &mut PgConnection,
    token: &str,
    session: SessionId,
    now: DateTime<Utc>,
    session_ends: DateTime<Utc>,
) -> Result<()> {
    store::add_token(
        connection,
        &sha256(token.as_bytes()),
        session,
        now,
        session_ends.min(now + IDLE_TIMEOUT),
    )
    .await
}

fn refusal() -> Error {
    Error::new(Code::InvalidRefreshToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_by_its_network_and_its_program_together() {
        let key = RefreshKey::new(crate::secrecy::MasterKey::random().derive("test"));
        let at = |last| Address::from_ip(std::net::IpAddr::from([192, 0, 2, last]));
        assert_eq!(key.client(at(1), "curl"), key.client(at(1), "curl"));
        assert_ne!(key.client(at(1), "curl"), key.client(at(2), "curl"));
        assert_ne!(key.client(at(1), "curl"), key.client(at(1), "wget"));
        assert_eq!(key.successor("a"), key.successor("a"));
        assert_ne!(key.successor("a"), key.successor("b"));
    }
}
