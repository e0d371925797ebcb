//! A write: one transaction, begun for one caller, finished with one reply. `Idempotency-Key` is honoured here, so that the record of the reply is
//! written with its effect or not at all (draft-ietf-httpapi-idempotency-key-header).

use std::ops::{Deref, DerefMut};

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::body::BodyDigest;
use super::etags::Tags;
use super::reply::Reply;
use super::retry_key::retry_key;
use crate::database::{Database, Transaction};
use crate::error::{Code, Error, Replay, Result};
use crate::secrecy::{SealingKey, sha256};

/// What a kept reply is bound to.
const SEALED_REPLY: &str = "sealed_reply|sealed";

/// An open write.
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

/// Under what a reply is kept: in clear under its caller and their key, or, when it holds a secret, sealed under what was made of that key.
enum Key {
    Of(Uuid, String),
    Sealed(SealedUnder),
}

/// A name and a key, both made from an Idempotency-Key that cannot be guessed: the record tells nobody whose it is or what it says.
pub struct SealedUnder {
    /// What the record is found by.
    pub tag: [u8; 32],
    /// What it is sealed under.
    pub seal: SealingKey,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    route: String,
    digest: String,
    reply: Replay,
}

/// What lies under a key.
enum Found {
    Nothing,
    Reply(Kept),
    /// A sealed reply to another body.
    Closed,
}

impl IdempotentWrite {
    /// Begins the write that `request` asks for on behalf of `actor`.
    ///
    /// # Errors
    /// `Replayed` when this key was answered before; `idempotency_in_flight` while it is being answered; `idempotency_key_reused` for another body.
    pub async fn begin(
        database: &Database,
        request: &HttpRequest,
        actor: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let claim = Claim::of(request, actor)?;
        Self::claim(database.begin().await?, claim, now).await
    }

    /// Begins a write whose reply holds a secret: it is kept sealed, without time of day, or not at all when the caller sent no key. It is sealed to the body
    /// too: a key that was overheard opens nothing without the words that its first sender sent.
    ///
    /// # Errors
    /// As `begin`.
    pub async fn begin_sealed(
        database: &Database,
        request: &HttpRequest,
        under: Option<SealedUnder>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let digest = digest_of(request);
        let bound = |under: SealedUnder| SealedUnder {
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

    /// Begins a write whose reply holds a secret that is kept nowhere, not even sealed: an `Idempotency-Key` is not looked at, so what is done once must
    /// refuse to be done again.
    ///
    /// # Errors
    /// When no connection is free.
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

    /// Begins a write that no request asked for: a job's.
    ///
    /// # Errors
    /// When no connection is free.
    pub async fn of_the_service(database: &Database, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            transaction: database.begin().await?,
            claim: None,
            now,
        })
    }

    /// The moment of this write: every row of it carries the same.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Commits without a reply to keep: the caller is refused all the same, and what was noted of it stays.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await
    }

    /// Records the reply under the caller's key, if there is one, and commits.
    ///
    /// # Errors
    /// When the server refuses; then nothing has happened.
    pub async fn finish<T: Serialize>(mut self, reply: Reply<T>) -> Result<Reply<T>> {
        let reply = reply.seal()?;
        if let (Some(claim), Some(sealed)) = (&self.claim, reply.sealed()) {
            claim
                .record(&mut self.transaction, sealed, self.now)
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
    fn of(request: &HttpRequest, actor: Uuid) -> Result<Option<Self>> {
        let Some(key) = retry_key(request)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            key: Key::Of(actor, key.to_owned()),
            route: request.path().to_owned(),
            digest: digest_of(request),
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
            Found::Nothing => Ok(()),
            Found::Reply(kept)
                if kept.route == self.route && kept.digest == hex::encode(self.digest) =>
            {
                Err(Error::Replayed(Box::new(kept.reply)))
            }
            Found::Reply(_) | Found::Closed => Err(Error::new(Code::IdempotencyMismatch)),
        }
    }

    async fn record(
        &self,
        transaction: &mut Transaction,
        reply: &Replay,
        now: DateTime<Utc>,
    ) -> Result<()> {
        match &self.key {
            Key::Of(actor, key) => {
                self.record_open(transaction, (*actor, key), reply, now)
                    .await
            }
            Key::Sealed(under) => self.record_sealed(transaction, under, reply, now).await,
        }
    }

    async fn record_sealed(
        &self,
        transaction: &mut Transaction,
        under: &SealedUnder,
        reply: &Replay,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let kept = Kept {
            route: self.route.clone(),
            digest: hex::encode(self.digest),
            reply: reply.clone(),
        };
        let sealed = under.seal.seal(
            SEALED_REPLY,
            &serde_json::to_vec(&kept).map_err(Error::internal)?,
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
    /// What requests under the same key wait for.
    fn digest(&self) -> [u8; 32] {
        match self {
            Self::Of(actor, key) => sha256(format!("{actor}|{key}").as_bytes()),
            Self::Sealed(under) => under.tag,
        }
    }

    async fn find(&self, transaction: &mut Transaction) -> Result<Found> {
        match self {
            Self::Of(actor, key) => Ok(find_open(transaction, *actor, key)
                .await?
                .map_or(Found::Nothing, Found::Reply)),
            Self::Sealed(under) => {
                let sealed = sqlx::query_scalar!(
                    "select sealed from sealed_reply where tag = $1",
                    under.tag.as_slice()
                )
                .fetch_optional(&mut **transaction);
                let Some(sealed) = sealed.await? else {
                    return Ok(Found::Nothing);
                };
                let Some(kept) = under.seal.open(SEALED_REPLY, &sealed) else {
                    return Ok(Found::Closed);
                };
                serde_json::from_slice(&kept)
                    .map(Found::Reply)
                    .map_err(Error::internal)
            }
        }
    }
}

async fn find_open(transaction: &mut Transaction, actor: Uuid, key: &str) -> Result<Option<Kept>> {
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
    Ok(record.map(|record| Kept {
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

fn digest_of(request: &HttpRequest) -> [u8; 32] {
    request
        .extensions()
        .get::<BodyDigest>()
        .map_or_else(|| sha256(b""), |digest| digest.0)
}

/// The versions that a caller names in `If-Match`. Any version will do when the header was not sent, or holds `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen(Option<Vec<i64>>);

impl Seen {
    /// Whether the caller may write over `version`.
    #[must_use]
    pub fn admits(&self, version: i64) -> bool {
        self.0
            .as_ref()
            .is_none_or(|versions| versions.contains(&version))
    }
}

/// The versions that a caller names in `If-Match` (RFC 9110 §13.1.1).
///
/// # Errors
/// `stale_version` when the header is there and names no version of ours.
pub fn version_seen(request: &HttpRequest) -> Result<Seen> {
    let Some(tags) = Tags::of(request.headers(), &header::IF_MATCH).filter(|tags| !tags.is_any())
    else {
        return Ok(Seen(None));
    };
    let versions: Vec<i64> = tags
        .iter()
        .filter_map(|tag| tag.split('.').next()?.parse().ok())
        .collect();
    if versions.is_empty() {
        Err(Error::new(Code::StaleVersion))
    } else {
        Ok(Seen(Some(versions)))
    }
}

/// The version a caller must say they saw.
///
/// # Errors
/// `precondition_required` without `If-Match`.
pub fn version_required(request: &HttpRequest) -> Result<Seen> {
    if request.headers().contains_key(header::IF_MATCH) {
        version_seen(request)
    } else {
        Err(Error::new(Code::PreconditionRequired))
    }
}
