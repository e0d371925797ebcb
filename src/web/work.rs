//! A write: one transaction, begun for one caller, finished with one reply. `Idempotency-Key` is honoured here, so that the record of the reply is
//! written with its effect or not at all (draft-ietf-httpapi-idempotency-key-header).

use std::ops::{Deref, DerefMut};

use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::body::BodyDigest;
use super::reply::Reply;
use crate::database::{Database, Unit};
use crate::error::{Code, Error, Replay, Result};
use crate::secrecy::sha256;

/// The longest key we keep.
const KEY_LIMIT: usize = 255;

/// An open write.
pub struct Work {
    unit: Unit,
    claim: Option<Claim>,
    now: DateTime<Utc>,
}

struct Claim {
    actor: Uuid,
    key: String,
    route: String,
    digest: [u8; 32],
}

impl Work {
    /// Begins the write that `request` asks for on behalf of `actor`.
    ///
    /// # Errors
    /// `Replayed` when this key was answered before; `idempotency_in_flight` while it is being answered; `idempotency_key_reused` for another body.
    pub async fn begin(database: &Database, request: &HttpRequest, actor: Uuid, now: DateTime<Utc>) -> Result<Self> {
        let claim = Claim::of(request, actor)?;
        let mut unit = database.begin().await?;
        if let Some(claim) = &claim {
            claim.check(&mut unit).await?;
        }
        Ok(Self { unit, claim, now })
    }

    /// Begins a write that no request asked for: a job's.
    ///
    /// # Errors
    /// When no connection is free.
    pub async fn of_the_service(database: &Database, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self { unit: database.begin().await?, claim: None, now })
    }

    /// The moment of this write: every row of it carries the same.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Records the reply under the caller's key, if there is one, and commits.
    ///
    /// # Errors
    /// When the server refuses; then nothing has happened.
    pub async fn finish<T: Serialize>(mut self, reply: Reply<T>) -> Result<Reply<T>> {
        let reply = reply.seal()?;
        if let (Some(claim), Some(sealed)) = (&self.claim, reply.sealed()) {
            claim.record(&mut self.unit, sealed, self.now).await?;
        }
        self.unit.commit().await?;
        Ok(reply)
    }
}

impl Deref for Work {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.unit
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.unit
    }
}

impl Claim {
    fn of(request: &HttpRequest, actor: Uuid) -> Result<Option<Self>> {
        let Some(key) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST) else {
            return Ok(None);
        };
        let key = key.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > KEY_LIMIT {
            return Err(Error::new(Code::InvalidParameter)
                .detail("Idempotency-Key harus 1 sampai 255 karakter ASCII.", "Idempotency-Key must be 1 to 255 ASCII characters."));
        }
        let digest = request.extensions().get::<BodyDigest>().map_or_else(|| sha256(b""), |digest| digest.0);
        Ok(Some(Self { actor, key: key.to_owned(), route: request.path().to_owned(), digest }))
    }

    async fn check(&self, unit: &mut Unit) -> Result<()> {
        let lock = i64::from_be_bytes(sha256(format!("{}|{}", self.actor, self.key).as_bytes())[..8].try_into().unwrap_or_default());
        let free = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "free!""#, lock).fetch_one(&mut **unit).await?;
        if !free {
            return Err(Error::new(Code::IdempotencyInFlight).header("retry-after", "1"));
        }
        let record = sqlx::query!(
            r#"
            select route, body_digest, status, location, etag, body
            from idempotency_record
            where actor_id = $1
              and key = $2
            "#,
            self.actor,
            self.key,
        )
        .fetch_optional(&mut **unit)
        .await?;
        match record {
            None => Ok(()),
            Some(record) if record.route == self.route && record.body_digest == self.digest => Err(Error::Replayed(Box::new(Replay {
                status: u16::try_from(record.status).unwrap_or(200),
                location: record.location,
                etag: record.etag,
                body: record.body,
            }))),
            Some(_) => Err(Error::new(Code::IdempotencyMismatch)),
        }
    }

    async fn record(&self, unit: &mut Unit, reply: &Replay, now: DateTime<Utc>) -> Result<()> {
        sqlx::query!(
            r#"
            insert into idempotency_record (actor_id, key, route, body_digest, status, location, etag, body, at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            "#,
            self.actor,
            self.key,
            self.route,
            self.digest.as_slice(),
            i16::try_from(reply.status).unwrap_or(200),
            reply.location,
            reply.etag,
            reply.body,
            now,
        )
        .execute(&mut **unit)
        .await?;
        Ok(())
    }
}

/// The version a caller says they saw (`If-Match`), when they say so.
///
/// # Errors
/// `stale_version` when the header is there and names no version of ours.
pub fn version_seen(request: &HttpRequest) -> Result<Option<i64>> {
    let Some(header) = request.headers().get(header::IF_MATCH) else { return Ok(None) };
    let tag = header.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.split('.').next().and_then(|version| version.parse().ok());
    version.map(Some).ok_or_else(|| Error::new(Code::StaleVersion))
}

/// The version a caller must say they saw.
///
/// # Errors
/// `precondition_required` without `If-Match`.
pub fn version_required(request: &HttpRequest) -> Result<Option<i64>> {
    if request.headers().contains_key(header::IF_MATCH) { version_seen(request) } else { Err(Error::new(Code::PreconditionRequired)) }
}
