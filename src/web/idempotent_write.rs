//! A write with idempotency: one transaction that begins for one caller and ends with one reply.
//! The reply is stored under the caller's `Idempotency-Key` in the same transaction as its effect,
//! so either both exist or neither (draft-ietf-httpapi-idempotency-key-header).

use std::ops::{Deref, DerefMut};

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::body::BodyDigest;
use super::etags::EntityTags;
use super::idempotency_key::idempotency_key;
use super::reply::Reply;
use crate::database::{Database, Transaction};
use crate::error::{Code, Error, Replay, Result};
use crate::secrecy::{SealingKey, sha256};

/// The context to which a sealed reply is bound (associated data).
const SEALED_REPLY: &str = "sealed_reply|sealed";

/// An open write transaction with its idempotency claim.
pub struct IdempotentWrite {
    transaction: Transaction,
    claim: Option<Claim>,
    now: DateTime<Utc>,
}

struct Claim {
    key: Key,
    route: String,
    digest: [u8; 32],
}

/// The key under which a reply is stored: in clear under the caller and their key, or, when the
/// reply holds a secret, sealed under a key derived from the caller's key.
enum Key {
    Plain(Uuid, String),
    Sealed(SealedReplyKey),
}

/// A lookup tag and a sealing key, both derived from an unguessable `Idempotency-Key`. The stored
/// record reveals neither its caller nor its content.
pub struct SealedReplyKey {
    /// The tag that finds the record.
    pub tag: [u8; 32],
    /// The key that seals the reply.
    pub seal: SealingKey,
}

/// A reply as it is stored, with the request it answers.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    route: String,
    digest: String,
    reply: Replay,
}

/// The result of looking a key up.
enum Lookup {
    Missing,
    Reply(StoredReply),
    /// A sealed reply to a request with another body: it cannot be opened.
    Unreadable,
}

impl IdempotentWrite {
    /// Begins the write that `request` asks for on behalf of `actor`.
    ///
    /// # Errors
    /// `Replayed` when a request with this key was answered before; `idempotency_in_flight` while
    /// that request is in progress; `idempotency_key_reused` when the key was used for another body
    /// or path.
    pub async fn begin(
        database: &Database,
        request: &HttpRequest,
        actor: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let claim = Claim::from_request(request, actor)?;
        Self::claim(database.begin().await?, claim, now).await
    }

    /// Begins a write whose reply holds a secret. The reply is stored sealed and without time of
    /// day, or not at all when the caller sent no key. The sealing key also depends on the body: a
    /// stolen `Idempotency-Key` opens nothing without the body that its first sender sent.
    ///
    /// # Errors
    /// As `begin`.
    pub async fn begin_sealed(
        database: &Database,
        request: &HttpRequest,
        under: Option<SealedReplyKey>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let digest = body_digest(request);
        let bound = |under: SealedReplyKey| SealedReplyKey {
            seal: under.seal.derive(&digest),
            ..under
        };
        let claim = under.map(|under| Claim {
            key: Key::Sealed(bound(under)),
            route: request.path().to_owned(),
            digest,
        });
        Self::claim(database.begin().await?, claim, now).await
    }

    /// Begins a write whose reply must not be stored, not even sealed, because it holds a secret.
    /// `Idempotency-Key` is ignored, so the operation itself must reject a second execution.
    pub async fn without_idempotency(database: &Database, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            transaction: database.begin().await?,
            claim: None,
            now,
        })
    }

    async fn claim(
        mut transaction: Transaction,
        claim: Option<Claim>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let checked = match &claim {
            Some(claim) => claim.check(&mut transaction).await,
            None => Ok(()),
        };
        match checked {
            Ok(()) => Ok(Self {
                transaction,
                claim,
                now,
            }),
            Err(refusal) => {
                transaction.rollback().await;
                Err(refusal)
            }
        }
    }

    /// Begins the write of a background job; there is no request to answer.
    pub async fn for_job(database: &Database, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            transaction: database.begin().await?,
            claim: None,
            now,
        })
    }

    /// Lets the commit end its locks before it waits for the disk: see [`Transaction::end_locks_early`].
    #[must_use]
    pub fn ending_locks_early(mut self) -> Self {
        self.transaction.end_locks_early();
        self
    }

    /// The time of this write. Every row of the transaction carries the same time.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Commits without storing an idempotent reply. Use it to persist a record (such as a failed
    /// attempt) although the request is rejected.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await
    }

    /// Stores the reply under the caller's key, if there is one, and commits.
    pub async fn finish<T: Serialize>(mut self, reply: Reply<T>) -> Result<Reply<T>> {
        let reply = reply.render()?;
        if let (Some(claim), Some(rendered)) = (&self.claim, reply.rendered()) {
            claim
                .record(&mut self.transaction, rendered, self.now)
                .await?;
        }
        self.transaction.commit().await?;
        Ok(reply)
    }
}

