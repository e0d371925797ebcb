//! The custodian's public key is pinned at the first start. Whoever replaces it in the settings, or its row in the database, to have identities sealed to
//! a key of their own, keeps the service from starting.

use chrono::{DateTime, Utc};

use crate::complaint::services::ComplaintServices;
use crate::complaint::store::vault as store;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;

/// Pins the key of the settings when none was pinned before and nothing is sealed yet, and refuses one that was not: an emptied table of pins with a
/// full vault is no first start.
///
/// # Errors
/// `conflict`, in words for whoever starts the program.
pub async fn check(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let pinned = database.read(async |c| store::pinned(c).await).await?;
    if pinned.is_empty()
        && !services
            .vault()
            .read(async |c| store::holds_any(c).await)
            .await?
    {
        return accept(database, services, now).await;
    }
    let ours = services.custodian().fingerprint();
    let genuine = |(fingerprint, mac): &(Vec<u8>, Vec<u8>)| {
        fingerprint.as_slice() == ours && mac.as_slice() == tag(services, &ours)
    };
    if pinned.iter().any(genuine) {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(
        "Kunci publik penjaga identitas bukan yang dipakai sebelumnya. Bila memang diganti, jalankan `service-desk accept-custodian-key`.",
        "The custodian's public key is not the one used before. If it was meant to be replaced, run `service-desk accept-custodian-key`.",
    ))
}

/// Pins the key of the settings beside those pinned before.
///
/// # Errors
/// When the server refuses.
pub async fn accept(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let ours = services.custodian().fingerprint();
    database
        .read(async |c| store::pin(c, &ours, &tag(services, &ours), today(now)).await)
        .await
}

fn tag(services: &ComplaintServices, fingerprint: &[u8; 32]) -> [u8; 32] {
    services
        .keys
        .mark(&[b"custodian_key|".as_slice(), fingerprint].concat())
}
