//! Keys of the texts of a breach. A breach has its own key, made like the key of a case: wrapped
//! under the master key and a shred salt outside the database. Without the salt the texts cannot be
//! opened, in a backup either.

use sqlx::PgConnection;

use crate::complaint::papers::breach_file::as_case;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::salts::SaltKind;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches::{self as store, BreachRow};
use crate::error::{Code, Result};
use crate::ids::BreachId;

/// Makes the key of a new breach; returns the key and its wrapped form for the database.
pub(super) async fn new_key(
    services: &ComplaintServices,
    breach: BreachId,
) -> Result<(CaseKey, Vec<u8>)> {
    let salt = services.salts.create_one(as_case(breach)).await?;
    Ok(services.keys.new_case(as_case(breach), &salt))
}

/// Opens the key of a breach; none when its texts were deleted.
pub(super) async fn key_of(
    services: &ComplaintServices,
    breach: BreachId,
    wrapped: Option<&[u8]>,
) -> Result<Option<CaseKey>> {
    let Some(wrapped) = wrapped else {
        return Ok(None);
    };
    match services.case_key(as_case(breach), wrapped).await {
        Ok(key) => Ok(Some(key)),
        Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the texts of a breach; none when the reader may not read them or they were deleted.
pub(super) async fn open(
    services: &ComplaintServices,
    stored: &BreachRow,
) -> Result<(Option<String>, Option<String>)> {
    if !stored.reads {
        return Ok((None, None));
    }
    match key_of(services, stored.id, stored.wrapped.as_deref()).await? {
        Some(key) => stored.open_texts(&key),
        None => Ok((None, None)),
    }
}

/// Shreds the texts of breaches; the records stay. The salts are deleted first, so that a restored
/// backup cannot be opened.
pub async fn shred_texts(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    breaches: &[BreachId],
) -> Result<()> {
    for breach in breaches {
        services
            .salts
            .shred(as_case(*breach), SaltKind::Content)
            .await?;
    }
    store::delete_texts(connection, breaches).await
}