impl Deref for IdempotentWrite {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for IdempotentWrite {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

impl Claim {
    fn from_request(request: &HttpRequest, actor: Uuid) -> Result<Option<Self>> {
        let Some(key) = idempotency_key(request)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            key: Key::Plain(actor, key.to_owned()),
            route: request.path().to_owned(),
            digest: body_digest(request),
        }))
    }

    async fn check(&self, transaction: &mut Transaction) -> Result<()> {
        let lock = i64::from_be_bytes(self.key.digest()[..8].try_into().unwrap_or_default());
        let free = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "free!""#, lock)
            .fetch_one(&mut **transaction)
            .await?;
        if !free {
            return Err(Error::new(Code::IdempotencyInFlight).header("retry-after", "1"));
        }
        match self.key.find(transaction).await? {
            Lookup::Missing => Ok(()),
            Lookup::Reply(stored)
                if stored.route == self.route && stored.digest == hex::encode(self.digest) =>
            {
                Err(Error::Replayed(Box::new(stored.reply)))
            }
            Lookup::Reply(_) | Lookup::Unreadable => Err(Error::new(Code::IdempotencyMismatch)),
        }
    }

    async fn record(
        &self,
        transaction: &mut Transaction,
        reply: &Replay,
        now: DateTime<Utc>,
    ) -> Result<()> {
        match &self.key {
            Key::Plain(actor, key) => {
                self.record_open(transaction, (*actor, key), reply, now)
                    .await
            }
            Key::Sealed(under) => self.record_sealed(transaction, under, reply, now).await,
        }
    }

    async fn record_sealed(
        &self,
        transaction: &mut Transaction,
        under: &SealedReplyKey,
        reply: &Replay,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let stored = StoredReply {
            route: self.route.clone(),
            digest: hex::encode(self.digest),
            reply: reply.clone(),
        };
        let sealed = under.seal.seal(
            SEALED_REPLY,
            &serde_json::to_vec(&stored).map_err(Error::internal)?,
        );
        sqlx::query!(
            "insert into sealed_reply (tag, sealed, on_date) values ($1, $2, ($3 at time zone 'Asia/Jakarta')::date)",
            under.tag.as_slice(),
            sealed,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    async fn record_open(
        &self,
        transaction: &mut Transaction,
        (actor, key): (Uuid, &str),
        reply: &Replay,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query!(
            r#"
            insert into idempotency_record (actor_id, key, route, body_digest, status, location, etag, body, at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            "#,
            actor,
            key,
            self.route,
            self.digest.as_slice(),
            i16::try_from(reply.status).unwrap_or(200),
            reply.location,
            reply.etag,
            reply.body,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

impl Key {
    /// Digest for the advisory lock on which requests with the same key exclude each other.
    fn digest(&self) -> [u8; 32] {
        match self {
            Self::Plain(actor, key) => sha256(format!("{actor}|{key}").as_bytes()),
            Self::Sealed(under) => under.tag,
        }
    }

    async fn find(&self, transaction: &mut Transaction) -> Result<Lookup> {
        match self {
            Self::Plain(actor, key) => Ok(find_open(transaction, *actor, key)
                .await?
                .map_or(Lookup::Missing, Lookup::Reply)),
            Self::Sealed(under) => {
                let sealed = sqlx::query_scalar!(
                    "select sealed from sealed_reply where tag = $1",
                    under.tag.as_slice()
                )
                .fetch_optional(&mut **transaction);
                let Some(sealed) = sealed.await? else {
                    return Ok(Lookup::Missing);
                };
                let Some(stored) = under.seal.open(SEALED_REPLY, &sealed) else {
                    return Ok(Lookup::Unreadable);
                };
                serde_json::from_slice(&stored)
                    .map(Lookup::Reply)
                    .map_err(Error::internal)
            }
        }
    }
}

async fn find_open(
    transaction: &mut Transaction,
    actor: Uuid,
    key: &str,
) -> Result<Option<StoredReply>> {
    let record = sqlx::query!(
        r#"
        select route, body_digest, status, location, etag, body
        from idempotency_record
        where actor_id = $1
          and key = $2
        "#,
        actor,
        key,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(record.map(|record| StoredReply {
        route: record.route,
        digest: hex::encode(record.body_digest),
        reply: Replay {
            status: u16::try_from(record.status).unwrap_or(200),
            location: record.location,
            etag: record.etag,
            body: record.body,
        },
    }))
}

fn body_digest(request: &HttpRequest) -> [u8; 32] {
    request
        .extensions()
        .get::<BodyDigest>()
        .map_or_else(|| sha256(b""), |digest| digest.0)
}

/// The versions that a caller names in `If-Match`. `None` (header absent, or `*`) matches any
/// version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    /// True if the caller may overwrite `version`.
    pub fn admits(&self, version: i64) -> bool {
        self.0
            .as_ref()
            .is_none_or(|versions| versions.contains(&version))
    }
}

/// Parses `If-Match` (RFC 9110 §13.1.1).
///
/// # Errors
/// `stale_version` when the header is present and names no version of this service.
pub fn if_match(request: &HttpRequest) -> Result<IfMatch> {
    let Some(tags) =
        EntityTags::from_header(request.headers(), &header::IF_MATCH).filter(|tags| !tags.is_any())
    else {
        return Ok(IfMatch(None));
    };
    let versions: Vec<i64> = tags
        .iter()
        .filter_map(|tag| tag.split('.').next()?.parse().ok())
        .collect();
    if versions.is_empty() {
        Err(Error::new(Code::StaleVersion))
    } else {
        Ok(IfMatch(Some(versions)))
    }
}

/// Parses `If-Match` where the operation requires it.
///
/// # Errors
/// `precondition_required` without `If-Match`.
pub fn required_if_match(request: &HttpRequest) -> Result<IfMatch> {
    if request.headers().contains_key(header::IF_MATCH) {
        if_match(request)
    } else {
        Err(Error::new(Code::PreconditionRequired))
    }
}
