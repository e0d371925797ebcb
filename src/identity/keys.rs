//! The signing keys as a running server holds them: loaded from the database, looked at again every minute, made when there are none, and rotated
//! next → active → retired. Several processes agree because each of them changes keys only under one lock of the database.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::key_pair::KeyPair;
use super::key_set::{AFTERLIFE, KeySet};
use super::store::{self, keys::State};
use crate::database::Database;
use crate::error::Result;
use crate::secrecy::{MasterKey, SealingKey};

/// How old the ring may get: a rotation is known everywhere after this.
const FRESH: TimeDelta = TimeDelta::minutes(1);
/// How soon an unknown kid may make us look again: anybody can send one.
const PATIENCE: TimeDelta = TimeDelta::seconds(1);

/// The keys. Shared by all workers of a process.
#[derive(Debug)]
pub struct Keys {
    sealing: SealingKey,
    held: RwLock<Held>,
    /// One look at a time: the others wait for its outcome.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct Held {
    ring: Arc<KeySet>,
    at: DateTime<Utc>,
}

impl Keys {
    /// Loads the keys, and makes them when this is the first start.
    ///
    /// # Errors
    /// When the database cannot be asked, or holds keys of another master key.
    pub async fn load(database: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Self> {
        let sealing = master.derive("signing-key");
        let mut transaction = database.begin().await?;
        make_missing(&mut transaction, &sealing, now).await?;
        let rows = store::keys::list_published(&mut transaction, now - AFTERLIFE).await?;
        transaction.commit().await?;
        let held = Held {
            ring: Arc::new(KeySet::of_rows(rows, &sealing)?),
            at: now,
        };
        Ok(Self {
            sealing,
            held: RwLock::new(held),
            looking: tokio::sync::Mutex::default(),
        })
    }

    /// The ring, no older than a minute.
    ///
    /// # Errors
    /// When it is older and the database cannot be asked.
    pub async fn ring(&self, database: &Database, now: DateTime<Utc>) -> Result<Arc<KeySet>> {
        self.no_older_than(FRESH, database, now).await
    }

    /// The ring after a token with an unknown kid came: another process may have rotated just now.
    ///
    /// # Errors
    /// When it is looked for and the database cannot be asked.
    pub async fn ring_for_unknown(
        &self,
        database: &Database,
        now: DateTime<Utc>,
    ) -> Result<Arc<KeySet>> {
        self.no_older_than(PATIENCE, database, now).await
    }

    async fn no_older_than(
        &self,
        age: TimeDelta,
        database: &Database,
        now: DateTime<Utc>,
    ) -> Result<Arc<KeySet>> {
        let is_fresh = |held: &Held| (now - held.at).abs() < age;
        let held = self.held();
        if is_fresh(&held) {
            return Ok(held.ring);
        }
        let _looking = self.looking.lock().await;
        let held = self.held();
        if is_fresh(&held) {
            return Ok(held.ring);
        }
        let rows = database
            .read(async |connection| store::keys::list_published(connection, now - AFTERLIFE).await)
            .await?;
        let ring = Arc::new(KeySet::of_rows(rows, &self.sealing)?);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Held {
            ring: ring.clone(),
            at: now,
        };
        Ok(ring)
    }

    fn held(&self) -> Held {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Retires the active key, activates the next, which everybody has seen published already, and makes a new next. The private half of the retired key
/// is destroyed. Nothing more needs to be done: the retired key ceases to be believed an hour later by itself.
///
/// # Errors
/// When the database cannot be asked; then nothing has changed.
pub async fn rotate(database: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<()> {
    let sealing = master.derive("signing-key");
    let mut transaction = database.begin().await?;
    make_missing(&mut transaction, &sealing, now).await?;
    store::keys::retire_active(&mut transaction, now).await?;
    let active = store::keys::activate_next(&mut transaction, now).await?;
    add(&mut transaction, &sealing, State::Next, now).await?;
    store::journal::add_of_key(&mut transaction, active, "rotate_signing_key", now).await?;
    transaction.commit().await
}

async fn make_missing(
    connection: &mut PgConnection,
    sealing: &SealingKey,
    now: DateTime<Utc>,
) -> Result<()> {
    store::keys::lock(connection).await?;
    for state in store::keys::list_missing(connection).await? {
        let id = add(connection, sealing, state, now).await?;
        store::journal::add_of_key(connection, id, "make_signing_key", now).await?;
    }
    Ok(())
}

async fn add(
    connection: &mut PgConnection,
    sealing: &SealingKey,
    state: State,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let pair = KeyPair::random()?;
    store::keys::add(connection, &pair, &pair.seal(sealing), state, now).await
}
