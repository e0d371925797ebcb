//! The root key of an installation, from which every other key is derived. It is random, made at the
//! first start, and stored sealed under `MASTER_KEY`, so that `MASTER_KEY` can be exchanged: receipt
//! codes, tags and the audit trail depend on the root key, which stays.
//!
//! The exchange has two steps. `rotate` seals the root key under the new `MASTER_KEY` as well, each
//! sealed copy beside the id of its key, so that instances start with either. `retire_others`
//! deletes the copies under all other keys, once every instance has the new one. Each step is one
//! transaction and may be repeated, so a kill at any moment leaves an installation that starts.
//!
//! An old `MASTER_KEY` and a copy of the database from its time give the root key for ever: the
//! exchange helps against keys that leak without the database.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::store::root_keys::{self as store, SealedCopy};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::secrecy::MasterKey;

/// The root key of this installation, made if there is none.
///
/// # Errors
/// When the database fails, the root key is sealed under another `MASTER_KEY`, or it is missing from
/// a database that was used before.
pub async fn load(
    database: &Database,
    master: &MasterKey,
    now: DateTime<Utc>,
) -> Result<MasterKey> {
    let mut transaction = database.begin().await?;
    store::lock(&mut transaction).await?;
    let root = match open(&mut transaction, master).await? {
        Some(root) => root,
        None if store::count(&mut transaction).await? == 0 => {
            if store::has_sealed_data(&mut transaction).await? {
                return Err(Error::internal(
                    "the table root_key is empty, but the database has data sealed under its key: restore the table from a backup",
                ));
            }
            let root = MasterKey::random();
            add(&mut transaction, master, &root, now).await?;
            root
        }
        None => {
            return Err(Error::internal(
                "MASTER_KEY is not the one of this database",
            ));
        }
    };
    transaction.commit().await?;
    Ok(root)
}

/// Seals the root key under `new` as well, as the newest copy. `old` is a key that opens it now.
///
/// # Errors
/// When the database fails, both keys are the same, or neither opens the root key.
pub async fn rotate(
    database: &Database,
    old: &MasterKey,
    new: &MasterKey,
    now: DateTime<Utc>,
) -> Result<()> {
    if old.id() == new.id() {
        return Err(Error::internal("NEW_MASTER_KEY is the same as MASTER_KEY"));
    }
    let mut transaction = database.begin().await?;
    store::lock(&mut transaction).await?;
    if store::newest(&mut transaction).await? != Some(new.id()) {
        let root = open(&mut transaction, old).await?;
        let root =
            root.ok_or_else(|| Error::internal("MASTER_KEY is not the one of this database"))?;
        // Back to an earlier key, whose copy is still there.
        store::delete(&mut transaction, &new.id()).await?;
        add(&mut transaction, new, &root, now).await?;
        store::record(&mut transaction, "rotate_master_key", now).await?;
    }
    transaction.commit().await
}

/// Deletes every sealed copy of the root key except that under `master`, the newest; returns their
/// number.
///
/// # Errors
/// When the database fails, `master` does not open the root key, or is not the newest key: then it
/// is the one to be given up.
pub async fn retire_others(
    database: &Database,
    master: &MasterKey,
    now: DateTime<Utc>,
) -> Result<u64> {
    let mut transaction = database.begin().await?;
    store::lock(&mut transaction).await?;
    if open(&mut transaction, master).await?.is_none() {
        return Err(Error::internal(
            "MASTER_KEY is not the one of this database",
        ));
    }
    if store::newest(&mut transaction).await? != Some(master.id()) {
        return Err(Error::internal(
            "MASTER_KEY is the former key: start with the new one as MASTER_KEY, then finish",
        ));
    }
    let gone = store::delete_others(&mut transaction, &master.id()).await?;
    if gone > 0 {
        store::record(&mut transaction, "retire_master_key", now).await?;
    }
    transaction.commit().await?;
    Ok(gone)
}

async fn open(connection: &mut PgConnection, master: &MasterKey) -> Result<Option<MasterKey>> {
    let id = master.id();
    let Some(sealed) = store::find(connection, &id).await? else {
        return Ok(None);
    };
    let root = master
        .derive(KEY)
        .open(&place(&id), &sealed)
        .and_then(|bytes| MasterKey::from_bytes(&bytes));
    root.map(Some)
        .ok_or_else(|| Error::internal("the root key cannot be opened"))
}

async fn add(
    connection: &mut PgConnection,
    master: &MasterKey,
    root: &MasterKey,
    now: DateTime<Utc>,
) -> Result<()> {
    let key_id = master.id();
    let sealed = master.derive(KEY).seal(&place(&key_id), root.bytes());
    store::add(connection, &SealedCopy { key_id, sealed }, now).await
}

/// The label of the key that seals the root key.
const KEY: &str = "root-key";

/// The context to which a sealed copy is bound (associated data).
fn place(key_id: &str) -> String {
    format!("root_key|{key_id}|sealed")
}
