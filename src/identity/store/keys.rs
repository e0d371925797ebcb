//! SQL of signing keys.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::identity::key_pair::KeyPair;

/// Number of the advisory lock for changing signing keys; arbitrary, but constant.
const LOCK: i64 = 0x7369_676e_5f6b_6579;

/// The states that exactly one key must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum KeyState {
    /// Published in advance, so that clients know the key before it signs.
    Next,
    /// Signs new tokens.
    Active,
}

impl KeyState {
    fn code(self) -> &'static str {
        self.into()
    }
}

/// A stored key.
#[derive(Debug)]
pub struct KeyRow {
    /// Key id.
    pub kid: String,
    /// `next`, `active` or `retired`.
    pub state: String,
    /// The sealed private key; none for a retired key.
    pub sealed: Option<Vec<u8>>,
    /// The public key.
    pub public_jwk: serde_json::Value,
    /// When it was retired.
    pub retired_at: Option<DateTime<Utc>>,
}

/// Locks the signing keys until the transaction ends.
pub async fn lock(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lists the valid keys: all except those retired before `since`.
pub async fn list_published(
    connection: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<KeyRow>> {
    let rows = sqlx::query_as!(
        KeyRow,
        "
        select kid, state, sealed, public_jwk, retired_at
        from signing_key
        where state <> 'retired'
           or retired_at > $1
        ",
        since,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Lists the states that no key has.
pub async fn list_missing(connection: &mut PgConnection) -> Result<Vec<KeyState>> {
    let there = sqlx::query_scalar!("select state from signing_key where state <> 'retired'")
        .fetch_all(connection)
        .await?;
    Ok([KeyState::Active, KeyState::Next]
        .into_iter()
        .filter(|state| !there.iter().any(|code| code == state.code()))
        .collect())
}

/// Inserts a new key; returns its id.
pub async fn add(
    connection: &mut PgConnection,
    pair: &KeyPair,
    sealed: &[u8],
    state: KeyState,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let id = Uuid::new_v4();
    let public = serde_json::to_value(&pair.jwk).map_err(Error::internal)?;
    sqlx::query!(
        "
        insert into signing_key (id, kid, state, sealed, public_jwk, created_at, activated_at)
        values ($1, $2, $3, $4, $5, $6, case when $3 = 'active' then $6::timestamptz end)
        ",
        id,
        pair.kid,
        state.code(),
        sealed,
        public,
        now,
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Retires the active key and deletes its private key.
pub async fn retire_active(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update signing_key set state = 'retired', retired_at = $1, sealed = null where state = 'active'", now).execute(connection).await?;
    Ok(())
}

/// Activates the next key; returns its id.
pub async fn activate_next(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Uuid> {
    let id = sqlx::query_scalar!(
        "update signing_key set state = 'active', activated_at = $1 where state = 'next' returning id",
        now
    );
    Ok(id.fetch_one(connection).await?)
}

/// Adds an entry about a signing key to the journal of the first office, if there is one: keys
/// belong to the whole installation.
pub async fn record(
    connection: &mut PgConnection,
    id: Uuid,
    task: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into journal (office_id, subject, subject_id, at, actor_roles, task)
        select o.id, 'signing_key', $1, $2, '{}', $3
        from office o
        order by o.created_at, o.id
        limit 1
        ",
        id,
        now,
        task,
    )
    .execute(connection)
    .await?;
    Ok(())
}
