//! The SQL of signing keys.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::identity::key_pair::KeyPair;

/// "Signing keys are being changed", as a lock of the database: any number will do as long as it is always the same.
const LOCK: i64 = 0x7369_676e_5f6b_6579;

/// A state in which there must be exactly one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Published, so that everybody knows it by the time it signs.
    Next,
    /// Signs.
    Active,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
        }
    }
}

/// A key as it is kept.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub kid: String,
    /// `next`, `active` or `retired`.
    pub state: String,
    /// The private half; none when retired.
    pub sealed: Option<Vec<u8>>,
    /// The public half.
    pub public_jwk: serde_json::Value,
    /// Since when it is retired.
    pub retired_at: Option<DateTime<Utc>>,
}

/// Makes this transaction the only one that changes keys.
pub async fn lock(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "locked!: ()""#, LOCK)
        .execute(connection)
        .await?;
    Ok(())
}

/// The keys that are believed: all but those retired before `since`.
pub async fn list_published(
    connection: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<Row>> {
    let rows = sqlx::query_as!(
        Row,
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

/// The states in which there is no key.
pub async fn list_missing(connection: &mut PgConnection) -> Result<Vec<State>> {
    let there = sqlx::query_scalar!("select state from signing_key where state <> 'retired'")
        .fetch_all(connection)
        .await?;
    Ok([State::Active, State::Next]
        .into_iter()
        .filter(|state| !there.iter().any(|code| code == state.code()))
        .collect())
}

/// Keeps a new key and gives its id.
pub async fn add(
    connection: &mut PgConnection,
    pair: &KeyPair,
    sealed: &[u8],
    state: State,
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

/// Retires the active key and destroys its private half.
pub async fn retire_active(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update signing_key set state = 'retired', retired_at = $1, sealed = null where state = 'active'", now).execute(connection).await?;
    Ok(())
}

/// Lets the next key sign, and gives its id.
pub async fn activate_next(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Uuid> {
    let id = sqlx::query_scalar!(
        "update signing_key set state = 'active', activated_at = $1 where state = 'next' returning id",
        now
    );
    Ok(id.fetch_one(connection).await?)
}
