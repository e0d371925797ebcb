//! What is written about a breach lies under a key of its own, made as that of a case: wrapped under the master key and a shred salt outside the database.
//! Without the salt it is noise, in every backup too.

use sqlx::PgConnection;

use crate::complaint::papers::breach_file::as_case;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::salts::Of;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches::{self as store, Stored};
use crate::error::{Code, Result};
use crate::ids::BreachId;

/// A key for a new breach, and the same wrapped for the database.
///
/// # Errors
/// When the document store refuses.
pub(super) async fn new_key(
    services: &ComplaintServices,
    breach: BreachId,
) -> Result<(CaseKey, Vec<u8>)> {
    let salt = services
        .salts
        .make_one(as_case(breach), Of::Content)
        .await?;
    Ok(services.keys.new_case(as_case(breach), &salt))
}

/// The key of a breach; nothing when its words are kept no longer.
///
/// # Errors
/// Our own fault when it was moved or changed.
pub(super) async fn key_of(
    services: &ComplaintServices,
    breach: BreachId,
    wrapped: Option<&[u8]>,
) -> Result<Option<CaseKey>> {
    let Some(wrapped) = wrapped else {
        return Ok(None);
    };
    match services.open(as_case(breach), wrapped).await {
        Ok(key) => Ok(Some(key)),
        Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What happened and what was done, as far as the reader may read it and it is still there.
///
/// # Errors
/// Our own fault when it was moved or changed.
pub(super) async fn open(
    services: &ComplaintServices,
    stored: &Stored,
) -> Result<(Option<String>, Option<String>)> {
    if !stored.reads {
        return Ok((None, None));
    }
    match key_of(services, stored.id, stored.wrapped.as_deref()).await? {
        Some(key) => stored.words(&key),
        None => Ok((None, None)),
    }
}

/// Shreds the words of these breaches; the records stay. The salts go first, so that no backup brings the words back.
///
/// # Errors
/// When the store or the server refuses.
pub async fn forget(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    breaches: &[BreachId],
) -> Result<()> {
    for breach in breaches {
        services.salts.shred(as_case(*breach), Of::Content).await?;
    }
    store::forget_words(connection, breaches).await
}
