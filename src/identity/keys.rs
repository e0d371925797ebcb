//! The signing keys of a running server: loaded from the database, reloaded every minute, created
//! if missing, and rotated next → active → retired. A database lock keeps several processes
//! consistent.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::key_pair::KeyPair;
use super::key_set::{KeySet, RETIRED_VALIDITY};
use super::store::{self, keys::KeyState};
use crate::database::Database;
use crate::error::Result;
use crate::secrecy::{MasterKey, SealingKey};

/// Maximum age of the loaded keys. After this time every process knows about a rotation.
const MAX_AGE: TimeDelta = TimeDelta::minutes(1);
/// Minimum time between reloads for an unknown `kid`, because any caller can send one.
const MIN_RELOAD_INTERVAL: TimeDelta = TimeDelta::seconds(1);

/// The signing keys, shared by all workers of a process.
#[derive(Debug)]
pub(crate) struct Keys {
    sealing: SealingKey,
    loaded: RwLock<LoadedKeys>,
    /// Serialises reloads: concurrent callers wait for one result.
    reload_lock: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct LoadedKeys {
    key_set: Arc<KeySet>,
    at: DateTime<Utc>,
}

impl Keys {
    /// Loads the keys, or creates them at the first start.
    ///
    /// # Errors
    /// When the database fails, or its keys are sealed under another master key.
    pub(crate) async fn load(
        database: &Database,
        master: &MasterKey,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let sealing = master.derive("signing-key");
        let mut transaction = database.begin().await?;
        make_missing(&mut transaction, &sealing, now).await?;
        let rows = store::keys::list_published(&mut transaction, now - RETIRED_VALIDITY).await?;
        transaction.commit().await?;
        let loaded = LoadedKeys {
            key_set: Arc::new(KeySet::from_rows(rows, &sealing)?),
            at: now,
        };
        Ok(Self {
            sealing,
            loaded: RwLock::new(loaded),
            reload_lock: tokio::sync::Mutex::default(),
        })
    }

    /// The key set, at most one minute old.
    pub(crate) async fn current(
        &self,
        database: &Database,
        now: DateTime<Utc>,
    ) -> Result<Arc<KeySet>> {
        self.no_older_than(MAX_AGE, database, now).await
    }

    /// The key set for a token with an unknown `kid`: reloads it if it is older than one second,
    /// because another process may have rotated the keys.
    pub(crate) async fn current_for_unknown_kid(
        &self,
        database: &Database,
        now: DateTime<Utc>,
    ) -> Result<Arc<KeySet>> {
        self.no_older_than(MIN_RELOAD_INTERVAL, database, now).await
    }

    async fn no_older_than(
        &self,
        age: TimeDelta,
        database: &Database,
        now: DateTime<Utc>,
    ) -> Result<Arc<KeySet>> {
        let is_fresh = |loaded: &LoadedKeys| (now - loaded.at).abs() < age;
        let loaded = self.loaded();
        if is_fresh(&loaded) {
            return Ok(loaded.key_set);
        }
        let _guard = self.reload_lock.lock().await;
        let loaded = self.loaded();
        if is_fresh(&loaded) {
            return Ok(loaded.key_set);
        }
        let rows = database
            .read(async |connection| {
                store::keys::list_published(connection, now - RETIRED_VALIDITY).await
            })
            .await?;
        let key_set = Arc::new(KeySet::from_rows(rows, &self.sealing)?);
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = LoadedKeys {
            key_set: key_set.clone(),
            at: now,
        };
        Ok(key_set)
    }

    fn loaded(&self) -> LoadedKeys {
        self.loaded
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Retires the active key, activates the next one, which all clients can already know, and creates
/// a new next key. The private key of the retired one is deleted; its signatures stop being valid
/// one hour later.
///
/// # Errors
/// When the database fails; then nothing has changed.
pub async fn rotate(database: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<()> {
    let sealing = master.derive("signing-key");
    let mut transaction = database.begin().await?;
    make_missing(&mut transaction, &sealing, now).await?;
    store::keys::retire_active(&mut transaction, now).await?;
    let active = store::keys::activate_next(&mut transaction, now).await?;
    add(&mut transaction, &sealing, KeyState::Next, now).await?;
    store::keys::record(&mut transaction, active, "rotate_signing_key", now).await?;
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
        store::keys::record(connection, id, "make_signing_key", now).await?;
    }
    Ok(())
}

async fn add(
    connection: &mut PgConnection,
    sealing: &SealingKey,
    state: KeyState,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let pair = KeyPair::random()?;
    store::keys::add(connection, &pair, &pair.seal(sealing), state, now).await
}
